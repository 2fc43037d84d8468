// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** What the scheduler decided for one job: which nominal times fired, and when the next one is. */
export interface ScheduleAdvanced {
  readonly jobId: string
  readonly workspaceId: string
  /** The job's version by which was decided. */
  readonly appliedVersion: number
  readonly fired: readonly Fire[]
  readonly skipped: readonly Skip[]
  readonly backfills: readonly BackfillProgress[]
  /** Each nominal time up to here has its record. */
  readonly decidedThrough: Date | null
  readonly tzdbVersion: string
  readonly nextFireAt: Date | null
  /** The schedule can fire no more. */
  readonly exhausted: boolean
  readonly decidedAt: Date
}

export interface Fire {
  readonly executionId: string
  readonly cause: string
  readonly scheduledFor: Date
  /** The nominal time with its jitter; null without any. */
  readonly effectiveAt: Date | null
  readonly isLate: boolean
  /** The nominal time in the zone of the job. */
  readonly wallTime: string
  readonly jobVersion: number
}

/** Nominal times in a row that did not fire, for one reason. */
export interface Skip {
  readonly cause: string
  /** The first of them. */
  readonly from: Date
  /** The last of them. */
  readonly through: Date
  readonly count: number
  readonly outcome: SkipOutcome
  /** A stable code. */
  readonly reason: string
  /** For people. */
  readonly detail: string
  readonly jobVersion: number
  /** Of a time that the clocks jumped over. */
  readonly wallTime: string | null
}

export type SkipOutcome = 'UNKNOWN' | 'SKIPPED_CATCHUP' | 'SKIPPED_PAUSED' | 'SKIPPED_CALENDAR' | 'SKIPPED_DST'

export interface BackfillProgress {
  readonly backfillId: string
  readonly state: BackfillState
  readonly firedCount: number
  /** Nominal times that had fired before. */
  readonly leftOutCount: number
  readonly decidedThrough: Date
}

export type BackfillState = 'UNKNOWN' | 'RUNNING' | 'COMPLETED' | 'CANCELLED'
