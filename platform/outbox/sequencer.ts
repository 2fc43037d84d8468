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
  let position = await holdHead(unit, table)
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
  // Every process holds the heads in the same order, so that none waits for another in a ring.
  const ordered = tables.toSorted()
  const loop = startLoop({
    clock,
    pollMs: POLL_MS,
    async runOnce() {
      const due: string[] = []
      for (const table of ordered) if (await hasUnnumbered(database, table)) due.push(table)
      if (due.length === 0) return false
      const keys = due.map((table) => `feed:${table}`)
      const full = await database.unit(keys, async (unit) => {
        let isFull = false
        for (const table of due) isFull = (await sequence(unit, table)) === ROWS_MAX || isFull
        return isFull
      })
      // The commit just made wakes the loop once more.
      return full
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

/** Looks without a transaction: most commits are of rows that are numbered already. */
async function hasUnnumbered({ reader }: Database, table: string): Promise<boolean> {
  return (await reader.get(`select id from ${table} where position is null limit 1`)) !== undefined
}
