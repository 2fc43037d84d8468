import { DomainError } from '#platform/domain'
import { calendarVerdict, countBetween, nextAfter } from '#platform/schedule'
import { timetableIn } from './definition.ts'
import type { Job } from './job.ts'

/** Where a backfill is. */
export type BackfillState = 'DRY_RUN' | 'REQUESTED' | 'RUNNING' | 'COMPLETED' | 'CANCELLED'

/** Nominal times of the past that somebody wants to be run. */
export interface Backfill {
  /** Null of a dry run, which is not kept. */
  readonly id: string | null
  readonly workspaceId: string
  readonly jobId: string
  /** By the schedule of this version. */
  readonly jobVersion: number
  /** Not included. */
  readonly from: Date
  /** Included. */
  readonly to: Date
  /** Also what has fired already. */
  readonly rerun: boolean
  readonly firesPerMinuteMax: number
  readonly requestedAt: Date
  readonly state: BackfillState
  readonly firedCount: number
  /** Nominal times that had fired before. */
  readonly leftOutCount: number
}

/** A backfill that was only asked about. */
export interface DryRun extends Backfill {
  /** What it would run, the earliest first. */
  readonly times: readonly Date[]
}

/** How many nominal times a backfill has at most. */
export const BACKFILL_TIMES_MAX = 10_000
// Calendars are asked of each.
const LOOKED_AT_MAX = 500_000

/** The cause of what a backfill fires. */
export function backfillCause(id: string): string {
  return `backfill:${id}`
}

/**
 * The nominal times of a job that a backfill is about: those after `from` up to `to`, by its schedule as it is, that its
 * calendars let.
 *
 * @throws {DomainError} LIMIT_EXCEEDED with `{limit, count}`
 */
export function backfillTimes(job: Job, from: Date, to: Date): readonly Date[] {
  // A backfill may reach back to before there was such a schedule.
  const timetable = timetableIn({ job }, from)
  const { calendars, timeZone } = job.timing
  const count = countBetween(timetable, from, to)
  if (count > (calendars.length === 0 ? BACKFILL_TIMES_MAX : LOOKED_AT_MAX)) throw tooMany(count)
  const times: Date[] = []
  for (let next = nextAfter(timetable, from); next !== null && next <= to; next = nextAfter(timetable, next)) {
    if (calendars.length === 0 || calendarVerdict(calendars, next, timeZone) === null) times.push(next)
  }
  if (times.length > BACKFILL_TIMES_MAX) throw tooMany(times.length)
  return times
}

function tooMany(count: number): DomainError {
  const limit = BACKFILL_TIMES_MAX
  return new DomainError('LIMIT_EXCEEDED', `a backfill has at most ${limit} nominal times, not ${count}`, {
    limit,
    count,
  })
}
