import type { Overlap } from '#platform/policy'
import type { CalendarUse, TimingOptions } from '#platform/schedule'
import type { AfterJob } from './after-job.ts'
import type { OpenExecutions, PauseReason } from './job-event.ts'

/** What is asked of a job. */
export type JobCommand =
  | CreateJob
  | UpdateJob
  | PauseJob
  | ResumeJob
  | ArchiveJob
  | {
      readonly type: 'TriggerJob'
      readonly executionId: string
      readonly key: string
      /** Null runs with the job's own. */
      readonly params: string | null
      /** The execution of another job that led to it; null when somebody asks. */
      readonly follows: string | null
      /** Null leaves it to the job. */
      readonly overlap: Overlap | null
      readonly now: Date
    }
  | { readonly type: 'CompleteJob'; readonly now: Date }
  /** A pause whose end has come is over; any other one goes on. */
  | { readonly type: 'EndPause'; readonly now: Date }
  | RequestBackfill
  | { readonly type: 'CancelBackfill'; readonly backfillId: string; readonly now: Date }
  | {
      readonly type: 'ChangeCalendars'
      /** All that the job uses, each as it is now. */
      readonly calendars: readonly CalendarUse[]
      readonly now: Date
    }

/** A command for a job that is there. */
export type ChangeJob = Exclude<JobCommand, CreateJob>

/** Makes a job. */
export interface CreateJob {
  readonly type: 'CreateJob'
  readonly jobId: string
  readonly workspaceId: string
  readonly ownerId: string
  readonly name: string
  readonly jobType: string
  readonly schedule: string
  readonly params: string
  readonly timing: TimingOptions
  readonly pauseOnFailures: number | null
  /** JSON text: how its executions are run. */
  readonly policy: string
  readonly afterJob: AfterJob | null
  readonly now: Date
}

/** Changes what a job is. What is left out stays. */
export interface UpdateJob {
  readonly type: 'UpdateJob'
  readonly name?: string
  readonly schedule?: string
  readonly params?: string
  readonly timing?: Partial<TimingOptions>
  /** Null never pauses it. */
  readonly pauseOnFailures?: number | null
  readonly policy?: string
  /** Null lets it follow none. */
  readonly afterJob?: AfterJob | null
  readonly expectedVersion: number | null
  readonly now: Date
}

/** Stops firing; of a job that is paused already it changes the end, and the note when there is one. */
export interface PauseJob {
  readonly type: 'PauseJob'
  readonly until: Date | null
  readonly note: string | null
  readonly by: string
  readonly reason: PauseReason
  readonly expectedVersion: number | null
  readonly now: Date
}

/** Ends a job. */
export interface ArchiveJob {
  readonly type: 'ArchiveJob'
  readonly executions: OpenExecutions
  /** How many executions are open. */
  readonly openCount: number
  readonly by: string
  readonly expectedVersion: number | null
  readonly now: Date
}

/** Fires again. */
export interface ResumeJob {
  readonly type: 'ResumeJob'
  /** The backfill that runs what the pause left out; null leaves it so. */
  readonly catchUp: { readonly backfillId: string; readonly firesPerMinuteMax: number } | null
  readonly expectedVersion: number | null
  readonly now: Date
}

/** Runs what should have run, or runs it again: after `from`, up to `to`. */
export interface RequestBackfill {
  readonly type: 'RequestBackfill'
  readonly backfillId: string
  readonly from: Date
  readonly to: Date
  readonly rerun: boolean
  readonly firesPerMinuteMax: number
  /** Null leaves it to the job. */
  readonly overlap: Overlap | null
  readonly now: Date
}
