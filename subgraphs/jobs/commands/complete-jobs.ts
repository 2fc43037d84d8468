import type { Unit } from '#platform/database'
import { job } from '../domain/job.ts'
import { loadJobsAnywhere } from '../projections/job-rows.ts'
import type { JobFact } from '../projections/job-status.ts'
import { appendChanges } from './append-changes.ts'
import { changesOf, factsOf, projectJobs } from './project-changes.ts'

const ACTOR = 'jobs'

/** A job that is done, and the record that made it so. */
export interface DoneJob {
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
export async function completeJobs(unit: Unit, done: readonly DoneJob[]): Promise<readonly JobFact[]> {
  const saved = await loadJobsAnywhere(
    unit,
    done.map(({ jobId }) => jobId),
  )
  const decided = done.flatMap(({ jobId, ...context }) => {
    const known = saved.get(jobId)
    if (!known) return []
    const changes = changesOf(known.state, job.decide({ type: 'CompleteJob', now: unit.now }, known.state))
    return changes.length > 0 ? [{ ...context, actor: ACTOR, head: known.head, changes }] : []
  })
  const { changes, jobs } = await appendChanges(unit, decided)
  await projectJobs(unit, jobs)
  return factsOf(changes)
}
