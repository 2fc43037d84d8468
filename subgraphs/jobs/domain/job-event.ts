import type { Overlap } from '#platform/policy'
import type { CalendarUse, TimingOptions } from '#platform/schedule'
import type { AfterJob } from './after-job.ts'

/** Why a job is paused: somebody asked for it, or too many of its executions failed in a row. */
export type PauseReason = 'ASKED' | 'FAILURES'

/** What becomes of the open executions of a job that is archived. */
export type OpenExecutions = 'LET_FINISH' | 'CANCEL'

/**
 * What happened to a job, as plain JSON: an instant is `…AtMs`, params are JSON text. What may be missing was not known
 * when older events were written: `evolve` says what that means.
 */
export type JobEvent =
  | {
      readonly type: 'JobCreated'
      readonly jobId: string
      readonly workspaceId: string
      readonly ownerId: string
      readonly name: string
      readonly jobType: string
      readonly schedule: string
      readonly params: string
      readonly timing?: TimingOptions
      readonly pauseOnFailures?: number | null
      /** JSON: how its executions are run. */
      readonly policy?: string
      readonly afterJob?: AfterJob | null
      readonly createdAtMs: number
    }
  | {
      readonly type: 'JobUpdated'
      readonly jobId: string
      readonly name: string
      readonly schedule: string
      readonly params: string
      readonly timing?: TimingOptions
      readonly pauseOnFailures?: number | null
      readonly policy?: string
      readonly afterJob?: AfterJob | null
      /** The schedule or the timing is another one than before, and counts from this change. */
      readonly rescheduled: boolean
      readonly updatedAtMs: number
    }
  /** Of a job that is paused already it changes the note and the end. */
  | {
      readonly type: 'JobPaused'
      readonly jobId: string
      /** When it resumes by itself; null is never. */
      readonly untilMs?: number | null
      readonly note?: string | null
      /** A user's id, or the name of the service that decided by itself. */
      readonly by?: string
      readonly reason?: PauseReason
      readonly pausedAtMs: number
    }
  /** What came during the pause is passed over: the schedule counts from here. */
  | { readonly type: 'JobResumed'; readonly jobId: string; readonly resumedAtMs: number }
  /** Of a job that is archived already: its open executions are to end after all. */
  | {
      readonly type: 'JobArchived'
      readonly jobId: string
      readonly executions?: OpenExecutions
      /** How many executions were open, as far as others had told. */
      readonly openCount?: number
      /** A user's id. */
      readonly by?: string
      readonly archivedAtMs: number
    }
  | {
      readonly type: 'JobTriggered'
      readonly jobId: string
      readonly executionId: string
      readonly key: string
      readonly params: string
      /** The execution of another job that led to it by its end; left out when somebody asked for it. */
      readonly follows?: string
      /** Instead of the job's own, for this run. */
      readonly overlap?: Overlap
      readonly triggeredAtMs: number
    }
  | { readonly type: 'JobCompleted'; readonly jobId: string; readonly completedAtMs: number }
  /** Nominal times after `fromMs` up to `toMs` are to be run, by the timing of this version. */
  | {
      readonly type: 'JobBackfillRequested'
      readonly jobId: string
      readonly backfillId: string
      readonly fromMs: number
      readonly toMs: number
      /** Also what has fired already. */
      readonly rerun: boolean
      readonly firesPerMinuteMax: number
      /** Instead of the job's own, for what it runs. */
      readonly overlap?: Overlap
      readonly requestedAtMs: number
    }
  /** What is left of a backfill is not run. */
  | {
      readonly type: 'JobBackfillCancelled'
      readonly jobId: string
      readonly backfillId: string
      readonly cancelledAtMs: number
    }
  /** A calendar that the job uses was changed: these are all of its calendars, as they are now. */
  | {
      readonly type: 'JobCalendarsChanged'
      readonly jobId: string
      readonly calendars: readonly CalendarUse[]
      /** Their rules are others than before, and hold from this change. */
      readonly rescheduled: boolean
      readonly changedAtMs: number
    }
