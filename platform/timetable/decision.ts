import type { BackfillProgress } from './backfill.ts'
import type { OpenCancel, Timetable } from './timetable.ts'

/** Why a nominal time did not fire, in one word. */
export type SkipOutcome = 'SKIPPED_CATCHUP' | 'SKIPPED_PAUSED' | 'SKIPPED_CALENDAR' | 'SKIPPED_DST'

/** The same, exactly: a stable code. */
export type SkipReason =
  | 'CATCHUP_NONE'
  | 'COLLAPSED'
  | 'OUTSIDE_WINDOW'
  | 'OVER_CATCHUP_MAX'
  | 'SUPERSEDED'
  | 'PAUSED'
  | 'CALENDAR'
  | 'DST_GAP'

/** An occurrence that fires. Its cause and its nominal time are its identity. */
export interface Fire {
  readonly cause: string
  readonly nominalAt: Date
  /** The nominal time with its jitter. */
  readonly effectiveAt: Date
  /** It fires later than `lateAfter` allows. */
  readonly isLate: boolean
  /** What a clock in the job's zone shows at the nominal time. */
  readonly wallTime: string
  /** The version that it fires by: a plain fact, no part of its identity. */
  readonly jobVersion: number
  readonly jobType: string
  readonly params: string
  readonly policy: string
  /** Given with a trigger; otherwise it is yet to be made. */
  readonly executionId: string | null
  /** Given with a trigger that belongs to a trace. */
  readonly traceparent?: string | undefined
}

/** Nominal times in a row that do not fire, for one reason. */
export interface Skip {
  readonly cause: string
  /** The first of them. */
  readonly from: Date
  /** The last of them. */
  readonly through: Date
  readonly count: number
  readonly outcome: SkipOutcome
  readonly reason: SkipReason
  /** For people: which calendar and why, the note of a pause. */
  readonly detail: string
  readonly jobVersion: number
  /** The first wall time that the clocks jumped over, when that is the reason: those of one jump are one skip. */
  readonly wallTime: string | null
}

/** What was decided for a job at one moment. */
export interface Decision {
  readonly timetable: Timetable
  readonly fires: readonly Fire[]
  readonly skips: readonly Skip[]
  /** The first time of an earlier skip from which the first of these `isOfTimes` goes on: the two are one range. Else null. */
  readonly continued: Date | null
  /** What the backfills came to that moved on now. */
  readonly backfills: readonly BackfillProgress[]
  /** What is open of the job is to end. All that it ever fires has fired by then. */
  readonly cancelsOpen: OpenCancel | null
  /** When to look again; null is never. */
  readonly next: Date | null
  /** The nominal time that fires next, as far as can be told; past when it is due and the limits left it. */
  readonly nextNominal: Date | null
  /** The schedule can fire no more. */
  readonly exhausted: boolean
}

/** The cause of all that a schedule fires. */
export const SCHEDULE = 'schedule'

/** Whether a skip goes on where another one ended: same in all but its times. Wall times that never were stay by themselves. */
export function continues(last: Skip, next: Skip): boolean {
  return (
    last.cause === next.cause &&
    last.outcome === next.outcome &&
    last.reason === next.reason &&
    last.detail === next.detail &&
    last.jobVersion === next.jobVersion &&
    last.wallTime === null &&
    next.wallTime === null
  )
}

/** Whether a skip is one of nominal times of the schedule, and not of wall times that the clocks jumped over. */
export function isOfTimes({ cause, wallTime }: Skip): boolean {
  return cause === SCHEDULE && wallTime === null
}

/** Two skips of which one goes on where the other one ended. */
export function joined(last: Skip, next: Skip): Skip {
  return { ...last, through: next.through, count: last.count + next.count }
}
