import type { Unit } from '#platform/database'
import { type Job, type JobCommand, job } from '../domain/job.ts'
import { loadJobsAnywhere } from '../projections/job-rows.ts'
import type { JobFact } from '../projections/job-status.ts'
import { appendChanges, type DecidedJob } from './append-changes.ts'
import { changesOf, factsOf, projectJobs } from './project-changes.ts'

/** Who changes a job by what others told of it. */
export const JOBS = 'jobs'

/** A job of which something follows, and the record from which it does. */
export interface ToldJob {
  readonly jobId: string
  readonly workspaceId: string
  readonly correlationId: string
  readonly causationId: string
}

/**
 * Completes jobs that can fire no more and of which nothing is open, by few statements. Other services are not told: it
 * follows from what they told us.
 *
 * @returns what it means for their statuses, which is the caller's to write
 */
export async function completeJobs(unit: Unit, done: readonly ToldJob[]): Promise<readonly JobFact[]> {
  const decided = await decideAll(unit, done, () => ({ type: 'CompleteJob', now: unit.now }))
  const { changes, jobs } = await appendChanges(unit, decided)
  await projectJobs(unit, jobs)
  return factsOf(changes)
}

/** What one command makes of each of many jobs; those of which it makes nothing are left out. */
export async function decideAll(
  unit: Unit,
  told: readonly ToldJob[],
  commandFor: (current: Job) => JobCommand,
): Promise<readonly DecidedJob[]> {
  const saved = await loadJobsAnywhere(
    unit,
    told.map(({ jobId }) => jobId),
  )
  return told.flatMap(({ jobId, ...context }) => {
    const known = saved.get(jobId)
    if (!known) return []
    const changes = changesOf(known.state, job.decide(commandFor(known.state), known.state))
    return changes.length > 0 ? [{ ...context, actor: JOBS, head: known.head, changes }] : []
  })
}
