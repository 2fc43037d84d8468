import type { Clock } from '#platform/clock'
import type { Database, Unit } from '#platform/database'
import { startLoop } from '#platform/lifecycle'

/** Numbers the rows of a table in commit order. */
export interface Sequencer {
  stop(): Promise<void>
}

const ROWS_MAX = 1_000
/** Writers that overlap leave holes; so many runs of ids are numbered by one statement. */
const RUNS_MAX = 64
const POLL_MS = 100
const CONTENDED_WAIT_MS = 5

/**
 * Numbers the committed rows of a table that have no position yet, in the order of their ids.
 *
 * An AUTO_INCREMENT id is given at insert and seen at commit, so a reader that follows `id > last` never sees a row
 * whose transaction was slower than that of a row with a higher id. A position is given to rows that are committed
 * already, by one sequencer at a time, so a reader that follows `position > last` misses none.
 *
 * @returns how many rows were numbered
 */
export async function sequence(unit: Unit, table: string): Promise<number> {
  return sequenceAfter(unit, table, await holdHead(unit, table))
}

async function sequenceAfter(unit: Unit, table: string, head: number): Promise<number> {
  let position = head
  const rows = await unit.all<{ id: number }>(
    `select id from ${table} where position is null order by id limit ${ROWS_MAX}`,
  )
  if (rows.length === 0) return 0
  const runs = runsOf(rows.map(({ id }) => id))
  for (let start = 0; start < runs.length; start += RUNS_MAX) {
    position = await number(unit, table, position, runs.slice(start, start + RUNS_MAX))
  }
  await unit.run('update feed_heads set position = ? where feed = ?', [position, table])
  return rows.length
}

/** Holds the head until commit: a second sequencer waits here, and then sees the head that this one left. */
async function holdHead(unit: Unit, table: string): Promise<number> {
  const held = await readHead(unit, table)
  if (held !== undefined) return held
  await unit.insertMany('feed_heads', ['feed', 'position'], [[table, 0]], 'ignore')
  return (await readHead(unit, table)) ?? 0
}

async function readHead(unit: Unit, table: string): Promise<number | undefined> {
  await unit.run('update feed_heads set position = position where feed = ?', [table])
  return (await unit.get<{ position: number }>('select position from feed_heads where feed = ?', [table]))?.position
}

/** Ids without a hole between them, which one addition numbers. */
interface Run {
  readonly first: number
  last: number
}

function runsOf(ids: readonly number[]): Run[] {
  const runs: Run[] = []
  for (const id of ids) {
    const run = runs.at(-1)
    if (run && run.last + 1 === id) run.last = id
    else runs.push({ first: id, last: id })
  }
  return runs
}

/**
 * Numbers runs of ids by one statement. A row that is committed meanwhile lies in none of them: between two ids of a run
 * there is no other.
 *
 * @returns the last position
 */
async function number(unit: Unit, table: string, head: number, runs: readonly Run[]): Promise<number> {
  const [shifts, bounds]: [number[], number[]] = [[], []]
  let position = head
  for (const { first, last } of runs) {
    shifts.push(last, position + 1 - first)
    bounds.push(first, last)
    position += last - first + 1
  }
  const cases = runs.map(() => 'when id <= ? then ?').join(' ')
  const within = runs.map(() => 'id between ? and ?').join(' or ')
  await unit.run(`update ${table} set position = id + case ${cases} end where ${within}`, [...shifts, ...bounds])
  return position
}

/** Keeps tables numbered. Does nothing where rows number themselves. Wakes at each commit, and polls as the net. */
export function runSequencer(database: Database, clock: Clock, tables: readonly string[]): Sequencer {
  if (database.dialect.writersAreSerial) return { stop: async () => undefined }
  let hasHeads = false
  const loop = startLoop({
    clock,
    pollMs: POLL_MS,
    async runOnce() {
      if (!hasHeads) await makeHeads(database, tables)
      hasHeads = true
      const due = await unnumbered(database, tables)
      if (due.length === 0) return false
      const numbered = await sequenceDue(database, due)
      // Another process is at it, and may have begun before what was committed here.
      if (numbered.length < due.length) return CONTENDED_WAIT_MS
      // The commit just made wakes the loop once more.
      return numbered.some((rows) => rows === ROWS_MAX)
    },
    // The next round tries again; whoever reads the feed sees that it stands still.
    onError: () => undefined,
  })
  const unsubscribe = database.onCommit(() => loop.wake())
  return {
    async stop() {
      unsubscribe()
      await loop.stop()
    },
  }
}

async function makeHeads(database: Database, tables: readonly string[]): Promise<void> {
  const heads = tables.map((table) => [table, 0])
  await database.unit([], (unit) => unit.insertMany('feed_heads', ['feed', 'position'], heads, 'ignore'))
}

/** Looks without a transaction, by one round trip: most commits are of rows that are numbered already. */
async function unnumbered({ reader }: Database, tables: readonly string[]): Promise<readonly string[]> {
  const looks = tables.map(
    (table) => `select * from (select '${table}' as feed from ${table} where position is null limit 1) ${table}`,
  )
  return (await reader.all<{ feed: string }>(looks.join(' union all '))).map(({ feed }) => feed)
}

/**
 * Numbers the tables whose heads nobody holds, in a transaction of its own: nobody ever waits for a head, least of all
 * the units with which it would share a commit.
 *
 * @returns how many rows of each were numbered; those in another's hands are left out
 */
async function sequenceDue(database: Database, tables: readonly string[]): Promise<readonly number[]> {
  const sql = `select feed, position from feed_heads where feed in (${tables.map(() => '?').join(', ')}) order by feed`
  return database.claim<{ feed: string; position: number }, number[]>({ sql, params: tables }, async (unit, heads) => {
    const numbered: number[] = []
    for (const { feed, position } of heads) numbered.push(await sequenceAfter(unit, feed, position))
    return numbered
  })
}
