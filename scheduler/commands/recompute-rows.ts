import type { Database } from '#platform/database'
import { tzdbVersion } from '#platform/schedule'
import type { ParkedJob } from '../projections/parked-jobs.ts'
import { rowsOfOtherTzdb } from '../projections/timetable.ts'
import { entryOf, type TimetableRow } from '../projections/timetable-row.ts'
import { type DecidePorts, decideOrPark } from './decide-or-park.ts'
import { firesShare } from './fires-share.ts'

/** What one batch did. */
export interface RecomputedBatch {
  readonly jobs: number
  readonly fires: number
  readonly parked: readonly ParkedJob[]
}

const JOBS_A_CLAIM_MAX = 500

/**
 * Decides a batch of jobs anew whose next time was found by another tz database than the one that this process has: a
 * country may have changed its mind. What was decided stays. When it comes back with no job, none is left.
 */
export async function recomputeRows(database: Database, ports: DecidePorts): Promise<RecomputedBatch> {
  const older = await recompute(database, ports, 'older')
  return older.jobs > 0 ? older : recompute(database, ports, 'newer')
}

function recompute(database: Database, ports: DecidePorts, age: 'older' | 'newer'): Promise<RecomputedBatch> {
  const query = { sql: rowsOfOtherTzdb(database.dialect, age), params: [tzdbVersion(), JOBS_A_CLAIM_MAX] }
  return database.claim<TimetableRow, RecomputedBatch>(query, async (unit, rows) => {
    const jobs = rows.map(entryOf).map((before) => ({
      before,
      timetable: before.timetable,
      cause: null,
      isRecomputed: true,
    }))
    const { fires, parked } = await decideOrPark(unit, ports, jobs, firesShare(rows.length))
    return { jobs: rows.length, fires, parked }
  })
}
