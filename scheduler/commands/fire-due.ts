import type { Database } from '#platform/database'
import { failPoint } from '#platform/fail-points'
import type { ParkedJob } from '../projections/parked-jobs.ts'
import { dueRows } from '../projections/timetable.ts'
import { entryOf, type TimetableRow } from '../projections/timetable-row.ts'
import { type DecidePorts, decideOrPark } from './decide-or-park.ts'
import { firesShare } from './fires-share.ts'

/** What one claim did. */
export interface FiredBatch {
  readonly jobs: number
  readonly fires: number
  /** How late the latest of them fired by the database's clock. */
  readonly latenessMsMax: number
  /** Jobs of them that cannot be decided. */
  readonly parked: readonly ParkedJob[]
}

// A short transaction: whoever creates jobs meanwhile waits for it.
const JOBS_A_CLAIM_MAX = 500

/**
 * Fires what is due by the database's clock: claims a batch of due jobs, decides each, and writes all of it with one
 * commit. Any number of schedulers may do so at once; none waits for another one's rows.
 */
export async function fireDue(database: Database, ports: DecidePorts): Promise<FiredBatch> {
  const now = await database.now()
  const query = { sql: dueRows(database.dialect), params: [now.getTime(), JOBS_A_CLAIM_MAX] }
  return database.claim<TimetableRow, FiredBatch>(query, async (unit, rows) => {
    const due = rows.map(entryOf).map((before) => ({ before, timetable: before.timetable, cause: null }))
    const { fires, parked } = await decideOrPark(unit, ports, due, firesShare(rows.length))
    if (fires > 0) failPoint('scheduler.before-fires')
    const earliestMs = rows[0]?.next_fire_at ?? unit.now.getTime()
    return { jobs: rows.length, fires, latenessMsMax: unit.now.getTime() - earliestMs, parked }
  })
}
