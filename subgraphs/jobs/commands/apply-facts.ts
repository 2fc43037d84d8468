import type { Unit } from '#platform/database'
import { applyStatus, isDone } from '../domain/job-status.ts'
import { type JobFact, saveAndTell, statusesAfter } from '../projections/job-status.ts'
import { completeJobs, type DoneJob } from './complete-jobs.ts'

/** A fact that another service told. */
export interface ToldFact extends JobFact {
  readonly correlationId: string
  /** The record that told it. */
  readonly causationId: string
}

/**
 * Brings statuses up to what other services told, and completes the jobs that are done by it, in bulk: a handful of
 * statements, however many facts.
 *
 * @returns the facts of jobs that are not known, or are another workspace's: nothing was made of these
 */
export async function applyFacts(unit: Unit, facts: readonly ToldFact[]): Promise<readonly ToldFact[]> {
  const statuses = await statusesAfter(unit, 'job_status', facts)
  const unknown = facts.filter(({ jobId, workspaceId }) => statuses.get(jobId)?.workspaceId !== workspaceId)
  if (unknown.length > 0) return unknown

  const done = new Map<string, DoneJob>()
  for (const { jobId, workspaceId, correlationId, causationId } of facts) {
    const status = statuses.get(jobId)
    if (status && isDone(status)) done.set(jobId, { jobId, workspaceId, correlationId, causationId })
  }
  if (done.size > 0) {
    for (const { jobId, fact } of await completeJobs(unit, [...done.values()])) {
      const status = statuses.get(jobId)
      if (status) statuses.set(jobId, applyStatus(status, fact))
    }
  }
  await saveAndTell(unit, statuses.values())
  return []
}
