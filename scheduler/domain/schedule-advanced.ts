import type { Backfill, BackfillProgress, SkipOutcome, SkipReason } from '#platform/timetable'

/** The one event of a job's schedule stream: what was decided at one moment. Old ones lack what came later. */
export interface ScheduleAdvanced {
  readonly type: 'ScheduleAdvanced'
  readonly jobId: string
  /** The job's version that is applied now. */
  readonly appliedVersion: number
  readonly fired: readonly FiredOccurrence[]
  readonly skipped?: readonly SkippedOccurrences[]
  readonly backfills?: readonly ToldBackfill[]
  /** The id of the user who wants all to end that is open of the job. */
  readonly cancelsOpenBy?: string
  readonly nextFireAtMs: number | null
  readonly exhausted: boolean
  /** Each nominal time up to here is decided. */
  readonly decidedThroughMs: number
  /** By which tz database, where the job's zone has one to speak of. */
  readonly tzdbVersion?: string
}

/** An occurrence that fired. */
export interface FiredOccurrence {
  readonly executionId: string
  readonly cause: string
  readonly nominalAtMs: number
  readonly jobVersion: number
  /** The nominal time with its jitter, where there is any. */
  readonly effectiveAtMs?: number
  readonly isLate?: boolean
  readonly wallTime?: string
}

/** Occurrences in a row that did not fire. */
export interface SkippedOccurrences {
  readonly cause: string
  readonly fromMs: number
  readonly throughMs: number
  readonly count: number
  readonly outcome: SkipOutcome
  readonly reason: SkipReason
  readonly detail: string
  readonly jobVersion: number
  readonly wallTime: string | null
  /** The first time of the range that this one makes longer; it begins one of its own when left out. */
  readonly continuesMs?: number
}

/** How far a backfill is. */
export interface ToldBackfill
  extends Pick<Backfill, 'backfillId' | 'firedCount' | 'leftOutCount' | 'decidedThroughMs'>,
    Pick<BackfillProgress, 'state'> {}
