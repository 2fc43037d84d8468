import { matchingDays } from './cron-days.ts'
import { AT_LATENESS_MS_MAX, type CronSchedule, type EverySchedule, type Timetable } from './schedule.ts'

const DAY_MS = 86_400_000
// The Gregorian calendar repeats every 400 years, weekdays included: what has not fired by then never does.
const SEARCH_MONTHS_MAX = 400 * 12 + 1

/**
 * The first nominal time strictly later than `after`; null when there is none.
 *
 * `cron` and `@every` have nominal times strictly after `since`; `@now` has one, `since` itself; `@at` has one, its
 * instant, unless that was more than 60 s past at `since`. To meet each once, start at `decidedThroughAtStart(since)`
 * and go on from the time returned.
 */
export function nextAfter({ schedule, since }: Timetable, after: Date): Date | null {
  const sinceMs = since.getTime()
  const afterMs = after.getTime()
  switch (schedule.kind) {
    case 'cron':
      return dateOrNull(nextCronMs(schedule, Math.max(afterMs, sinceMs)))
    case 'every':
      return new Date(nextEveryMs(schedule, Math.max(afterMs, sinceMs)))
    case 'at': {
      const atMs = schedule.at.getTime()
      return atMs > afterMs && atMs >= sinceMs - AT_LATENESS_MS_MAX ? new Date(atMs) : null
    }
    case 'now':
      return sinceMs > afterMs ? new Date(sinceMs) : null
    case 'manually':
      return null
  }
}

/** A moment before every nominal time of a schedule that holds since then, the late `@at` included. */
export function decidedThroughAtStart(since: Date): Date {
  return new Date(since.getTime() - AT_LATENESS_MS_MAX - 1)
}

/** The nominal times after `from` (exclusive) up to `to` (inclusive), the earliest first, at most `limit`. */
export function firesBetween(timetable: Timetable, from: Date, to: Date, limit: number): Date[] {
  const fires: Date[] = []
  let next = limit > 0 ? nextAfter(timetable, from) : null
  while (next !== null && next <= to) {
    fires.push(next)
    next = fires.length < limit ? nextAfter(timetable, next) : null
  }
  return fires
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

function nextEveryMs({ intervalMs, phaseMs }: EverySchedule, afterMs: number): number {
  return (Math.floor((afterMs - phaseMs) / intervalMs) + 1) * intervalMs + phaseMs
}

function nextCronMs(schedule: CronSchedule, afterMs: number): number | null {
  const startMs = (Math.floor(afterMs / 1_000) + 1) * 1_000
  const start = new Date(startMs)
  const todayMs = Math.floor(startMs / DAY_MS) * DAY_MS
  let year = start.getUTCFullYear()
  let month = start.getUTCMonth() + 1
  const today = start.getUTCDate()
  const days = daysIn(schedule, year, month)

  if (days & (1 << today)) {
    const timeMs = nextTimeOfDayMs(schedule, startMs - todayMs)
    if (timeMs !== null) return todayMs + timeMs
  }
  // Beyond today every matching day starts with the schedule's first time.
  let later = today === 31 ? 0 : days & -(1 << (today + 1))
  for (let searched = 0; later === 0; searched++) {
    if (searched === SEARCH_MONTHS_MAX) return null
    month = month === 12 ? 1 : month + 1
    if (month === 1) year += 1
    later = daysIn(schedule, year, month)
  }
  return Date.UTC(year, month - 1, lowestBit(later)) + (nextTimeOfDayMs(schedule, 0) ?? 0)
}

function daysIn(schedule: CronSchedule, year: number, month: number): number {
  return schedule.months.includes(month) ? matchingDays(schedule.days, year, month) : 0
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

/** The first matching time of a day at or after this one, both in milliseconds since midnight. */
function nextTimeOfDayMs({ hours, minutes, seconds }: CronSchedule, fromMs: number): number | null {
  const from = fromMs / 1_000
  const [hour, minute, second] = [Math.floor(from / 3_600), Math.floor(from / 60) % 60, from % 60]
  const [firstMinute = 0] = minutes
  const [firstSecond = 0] = seconds
  const timeMs = (h: number, m: number, s: number): number => ((h * 60 + m) * 60 + s) * 1_000

  if (hours.includes(hour)) {
    const sameMinute = minutes.includes(minute) ? seconds.find((value) => value >= second) : undefined
    if (sameMinute !== undefined) return timeMs(hour, minute, sameMinute)
    const laterMinute = minutes.find((value) => value > minute)
    if (laterMinute !== undefined) return timeMs(hour, laterMinute, firstSecond)
  }
  const laterHour = hours.find((value) => value > hour)
  return laterHour === undefined ? null : timeMs(laterHour, firstMinute, firstSecond)
}
