import { TaskError } from '../task.ts'

/** A stretch of time in a time zone: whole days, or between two instants. */
export interface Period {
  /** `YYYY-MM-DD` in the zone, the first day that belongs to it. */
  readonly firstDay: string
  /** The last day that belongs to it. */
  readonly lastDay: string
  /** The first instant of it. */
  readonly from: Date
  /** The first instant after it. */
  readonly to: Date
  readonly timeZone: string
}

/** Periods that have a name. Each is of whole days and over when the day of the fire begins. */
export const PERIOD_NAMES = [
  'yesterday',
  'last-7-days',
  'last-30-days',
  'last-90-days',
  'last-week',
  'last-month',
  'last-quarter',
  'last-year',
] as const

/** How a report may be asked for its period: by name, by its last day and length, or by its ends. */
export interface AskedPeriod {
  readonly period?: (typeof PERIOD_NAMES)[number]
  readonly date?: string
  readonly days?: number
  /** A day, or an instant. */
  readonly from?: string
  /** A day, which is included, or an instant, which is not. */
  readonly to?: string
  readonly timeZone?: string
}

/** Days of the longest period: a leap year, and a month to compare. */
export const PERIOD_DAYS_MAX = 400

/** Milliseconds of a day in UTC, which has no leap seconds here (POSIX). */
export const DAY_MS = 86_400_000
const DAY = /^\d{4}-\d{2}-\d{2}$/
// An instant says its offset, or it would mean something else elsewhere.
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/

/**
 * The period that was asked for, by default the day before. All that is relative is seen from `scheduledFor`, so that every
 * attempt reports the same.
 *
 * @throws {TaskError} REPORT_PERIOD_INVALID when it ends before it begins, or is longer than PERIOD_DAYS_MAX
 */
export function reportPeriod(asked: AskedPeriod, scheduledFor: Date): Period {
  const { timeZone = 'UTC', from, to } = asked
  const found =
    from !== undefined && to !== undefined ? betweenEnds(from, to, timeZone) : daysAsked(asked, scheduledFor, timeZone)
  const lengthMs = found.to.getTime() - found.from.getTime()
  if (lengthMs <= 0) throw invalid('the period ends before it begins')
  // A zone may add some hours.
  if (lengthMs > (PERIOD_DAYS_MAX + 1) * DAY_MS) throw invalid(`the period is longer than ${PERIOD_DAYS_MAX} days`)
  return found
}

/** The days just before, as many. */
export function periodBefore({ firstDay, lastDay, timeZone }: Period): Period {
  const first = Temporal.PlainDate.from(firstDay)
  const days = first.until(Temporal.PlainDate.from(lastDay)).days + 1
  return wholeDays(first.subtract({ days }), first.subtract({ days: 1 }), timeZone)
}

/** Each day of the period, in order. */
export function daysOf({ firstDay, lastDay }: Period): readonly string[] {
  const first = Temporal.PlainDate.from(firstDay)
  const count = first.until(Temporal.PlainDate.from(lastDay)).days + 1
  return Array.from({ length: count }, (_, days) => first.add({ days }).toString())
}

/** Whether this is a real day, written `YYYY-MM-DD`, from 1900 to 9999. */
export function isDay(text: string): boolean {
  if (!DAY.test(text) || text < '1900') return false
  const ms = Date.parse(text)
  // Some engines carry the 30th of February over into March.
  return !Number.isNaN(ms) && dayAt(ms) === text
}

/** Whether this is a day, or an instant with its offset from UTC. */
export function isDayOrInstant(text: string): boolean {
  return isDay(text) || (INSTANT.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)))
}

/** The day of an instant in UTC, as `YYYY-MM-DD`. */
export function dayAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function daysAsked({ period, date, days = 1 }: AskedPeriod, scheduledFor: Date, timeZone: string): Period {
  const today = dayIn(scheduledFor, timeZone)
  if (period !== undefined) {
    const [first, last] = namedDays(period, today)
    return wholeDays(first, last, timeZone)
  }
  const last = date === undefined ? today.subtract({ days: 1 }) : Temporal.PlainDate.from(date)
  return wholeDays(last.subtract({ days: days - 1 }), last, timeZone)
}

function namedDays(
  name: (typeof PERIOD_NAMES)[number],
  today: Temporal.PlainDate,
): [Temporal.PlainDate, Temporal.PlainDate] {
  const yesterday = today.subtract({ days: 1 })
  const until = (end: Temporal.PlainDate, length: Temporal.DurationLike): [Temporal.PlainDate, Temporal.PlainDate] => [
    end.subtract(length),
    end.subtract({ days: 1 }),
  ]
  const monthBegin = today.with({ day: 1 })
  switch (name) {
    case 'yesterday':
      return [yesterday, yesterday]
    case 'last-7-days':
      return until(today, { days: 7 })
    case 'last-30-days':
      return until(today, { days: 30 })
    case 'last-90-days':
      return until(today, { days: 90 })
    // Weeks begin on Monday (ISO 8601).
    case 'last-week':
      return until(today.subtract({ days: today.dayOfWeek - 1 }), { days: 7 })
    case 'last-month':
      return until(monthBegin, { months: 1 })
    case 'last-quarter':
      return until(monthBegin.subtract({ months: (today.month - 1) % 3 }), { months: 3 })
    case 'last-year':
      return until(today.with({ month: 1, day: 1 }), { years: 1 })
  }
}

function betweenEnds(from: string, to: string, timeZone: string): Period {
  const start = isDay(from) ? startOf(Temporal.PlainDate.from(from), timeZone) : new Date(from)
  const end = isDay(to) ? startOf(Temporal.PlainDate.from(to).add({ days: 1 }), timeZone) : new Date(to)
  return {
    firstDay: dayIn(start, timeZone).toString(),
    lastDay: dayIn(new Date(end.getTime() - 1), timeZone).toString(),
    ...{ from: start, to: end, timeZone },
  }
}

function wholeDays(first: Temporal.PlainDate, last: Temporal.PlainDate, timeZone: string): Period {
  return {
    firstDay: first.toString(),
    lastDay: last.toString(),
    from: startOf(first, timeZone),
    to: startOf(last.add({ days: 1 }), timeZone),
    timeZone,
  }
}

// Not always midnight: some clocks jump over it.
function startOf(day: Temporal.PlainDate, timeZone: string): Date {
  return new Date(day.toZonedDateTime(timeZone).epochMilliseconds)
}

function dayIn(at: Date, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate()
}

function invalid(message: string): TaskError {
  return new TaskError('REPORT_PERIOD_INVALID', message, { isFinal: true })
}
