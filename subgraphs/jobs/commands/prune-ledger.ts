import type { Database } from '#platform/database'
import { moveHorizon } from '../projections/ledger-horizon.ts'

/** Goes through the ledger and what was missed, a part of it a round. */
export interface LedgerPruning {
  /** One round. @returns how many rows it deleted; 0 when there was nothing to do in it */
  run(): Promise<number>
}

const ROWS_A_UNIT = 200
const SHELVES_A_ROUND = 50

/** Opens it. What ended longer ago than `keptMs` is deleted, the oldest of each kind first, in units of 200 rows. */
export function openLedgerPruning(database: Database, keptMs: number): LedgerPruning {
  let place: Shelf = { workspace_id: '', shelf: -1 }
  return {
    async run() {
      const before = new Date((await database.now()).getTime() - keptMs)
      let deleted = await pruneMissed(database, before)
      for (let shelves = 0; shelves < SHELVES_A_ROUND; shelves++) {
        const next = await shelfAfter(database, place)
        place = next ?? { workspace_id: '', shelf: -1 }
        if (!next) break
        deleted += await pruneShelf(database, next, before)
      }
      return deleted
    },
  }
}

interface Shelf {
  readonly workspace_id: string
  readonly shelf: number
}

/** The next part of the index that holds anything, by one look or two. */
async function shelfAfter(
  { reader }: Database,
  { workspace_id: workspaceId, shelf }: Shelf,
): Promise<Shelf | undefined> {
  const inWorkspace = `select workspace_id, shelf from occurrences where workspace_id = ? and shelf > ?
    order by workspace_id, shelf limit 1`
  const inNext =
    'select workspace_id, shelf from occurrences where workspace_id > ? order by workspace_id, shelf limit 1'
  return (
    (await reader.get<Shelf>(inWorkspace, [workspaceId, shelf])) ?? (await reader.get<Shelf>(inNext, [workspaceId]))
  )
}

interface Key {
  readonly job_id: string
  readonly line: string
  readonly scheduled_for: number
}

async function pruneShelf(database: Database, { workspace_id, shelf }: Shelf, before: Date): Promise<number> {
  const sql = `select job_id, line, scheduled_for from occurrences${database.dialect.alongIndex('occurrences_of_workspace')}
    where workspace_id = ? and shelf = ? and scheduled_for < ? and through < ? order by scheduled_for limit ?`
  const beforeMs = before.getTime()
  const old = await database.reader.all<Key>(sql, [workspace_id, shelf, beforeMs, beforeMs, ROWS_A_UNIT])
  if (old.length === 0) return 0
  return database.unit(['ledger'], async (unit) => {
    await moveHorizon(unit, before)
    let deleted = 0
    for (const { job_id, line, scheduled_for } of old) {
      // A run may have grown meanwhile.
      const key = 'job_id = ? and line = ? and scheduled_for = ?'
      deleted += await unit.run(`delete from occurrences where ${key} and through < ?`, [
        job_id,
        line,
        scheduled_for,
        beforeMs,
      ])
    }
    return deleted
  })
}

async function pruneMissed(database: Database, before: Date): Promise<number> {
  const sql = 'select id, missed_at from missed order by id limit 1'
  const oldest = await database.reader.get<{ missed_at: number }>(sql)
  if (!oldest || oldest.missed_at >= before.getTime()) return 0
  return database.unit(['missed'], async (unit) => {
    const last = await unit.get<{ id: number | null }>(
      'select max(id) as id from (select id, missed_at from missed order by id limit ?) oldest where missed_at < ?',
      [ROWS_A_UNIT, before.getTime()],
    )
    return last?.id ? unit.run('delete from missed where id <= ?', [last.id]) : 0
  })
}
