import type { Unit } from '#platform/database'
import { append, loadMany } from '#platform/event-store'
import { job, jobStream } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import type { JobFact } from '../projections/job-status.ts'
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
  const streams = await loadMany<JobEvent>(
    unit,
    done.map(({ jobId }) => jobStream(jobId)),
  )
  const decided = done.flatMap(({ jobId, ...context }) => {
    const stream = streams.get(jobStream(jobId))
    if (!stream) return []
    const before = stream.events.reduce((state, { event }) => job.evolve(state, event), job.initial)
    const events = job.decide({ type: 'CompleteJob', now: unit.now }, before)
    return events.length > 0 ? [{ ...context, actor: ACTOR, head: stream.head, events, before }] : []
  })
  await append(unit, decided)
  const changes = decided.flatMap(({ before, events }) => changesOf(before, events))
  await projectJobs(unit, changes)
  return factsOf(changes)
}
