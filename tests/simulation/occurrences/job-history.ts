import type { Timing } from '#platform/schedule'

/** A run that somebody asked for. */
export interface AskedRun {
  readonly key: string
  readonly executionId: string
  readonly params: string
  readonly atMs: number
}

/** A backfill that somebody asked for. */
export interface AskedBackfill {
  readonly id: string
  /** Not included; the other end is. */
  readonly fromMs: number
  readonly toMs: number
  readonly rerun: boolean
  readonly firesPerMinuteMax: number
}

/** A job after a change, whole, as others are told of it. */
export interface Change {
  readonly jobId: string
  readonly version: number
  readonly kind:
    | 'CREATED'
    | 'UPDATED'
    | 'PAUSED'
    | 'RESUMED'
    | 'ARCHIVED'
    | 'TRIGGERED'
    | 'BACKFILL_REQUESTED'
    | 'BACKFILL_CANCELLED'
    | 'CALENDARS_CHANGED'
  readonly atMs: number
  readonly timing: Timing
  readonly params: string
  readonly state: 'ACTIVE' | 'PAUSED' | 'ARCHIVED'
  /** Creation, or the last change of the schedule, or the last resume. */
  readonly sinceMs: number
  readonly pausedUntilMs: number | null
  readonly pauseNote: string
  readonly trigger: AskedRun | null
  /** Asked for, or cancelled, with this change. */
  readonly backfill: AskedBackfill | null
}

/** An occurrence that fired, as the scheduler told of it. */
export interface ToldFire {
  readonly cause: string
  readonly nominalMs: number
  readonly effectiveMs: number
  readonly isLate: boolean
  readonly wallTime: string
  readonly jobVersion: number
  readonly executionId: string
}

/** Nominal times in a row that did not fire. */
export interface ToldSkip {
  readonly cause: string
  readonly fromMs: number
  readonly throughMs: number
  readonly count: number
  readonly outcome: string
  readonly reason: string
  readonly detail: string
  readonly jobVersion: number
  readonly wallTime: string | null
}

/** How far a backfill is. */
export interface ToldBackfill {
  readonly id: string
  readonly state: string
  readonly firedCount: number
  readonly leftOutCount: number
}

/** One decision for a job, as the scheduler told of it. */
export interface Advance {
  readonly decidedAtMs: number
  readonly appliedVersion: number
  readonly fired: readonly ToldFire[]
  readonly skipped: readonly ToldSkip[]
  readonly backfills: readonly ToldBackfill[]
  readonly decidedThroughMs: number | null
  readonly nextFireAtMs: number | null
  readonly exhausted: boolean
}

/** What happened to a job in the scheduler's database, in the order of the commits. */
export type JobStep =
  | { readonly type: 'received'; readonly change: Change; readonly nowMs: number }
  | { readonly type: 'advanced'; readonly advance: Advance; readonly isHeldBack: boolean }
