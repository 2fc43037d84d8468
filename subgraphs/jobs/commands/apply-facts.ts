import type { Unit } from '#platform/database'
import { applyStatus, isDone, isFailing, isFailure, type JobStatus } from '../domain/job-status.ts'
import { failingBy } from '../domain/missed.ts'
import type { JobsParts } from '../parts.ts'
import { type JobFact, saveAndTell, statusesAfter } from '../projections/job-status.ts'
import { recordMissed } from '../projections/missed.ts'
import { completeJobs, type ToldJob } from './complete-jobs.ts'
import { pauseFailingJobs } from './pause-failing-jobs.ts'
import { triggerFollowers } from './trigger-followers.ts'

/** A fact that another service told. */
export interface ToldFact extends JobFact {
  readonly correlationId: string
  /** The record that told it. */
  readonly causationId: string
  readonly traceparent?: string | undefined
}

/**
 * Brings statuses up to what other services told, completes the jobs that are done by it, pauses those that fail too
 * often, and triggers those that follow, in bulk: a handful of statements, however many facts.
 *
 * @returns the facts of jobs that are not known, or are another workspace's: nothing was made of these
 */
export async function applyFacts(
  unit: Unit,
  parts: Pick<JobsParts, 'schemas' | 'clock'>,
  facts: readonly ToldFact[],
): Promise<readonly ToldFact[]> {
  const statuses = await statusesAfter(unit, 'job_status', facts)
  const unknown = facts.filter(({ jobId, workspaceId }) => statuses.get(jobId)?.workspaceId !== workspaceId)
  if (unknown.length > 0) return unknown

  const done = jobsOf(facts, statuses, isDone)
  if (done.length > 0) applyAll(statuses, await completeJobs(unit, done))
  const failed = facts.filter(({ fact }) => fact.kind === 'execution' && isFailure(fact.status))
  if (failed.length > 0) await tellFailing(unit, parts, failed, statuses)
  const failing = jobsOf(failed, statuses, isFailing)
  if (failing.length > 0) applyAll(statuses, await pauseFailingJobs(unit, parts, failing))
  await saveAndTell(unit, statuses.values())
  await triggerFollowers(unit, parts, facts)
  return []
}

/** Tells those who watch of jobs that fail again and again. */
async function tellFailing(
  unit: Unit,
  { clock }: Pick<JobsParts, 'clock'>,
  failed: readonly ToldFact[],
  statuses: ReadonlyMap<string, JobStatus>,
): Promise<void> {
  const missed = [...new Set(failed.map(({ jobId }) => jobId))].flatMap((jobId) => {
    const status = statuses.get(jobId)
    return (status && failingBy(status)) ?? []
  })
  await recordMissed(
    unit,
    missed.map((each) => ({ id: clock.newId(), ...each })),
  )
}

/** Jobs of which a fact told, each once, with the last record that told of it. */
function jobsOf(
  facts: readonly ToldFact[],
  statuses: ReadonlyMap<string, JobStatus>,
  isWanted: (status: JobStatus) => boolean,
): readonly ToldJob[] {
  const jobs = new Map<string, ToldJob>()
  for (const { jobId, correlationId, causationId } of facts) {
    const status = statuses.get(jobId)
    if (status && isWanted(status))
      jobs.set(jobId, { jobId, workspaceId: status.workspaceId, correlationId, causationId })
  }
  return [...jobs.values()]
}

function applyAll(statuses: Map<string, JobStatus>, facts: readonly JobFact[]): void {
  for (const { jobId, fact } of facts) {
    const status = statuses.get(jobId)
    if (status) statuses.set(jobId, applyStatus(status, fact))
  }
}
