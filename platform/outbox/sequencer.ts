import type { Clock } from '#platform/clock'
import type { Database, Unit } from '#platform/database'
import { startLoop } from '#platform/lifecycle'

/** Numbers the rows of a table in commit order. */
export interface Sequencer {
  stop(): Promise<void>
}

const ROWS_MAX = 1_000
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
  // Held until commit: a second sequencer waits here, and then sees the head that this one left.
  await unit.insertMany('feed_heads', ['feed', 'position'], [[table, 0]], 'ignore')
  await unit.run('update feed_heads set position = position where feed = ?', [table])
  const head = await unit.get<{ position: number }>('select position from feed_heads where feed = ?', [table])
  const rows = await unit.all<{ id: number }>(
    `select id from ${table} where position is null order by id limit ${ROWS_MAX}`,
  )
  let position = head?.position ?? 0
  for (const { id } of rows) await unit.run(`update ${table} set position = ? where id = ?`, [++position, id])
  if (rows.length > 0) await unit.upsertMany('feed_heads', ['feed'], ['feed', 'position'], [[table, position]])
  return rows.length
}

/** Keeps tables numbered. Does nothing where rows number themselves. Wakes at each commit, and polls as the net. */
export function runSequencer(database: Database, clock: Clock, tables: readonly string[]): Sequencer {
  if (database.dialect.writersAreSerial) return { stop: async () => undefined }
  const loop = startLoop({
    clock,
    pollMs: POLL_MS,
    async runOnce() {
      let numbered = 0
      for (const table of tables) numbered += await database.unit([`feed:${table}`], (unit) => sequence(unit, table))
      return numbered > 0
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
