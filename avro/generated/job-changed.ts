// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** A job after a change, whole: a consumer that missed a record is right again with the next one. */
export interface JobChanged {
  readonly jobId: string
  readonly workspaceId: string
  readonly ownerId: string
  /** The job's version after this change, from 1. */
  readonly version: number
  readonly change: JobChange
  readonly name: string
  readonly jobType: string
  readonly schedule: string
  /** JSON. */
  readonly params: string
  readonly state: JobLifecycle
  /** Nominal times count from after this instant: creation, or the last change of the schedule, or the last resume. */
  readonly scheduledSince: Date
  readonly trigger: JobTrigger | null
  readonly timing: Timing
  /** When a pause ends by itself. */
  readonly pausedUntil: Date | null
  readonly pauseNote: string
  /** JSON: how its executions are run. A scheduler hands it on unread. */
  readonly policy: string
  readonly backfill: BackfillRequest | null
  /** With the end of the job: its open executions are to end, too. */
  readonly cancelsOpen: OpenCancelOrder | null
  readonly recordedAt: Date
}

export type JobChange =
  | 'UNKNOWN'
  | 'CREATED'
  | 'UPDATED'
  | 'PAUSED'
  | 'RESUMED'
  | 'ARCHIVED'
  | 'TRIGGERED'
  | 'BACKFILL_REQUESTED'
  | 'BACKFILL_CANCELLED'
  | 'CALENDARS_CHANGED'

export type JobLifecycle = 'UNKNOWN' | 'ACTIVE' | 'PAUSED' | 'ARCHIVED'

export interface JobTrigger {
  readonly executionId: string
  readonly key: string
  /** JSON: the job's params, or those given with the trigger. */
  readonly params: string
  readonly triggeredAt: Date
  /** The execution of another job that led to it by its end; null when somebody asked for it. */
  readonly follows: string | null
  /** Instead of the job's own, for this run. */
  readonly overlap: Overlap | null
}

export type Overlap = 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'CANCEL_OTHER' | 'TERMINATE_OTHER' | 'ALLOW_ALL'

/** When it runs, beside the schedule: see platform/schedule/timing.ts. */
export interface Timing {
  readonly timeZone: string
  readonly dstGap: DstGap
  readonly dstOverlap: DstOverlap
  readonly startAt: Date | null
  readonly endAt: Date | null
  readonly firesMax: number | null
  readonly jitterMs: number
  readonly catchup: Catchup
  readonly catchupWindowMs: number
  readonly catchupMax: number
  readonly lateAfterMs: number
  readonly calendars: readonly CalendarUse[]
}

export type DstGap = 'FIRE_AFTER' | 'SHIFT' | 'SKIP'

export type DstOverlap = 'FIRST' | 'LAST' | 'BOTH'

export type Catchup = 'LAST' | 'ALL' | 'NONE'

export interface CalendarUse {
  readonly name: string
  readonly version: number
  readonly on: CalendarDays
  /** JSON: CalendarRules. */
  readonly rules: string
}

export type CalendarDays = 'ANY_DAY' | 'BUSINESS_DAYS' | 'FIRST_BUSINESS_DAY' | 'LAST_BUSINESS_DAY'

export interface BackfillRequest {
  readonly backfillId: string
  /** Not included. */
  readonly from: Date
  /** Included. */
  readonly to: Date
  /** Also what has fired already. */
  readonly rerun: boolean
  readonly firesPerMinuteMax: number
  readonly requestedAt: Date
  /** Instead of the job's own, for what it runs. */
  readonly overlap: Overlap | null
}

export interface OpenCancelOrder {
  /** The id of a user. */
  readonly by: string
}
