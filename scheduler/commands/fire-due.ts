import type { Database } from '#platform/database'
import { decide } from '../domain/decide.ts'
import { DUE_ROWS, entryOf, type TimetableRow } from '../projections/timetable.ts'
import { firesShare } from './fires-share.ts'
import { type RecordPorts, recordDecisions } from './record-decisions.ts'

/** What one claim did. */
export interface FiredBatch {
  readonly jobs: number
  readonly fires: number
  /** How late the latest of them fired by the database's clock. */
  readonly latenessMsMax: number
}

// A short transaction: whoever creates jobs meanwhile waits for it.
const JOBS_A_CLAIM_MAX = 500

/**
 * Fires what is due by the database's clock: claims a batch of due jobs, decides each, and writes all of it with one
 * commit. Any number of schedulers may do so at once; none waits for another one's rows.
 */
export async function fireDue(database: Database, ports: RecordPorts): Promise<FiredBatch> {
  const now = await database.now()
  const due = { sql: DUE_ROWS, params: [now.getTime(), JOBS_A_CLAIM_MAX] }
  return database.claim<TimetableRow, FiredBatch>(due, async (unit, rows) => {
    const firesMax = firesShare(rows.length)
    const decided = rows.map((row) => {
      const before = entryOf(row)
      return { before, decision: decide(before.timetable, unit.now, firesMax), cause: null }
    })
    const fires = await recordDecisions(unit, ports, decided)
    const earliestMs = rows[0]?.next_fire_at ?? unit.now.getTime()
    return { jobs: rows.length, fires, latenessMsMax: unit.now.getTime() - earliestMs }
  })
}
