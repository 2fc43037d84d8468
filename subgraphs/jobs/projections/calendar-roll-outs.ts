import type { Database, Unit } from '#platform/database'
import type { Calendar } from '../domain/calendar.ts'

/** A calendar whose jobs may go by an earlier version of it. */
export interface RollOut extends Pick<Calendar, 'workspaceId' | 'name'> {
  /** Of the request that made the last version. */
  readonly correlationId: string
}

interface RollOutRow {
  readonly workspace_id: string
  readonly name: string
  readonly correlation_id: string
}

const COLUMNS = ['workspace_id', 'name', 'correlation_id', 'waiting_since'] as const

/** Notes that jobs have to follow a calendar, in the unit that changed it. A roll-out in progress keeps its turn. */
export async function startRollOut(unit: Unit, { workspaceId, name, correlationId }: RollOut): Promise<void> {
  const row = [workspaceId, name, correlationId, unit.now.getTime()]
  await unit.upsertMany('calendar_roll_outs', ['workspace_id', 'name'], COLUMNS, [row], ['correlation_id'])
}

/**
 * Works on the roll-out that waits longest, alone. Meanwhile nobody sets the calendar: who does waits for this row.
 *
 * @param work says whether nothing is left to do; else it is this one's turn again when all others had theirs
 * @returns false when there is nothing to roll out
 */
export async function claimRollOut(
  database: Database,
  work: (unit: Unit, rollOut: RollOut) => Promise<boolean>,
): Promise<boolean> {
  // A claim is a transaction of its own, also where there is nothing to take.
  if (!(await database.reader.get('select 1 as is_there from calendar_roll_outs limit 1'))) return false
  const sql = `select workspace_id, name, correlation_id
    from calendar_roll_outs${database.dialect.alongIndex('calendar_roll_outs_turn')} order by waiting_since limit 1`
  return database.claim<RollOutRow, boolean>({ sql }, async (unit, [row]) => {
    if (!row) return false
    const { workspace_id: workspaceId, name, correlation_id: correlationId } = row
    const rollOut = { workspaceId, name, correlationId }
    if (await work(unit, rollOut)) {
      await unit.run('delete from calendar_roll_outs where workspace_id = ? and name = ?', [workspaceId, name])
    } else {
      await waitAgain(unit, rollOut)
    }
    return true
  })
}

/** Lets every other roll-out go first. */
export async function waitAgain(unit: Unit, { workspaceId, name }: RollOut): Promise<void> {
  const sql = 'update calendar_roll_outs set waiting_since = ? where workspace_id = ? and name = ?'
  await unit.run(sql, [unit.now.getTime(), workspaceId, name])
}
