// What a job is and what may be done with it: the rules, as pure functions.
// Never reads a clock, a row or a topic.
import { type Decider, DomainError, invariant } from '#platform/domain'
import type { TimingOptions } from '#platform/schedule'
import type { AfterJob } from './after-job.ts'
import { created, decideChange } from './decide-job.ts'
import { changed, newJob } from './evolve-job.ts'
import type { JobCommand } from './job-command.ts'
import type { JobEvent, OpenExecutions, PauseReason } from './job-event.ts'

export type { JobCommand } from './job-command.ts'

/** Where a job is in its life. */
export type JobState = 'ACTIVE' | 'PAUSED' | 'COMPLETED' | 'ARCHIVED'

/** Why and for how long a job does not fire. */
export interface Pause {
  readonly since: Date
  /** It resumes by itself then; null is never. */
  readonly until: Date | null
  readonly note: string | null
  /** A user's id, or the name of the service that decided by itself; empty where that was not kept. */
  readonly by: string
  readonly reason: PauseReason
}

/** The end of a job, and what became of its executions that were open. */
export interface Archive {
  readonly at: Date
  /** A user's id. */
  readonly by: string
  readonly executions: OpenExecutions
  /** How many were open, as far as others had told. */
  readonly openCount: number
}

/** A job as it stands after its events. */
export interface Job {
  readonly id: string
  readonly workspaceId: string
  readonly ownerId: string
  readonly name: string
  readonly jobType: string
  readonly schedule: string
  /** JSON. */
  readonly params: string
  readonly timing: TimingOptions
  readonly state: JobState
  /** There while the state is PAUSED. */
  readonly pause: Pause | null
  /** After so many failed executions in a row it is paused; null is never. */
  readonly pauseOnFailures: number | null
  /** JSON: how its executions are run. */
  readonly policy: string
  /** The job that it follows, if any; an archived one follows none. */
  readonly afterJob: AfterJob | null
  /** There once it is archived; null where that was not kept. */
  readonly archive: Archive | null
  /** Nominal times count from after this instant. */
  readonly scheduledSince: Date
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Counts the events, from 1. */
  readonly version: number
  /** The last version that other services were told of. */
  readonly sentVersion: number
}

/** A job: created, changed and triggered until it is archived. */
export const job: Decider<JobCommand, JobEvent, Job | 'absent'> = {
  initial: 'absent',

  decide(command, state) {
    if (command.type === 'CreateJob') {
      invariant(state === 'absent', `the job ${command.jobId} was created before`)
      return [created(command)]
    }
    if (state === 'absent') throw new DomainError('JOB_NOT_FOUND', 'no such job')
    return decideChange(command, state)
  },

  evolve(state, event) {
    if (event.type === 'JobCreated') return newJob(event)
    invariant(state !== 'absent', `${event.type} before JobCreated`)
    const version = state.version + 1
    // Everybody is told of every change but of a completion, which is ours to know.
    const sentVersion = event.type === 'JobCompleted' ? state.sentVersion : version
    return { ...changed(state, event), version, sentVersion }
  },
}

/** How the names of jobs' streams begin. */
export const JOB_STREAMS = 'job-'

/** The stream of a job. */
export function jobStream(jobId: string): string {
  return `${JOB_STREAMS}${jobId}`
}
