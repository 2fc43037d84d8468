import type { Unit } from '#platform/database'
import type { Missed } from '../domain/missed.ts'
import type { Occurrence } from '../domain/occurrence.ts'
import { EXPIRY_MS_MIN, unrunOutcome } from '../domain/unrun-fire.ts'
import { missedSubject } from './missed.ts'
import { shelvesOf } from './occurrence-rows.ts'

/** What the ledger is to say of a fire. */
export type UnrunRecord = Pick<Missed, 'jobId' | 'cause' | 'scheduledFor' | 'reason' | 'detail'>

/** Lets the ledger say of fires that nothing came of them. One that is not told of yet is found when it is: see `toldUnrun`. */
export async function markUnrun(unit: Unit, table: string, fires: readonly UnrunRecord[]): Promise<void> {
  const sql = `update ${table} set outcome = ?, reason = ?, detail = ?, shelf = case is_late when 1 then ? else ? end
    where job_id = ? and line = ? and scheduled_for = ? and outcome = 'FIRED'`
  for (const { jobId, cause, scheduledFor, reason, detail } of fires) {
    const outcome = unrunOutcome(reason)
    if (outcome === null) continue
    const { late, onTime } = shelvesOf(outcome)
    await unit.run(sql, [outcome, reason, detail, late, onTime, jobId, cause, scheduledFor.getTime()])
  }
}

const FIRES_A_QUERY = 100

/**
 * Fires of which it was told before that their executions were not run: two services tell, and either may be first. What
 * was decided just now may have been skipped already, but cannot have expired.
 */
export async function toldUnrun(unit: Unit, told: readonly Occurrence[]): Promise<readonly UnrunRecord[]> {
  const expiredBefore = unit.now.getTime() - EXPIRY_MS_MIN
  const wanted = told.flatMap((fire) => {
    if (fire.outcome !== 'FIRED') return []
    const mayHaveExpired = fire.decidedAt !== null && fire.decidedAt.getTime() <= expiredBefore
    const kinds = mayHaveExpired ? (['SKIPPED', 'EXPIRED'] as const) : (['SKIPPED'] as const)
    return kinds.map((kind) => [fire.jobId, missedSubject({ ...fire, kind, wallTime: null })] as const)
  })
  const found: UnrunRecord[] = []
  for (let start = 0; start < wanted.length; start += FIRES_A_QUERY) {
    const some = wanted.slice(start, start + FIRES_A_QUERY)
    const rows = await unit.all<{
      job_id: string
      cause: string
      scheduled_for: number
      reason: string
      detail: string
    }>(
      `select job_id, cause, scheduled_for, reason, detail from missed
        where ${some.map(() => '(job_id = ? and subject = ?)').join(' or ')}`,
      some.flat(),
    )
    for (const { job_id: jobId, scheduled_for: ms, ...row } of rows) {
      found.push({ ...row, jobId, scheduledFor: new Date(ms) })
    }
  }
  return found
}
