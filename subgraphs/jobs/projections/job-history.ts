import type { Reader } from '#platform/database'
import { readStream, type StoredEvent, versionAt } from '#platform/event-store'
import { type Job, job, jobStream } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'

/** One step in the life of a job: what happened, by whom, and the job before and after it. */
export interface JobStep {
  readonly event: JobEvent
  readonly version: number
  /** A user's id, or the name of the service that decided by itself. */
  readonly actor: string
  readonly before: Job | 'absent'
  readonly after: Job
}

// They may be many, and leave the job as it is.
const LEAVE_IT_AS_IT_IS: readonly JobEvent['type'][] = ['JobTriggered', 'JobBackfillRequested', 'JobBackfillCancelled']
const CHANGES_MAX = 100_000

/** A job as it was at an instant; null before its creation. Whether the caller may see it is for the caller to say. */
export async function jobAsOf(reader: Reader, jobId: string, asOf: Date): Promise<Job | null> {
  const state = await jobAt(reader, jobId, await versionAt(reader, jobStream(jobId), asOf))
  return state === 'absent' ? null : state
}

/**
 * What was done to a job, the newest first.
 *
 * @param before only what came before this version
 */
export async function listSteps(
  reader: Reader,
  jobId: string,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<readonly JobStep[]> {
  const [after, through] = [Math.max(0, before - 1 - limit), before - 1]
  let state = await jobAt(reader, jobId, after)
  const steps: JobStep[] = []
  for await (const events of readStream<JobEvent>(reader, jobStream(jobId), { after, through })) {
    for (const stored of events) {
      const reached = evolved(state, stored)
      steps.push({ event: stored.event, version: stored.version, actor: stored.actor, before: state, after: reached })
      state = reached
    }
  }
  return steps.reverse()
}

/** @throws {RangeError} for a job of more than 100,000 changes */
async function jobAt(reader: Reader, jobId: string, version: number): Promise<Job | 'absent'> {
  let state: Job | 'absent' = job.initial
  let changes = 0
  const part = { through: version, without: LEAVE_IT_AS_IT_IS }
  for await (const events of readStream<JobEvent>(reader, jobStream(jobId), part)) {
    for (const stored of events) state = evolved(state, stored)
    changes += events.length
    if (changes > CHANGES_MAX) throw new RangeError(`the job ${jobId} has more than ${CHANGES_MAX} changes`)
  }
  return state === 'absent' ? state : { ...state, version }
}

/** The version is the event's, whatever was left out before it. */
function evolved(state: Job | 'absent', { event, version }: StoredEvent<JobEvent>): Job {
  const before = state === 'absent' ? state : { ...state, version: version - 1 }
  return job.evolve(before, event) as Job
}
