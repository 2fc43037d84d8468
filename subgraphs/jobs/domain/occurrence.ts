// What became of a job's nominal times: one record for each, or one for a run of equal skips.
// Never reads a clock, a row or a topic.
import type { UnrunOutcome } from './unrun-fire.ts'

/** Why a nominal time did not fire, by the scheduler's decision. */
export type SkipOutcome = 'SKIPPED_CATCHUP' | 'SKIPPED_PAUSED' | 'SKIPPED_CALENDAR' | 'SKIPPED_DST'

/** What the scheduler decided; or of a fire, as was told later, that its execution was never run. */
export type DecidedOutcome = 'FIRED' | UnrunOutcome | SkipOutcome

/** What became of a nominal time: what was decided, or that nothing is yet. */
export type OccurrenceOutcome = DecidedOutcome | 'PENDING'

/** A nominal time of a job with what became of it, or a run of them that were skipped for one reason. */
export interface Occurrence {
  readonly workspaceId: string
  readonly jobId: string
  /** `schedule`, `trigger:<key>`, `backfill:<id>` or `chain:<executionId>`. */
  readonly cause: string
  /** The nominal time; the first of a run. Of what the clocks jumped over, the first instant after that. */
  readonly scheduledFor: Date
  /** The last of a run. */
  readonly through: Date
  readonly count: number
  /** The nominal time in the job's zone, as the scheduler told it, or the first one that the clocks jumped over; else null. */
  readonly wallTime: string | null
  readonly outcome: OccurrenceOutcome
  /** A stable code. */
  readonly reason: string
  /** For people. */
  readonly detail: string
  readonly isLate: boolean
  /** The nominal time with its jitter; null of what did not fire. */
  readonly effectiveAt: Date | null
  /** Null while nothing is decided. */
  readonly decidedAt: Date | null
  /** The job's version whose schedule has this time. */
  readonly jobVersion: number
  readonly tzdbVersion: string
  readonly executionId: string | null
}

/** Whether a record goes on where the last one of its job and cause ended: then both are one run. */
export function continues(last: Occurrence, next: Occurrence): boolean {
  // What the clocks jumped over in one year and in the next is no run.
  if (last.outcome === 'FIRED' || last.outcome === 'SKIPPED_DST') return false
  return (
    last.outcome === next.outcome &&
    last.reason === next.reason &&
    last.detail === next.detail &&
    last.jobVersion === next.jobVersion &&
    // What another edition of the zones would make of the times between them, nobody knows.
    last.tzdbVersion === next.tzdbVersion &&
    last.through < next.scheduledFor
  )
}

/**
 * The line of a record: no two of one line have one instant. What the clocks jumped over is told at the instant at which
 * something else may fire, and stands in a line beside it.
 */
export function lineOf({ cause, outcome }: Pick<Occurrence, 'cause' | 'outcome'>): string {
  return outcome === 'SKIPPED_DST' ? `gap:${cause}` : cause
}

/** Two records as one run. */
export function joined(last: Occurrence, next: Occurrence): Occurrence {
  return { ...last, through: next.through, count: last.count + next.count, decidedAt: next.decidedAt }
}

/** By how much it fired late, in milliseconds; null unless it did. */
export function lateByMs({ isLate, scheduledFor, effectiveAt, decidedAt }: Occurrence): number | null {
  return isLate && decidedAt ? decidedAt.getTime() - (effectiveAt ?? scheduledFor).getTime() : null
}
