import type { Clock } from '#platform/clock'
import type { Database, Unit } from '#platform/database'
import { startLoop } from '#platform/lifecycle'
import {
  FEED_HEAD_COLUMNS,
  type FeedHead,
  type FeedHeadRow,
  feedHead,
  numberRows,
  ROWS_MAX,
  rowsToNumber,
} from './number-rows.ts'

/** Numbers the rows of a table in commit order. */
export interface Sequencer {
  stop(): Promise<void>
}

/** The net for what a process has committed that died before it could number it. */
const POLL_MS = 500
const CONTENDED_WAIT_MS = 5
/** How often all rows are looked at, for a transaction that took longer than any should. */
const WHOLE_LOOK_MS = 60_000

/**
 * Numbers the committed rows of a table that have no position yet, in the order of their ids, in the caller's unit.
 *
 * An AUTO_INCREMENT id is given at insert and seen at commit, so a reader that follows `id > last` never sees a row
 * whose transaction was slower than that of a row with a higher id. A position is given to rows that are committed
 * already, by one sequencer at a time, so a reader that follows `position > last` misses none.
 *
 * @returns how many rows were numbered
 */
export async function sequence(unit: Unit, table: string): Promise<number> {
  return numberRows(unit, await holdHead(unit, table), true)
}

/** Until the unit commits, nobody else numbers the rows of a table. */
export async function holdNumbering(unit: Unit, table: string): Promise<void> {
  if (!unit.dialect.writersAreSerial) await holdHead(unit, table)
}

/** Holds the head until commit: a second sequencer waits here, and then sees the head that this one left. */
async function holdHead(unit: Unit, table: string): Promise<FeedHead> {
  await makeHeads(unit, [table])
  await unit.run('update feed_heads set position = position where feed = ?', [table])
  const row = await unit.get<FeedHeadRow>(`select ${FEED_HEAD_COLUMNS} from feed_heads where feed = ?`, [table])
  return feedHead(row ?? { feed: table, position: 0, settled: 0, gaps: null })
}

/** Numbers a table that nobody keeps numbered, up to what is committed now. Does nothing where rows number themselves. */
export async function sequenceAll(database: Database, table: string): Promise<void> {
  if (database.dialect.writersAreSerial) return
  let rows = ROWS_MAX
  while (rows === ROWS_MAX) rows = await database.unit([], (unit) => sequence(unit, table))
}

/**
 * Keeps tables numbered. Does nothing where rows number themselves.
 *
 * The outbox has a loop of its own, since whoever waits for a record waits for its number. Each loop wakes at the commits
 * that have added to its tables, and polls as the net.
 */
export function runSequencer(database: Database, clock: Clock, tables: readonly string[]): Sequencer {
  if (database.dialect.writersAreSerial) return { stop: async () => undefined }
  const groups = Object.values(Object.groupBy(tables, (table) => (table === 'outbox' ? table : 'others')))
  const stops = groups.map((group = []) => startNumbering(database, clock, group))
  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

/** @returns how to stop it */
function startNumbering(database: Database, clock: Clock, tables: readonly string[]): () => Promise<void> {
  let wholeAtMs = Number.NEGATIVE_INFINITY
  let hasHeads = false

  async function runOnce(): Promise<boolean | number> {
    if (!hasHeads) await database.unit([], (unit) => makeHeads(unit, tables))
    hasHeads = true
    const isWhole = clock.monotonicMs() - wholeAtMs >= WHOLE_LOOK_MS
    const due = await unnumbered(database, tables, isWhole)
    if (due.length === 0) {
      if (isWhole) wholeAtMs = clock.monotonicMs()
      return false
    }
    const numbered = await sequenceDue(database, due, isWhole)
    // Another process is at it, and may have begun before what was committed here.
    if (numbered.length < due.length) return CONTENDED_WAIT_MS
    if (numbered.some((rows) => rows === ROWS_MAX)) return true
    if (isWhole) wholeAtMs = clock.monotonicMs()
    return false
  }

  // After a failure the next round tries again; whoever reads the feed sees that it stands still.
  const loop = startLoop({ clock, pollMs: POLL_MS, runOnce, onError: () => undefined })
  const writes = tables.map((table) => `insert ${table}` as const)
  const unsubscribe = database.onCommit(() => loop.wake(), writes)
  return () => {
    unsubscribe()
    return loop.stop()
  }
}

async function makeHeads(unit: Unit, tables: readonly string[]): Promise<void> {
  const heads = tables.map((table) => [table, 0])
  await unit.insertLater('feed_heads', ['feed', 'position'], heads, 'ignore')
}

function headsOf(tables: readonly string[]) {
  const names = tables.map(() => '?').join(', ')
  return { sql: `select ${FEED_HEAD_COLUMNS} from feed_heads where feed in (${names}) order by feed`, params: tables }
}

/** Looks without a transaction: most looks find nothing. What others have numbered since is in the heads. */
async function unnumbered(
  { reader, dialect }: Database,
  tables: readonly string[],
  isWhole: boolean,
): Promise<readonly string[]> {
  const { sql, params } = headsOf(tables)
  const heads = (await reader.all<FeedHeadRow>(sql, params)).map(feedHead)
  const looks = heads.map((head) => {
    const rows = rowsToNumber(dialect, head, isWhole)
    return {
      sql: `select * from (select '${head.feed}' as feed ${rows.sql} limit 1) ${head.feed}`,
      params: rows.params,
    }
  })
  if (looks.length === 0) return []
  const text = looks.map((look) => look.sql).join(' union all ')
  const found = await reader.all<{ feed: string }>(
    text,
    looks.flatMap((look) => look.params),
  )
  return found.map(({ feed }) => feed)
}

/**
 * Numbers the tables whose heads nobody holds, in a transaction of its own: nobody ever waits for a head, least of all
 * the units with which it would share a commit.
 *
 * @returns how many rows of each were numbered; those in another's hands are left out
 */
async function sequenceDue(
  database: Database,
  tables: readonly string[],
  isWhole: boolean,
): Promise<readonly number[]> {
  return database.claim<FeedHeadRow, number[]>(headsOf(tables), async (unit, rows) => {
    const numbered: number[] = []
    for (const row of rows) numbered.push(await numberRows(unit, feedHead(row), isWhole))
    return numbered
  })
}
