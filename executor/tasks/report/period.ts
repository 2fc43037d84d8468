/** Whole days in UTC. */
export interface Period {
  /** `YYYY-MM-DD`, the first day that belongs to it. */
  readonly firstDay: string
  /** The last day that belongs to it. */
  readonly lastDay: string
  /** The first instant of it. */
  readonly from: Date
  /** The first instant after it. */
  readonly to: Date
}

/** Milliseconds of a day in UTC, which has no leap seconds here (POSIX). */
export const DAY_MS = 86_400_000

/** The `days` days that end with `date`, by default with the day before `scheduledFor`, so that every attempt reports the same. */
export function reportPeriod(date: string | undefined, days: number, scheduledFor: Date): Period {
  const lastDayMs = date === undefined ? Math.floor(scheduledFor.getTime() / DAY_MS - 1) * DAY_MS : Date.parse(date)
  return period(lastDayMs - (days - 1) * DAY_MS, lastDayMs + DAY_MS)
}

/** The period of equal length just before. */
export function periodBefore({ from, to }: Period): Period {
  return period(2 * from.getTime() - to.getTime(), from.getTime())
}

/** Each day of the period, in order. */
export function daysOf({ from, to }: Period): readonly string[] {
  const count = (to.getTime() - from.getTime()) / DAY_MS
  return Array.from({ length: count }, (_, index) => dayAt(from.getTime() + index * DAY_MS))
}

/** Whether this is a real day, written `YYYY-MM-DD`, from 1900 to 9999. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '1900') return false
  const ms = Date.parse(text)
  // Some engines carry the 30th of February over into March.
  return !Number.isNaN(ms) && dayAt(ms) === text
}

/** The day of an instant in UTC, as `YYYY-MM-DD`. */
export function dayAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function period(fromMs: number, toMs: number): Period {
  return { firstDay: dayAt(fromMs), lastDay: dayAt(toMs - DAY_MS), from: new Date(fromMs), to: new Date(toMs) }
}
