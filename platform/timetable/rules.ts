import {
  type CalendarVerdict,
  calendarVerdict,
  type Timetable as InForce,
  jitteredAt,
  lastAtOrBefore,
  nextAfter,
} from '#platform/schedule'
import { type Span, spanAround } from './calendar-span.ts'
import { SCHEDULE } from './decision.ts'
import { parsedSchedule } from './parsed-schedule.ts'
import type { Timetable } from './timetable.ts'

/** The nominal times of a version of a job, and what is asked of each. */
export interface Rules {
  readonly inForce: InForce
  /** The first nominal time strictly after an instant. */
  nextAfter(after: Date): Date | null
  /** The last nominal time in (`after`, `at`]. */
  lastAtOrBefore(at: Date, after: Date): Date | null
  /** When a nominal time is due: with its jitter, always before the next one. */
  effectiveAt(nominal: Date): Date
  /**
   * A bound for nominal times that asks for due ones: those in (`after`, bound] are just those that are due at an instant.
   * Jitter leaves at most the last of them out.
   */
  dueBound(at: Date, after: Date): Date
  readonly hasCalendars: boolean
  /** What forbids a nominal time; null when it may fire. */
  forbids(nominal: Date): CalendarVerdict | null
  /** The time around one in which they say the same. */
  span(nominal: Date): Span
}

/** What a timetable's own schedule means; or another one's, for a backfill. @throws {DomainError} INVALID_SCHEDULE */
export function rulesOf(
  { jobId, schedule, timing, scheduledSince }: Pick<Timetable, 'jobId' | 'schedule' | 'timing' | 'scheduledSince'>,
  cause = SCHEDULE,
): Rules {
  const { timeZone, dstGap, dstOverlap, startAtMs, endAtMs, jitterMs, calendars } = timing
  const inForce: InForce = {
    schedule: parsedSchedule(schedule, jobId, timeZone),
    since: scheduledSince,
    timeZone,
    dstGap,
    dstOverlap,
    startAt: startAtMs === null ? null : new Date(startAtMs),
    endAt: endAtMs === null ? null : new Date(endAtMs),
  }
  // One decision asks for the same time again and again.
  let asked: { readonly afterMs: number; readonly next: Date | null } | undefined
  function next(after: Date): Date | null {
    const afterMs = after.getTime()
    if (asked?.afterMs !== afterMs) asked = { afterMs, next: nextAfter(inForce, after) }
    return asked.next
  }
  const effectiveAt = (nominal: Date): Date =>
    jitterMs === 0 ? nominal : jitteredAt(jobId, cause, nominal, jitterMs, next(nominal))
  return {
    inForce,
    nextAfter: next,
    lastAtOrBefore: (at, after) => lastAtOrBefore(inForce, at, after),
    effectiveAt,
    dueBound(at, after) {
      if (jitterMs === 0) return at
      const last = lastAtOrBefore(inForce, at, after)
      return last && effectiveAt(last) > at ? new Date(last.getTime() - 1) : at
    },
    hasCalendars: calendars.length > 0,
    forbids: (nominal) => (calendars.length === 0 ? null : calendarVerdict(calendars, nominal, timeZone)),
    span: (nominal) => spanAround(calendars, nominal, timeZone),
  }
}
