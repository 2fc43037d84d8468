import { matchingDays } from './cron-days.ts'
import type { CronSchedule } from './schedule.ts'

// The time line of a wall clock that is never changed: `wallMs` is what it shows, as if it showed UTC.
// Zones, and what their changes do to a schedule, are the business of `zoned-cron.ts`.

const DAY_MS = 86_400_000
const SECOND_MS = 1_000
// The Gregorian calendar repeats every 400 years, weekdays included: what has not fired by then never does.
const SEARCH_MONTHS_MAX = 400 * 12 + 1

/** The first time at or after this one that a schedule matches; null when it matches none. */
export function nextWallMs(schedule: CronSchedule, fromMs: number): number | null {
  const startMs = Math.ceil(fromMs / SECOND_MS) * SECOND_MS
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

/** The last time at or before this one that a schedule matches; null when it matches none. */
export function previousWallMs(schedule: CronSchedule, untilMs: number): number | null {
  const endMs = Math.floor(untilMs / SECOND_MS) * SECOND_MS
  const end = new Date(endMs)
  const todayMs = Math.floor(endMs / DAY_MS) * DAY_MS
  let year = end.getUTCFullYear()
  let month = end.getUTCMonth() + 1
  const today = end.getUTCDate()
  const days = daysIn(schedule, year, month)

  if (days & (1 << today)) {
    const timeMs = previousTimeOfDayMs(schedule, endMs - todayMs)
    if (timeMs !== null) return todayMs + timeMs
  }
  let earlier = days & ((1 << today) - 1)
  for (let searched = 0; earlier === 0; searched++) {
    if (searched === SEARCH_MONTHS_MAX) return null
    month = month === 1 ? 12 : month - 1
    if (month === 12) year -= 1
    earlier = daysIn(schedule, year, month)
  }
  return Date.UTC(year, month - 1, highestBit(earlier)) + (previousTimeOfDayMs(schedule, DAY_MS - SECOND_MS) ?? 0)
}

/** How many times a schedule matches from one time (included) to another (not included), without walking them. */
export function countWall(schedule: CronSchedule, fromMs: number, toMs: number): number {
  if (toMs <= fromMs) return 0
  const firstDay = Math.floor(fromMs / DAY_MS)
  const lastDay = Math.floor(toMs / DAY_MS)
  const before = (day: number, ms: number): number =>
    matchesDay(schedule, day) ? timesBefore(schedule, ms - day * DAY_MS) : 0
  const timesADay = schedule.hours.length * schedule.minutes.length * schedule.seconds.length
  return countDays(schedule, firstDay, lastDay) * timesADay + before(lastDay, toMs) - before(firstDay, fromMs)
}

/** Whether a schedule matches just this time. */
export function matchesWall(schedule: CronSchedule, wallMs: number): boolean {
  const day = Math.floor(wallMs / DAY_MS)
  const [hour, minute, second] = fieldsOf(wallMs - day * DAY_MS)
  const { hours, minutes, seconds } = schedule
  const matchesTime = hours.includes(hour) && minutes.includes(minute) && seconds.includes(second)
  return matchesTime && wallMs % SECOND_MS === 0 && matchesDay(schedule, day)
}

function daysIn(schedule: CronSchedule, year: number, month: number): number {
  return schedule.months.includes(month) ? matchingDays(schedule.days, year, month) : 0
}

function matchesDay(schedule: CronSchedule, day: number): boolean {
  const date = new Date(day * DAY_MS)
  return (daysIn(schedule, date.getUTCFullYear(), date.getUTCMonth() + 1) & (1 << date.getUTCDate())) !== 0
}

/** How many days match, from one (included) to another (not included); both are counted from 1970. */
function countDays(schedule: CronSchedule, fromDay: number, toDay: number): number {
  const from = new Date(fromDay * DAY_MS)
  const to = new Date(toDay * DAY_MS)
  const monthOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth()
  let count = 0
  for (let month = monthOf(from); month <= monthOf(to); month++) {
    let days = daysIn(schedule, Math.floor(month / 12), (((month % 12) + 12) % 12) + 1)
    if (month === monthOf(from)) days &= -(1 << from.getUTCDate())
    if (month === monthOf(to)) days &= (1 << to.getUTCDate()) - 1
    count += bitCount(days)
  }
  return count
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

function highestBit(bits: number): number {
  return 31 - Math.clz32(bits)
}

function bitCount(bits: number): number {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count += 1
  return count
}

function timeMsOf(hour: number, minute: number, second: number): number {
  return ((hour * 60 + minute) * 60 + second) * SECOND_MS
}

function fieldsOf(timeMs: number): readonly [number, number, number] {
  const seconds = Math.floor(timeMs / SECOND_MS)
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
}

/** The first matching time of a day at or after this one, both in milliseconds since midnight. */
function nextTimeOfDayMs({ hours, minutes, seconds }: CronSchedule, fromMs: number): number | null {
  const [hour, minute, second] = fieldsOf(fromMs)
  const [firstMinute = 0] = minutes
  const [firstSecond = 0] = seconds

  if (hours.includes(hour)) {
    const sameMinute = minutes.includes(minute) ? seconds.find((value) => value >= second) : undefined
    if (sameMinute !== undefined) return timeMsOf(hour, minute, sameMinute)
    const laterMinute = minutes.find((value) => value > minute)
    if (laterMinute !== undefined) return timeMsOf(hour, laterMinute, firstSecond)
  }
  const laterHour = hours.find((value) => value > hour)
  return laterHour === undefined ? null : timeMsOf(laterHour, firstMinute, firstSecond)
}

/** The last matching time of a day at or before this one, both in milliseconds since midnight. */
function previousTimeOfDayMs({ hours, minutes, seconds }: CronSchedule, untilMs: number): number | null {
  const [hour, minute, second] = fieldsOf(untilMs)
  const lastMinute = minutes.at(-1) ?? 0
  const lastSecond = seconds.at(-1) ?? 0

  if (hours.includes(hour)) {
    const sameMinute = minutes.includes(minute) ? seconds.findLast((value) => value <= second) : undefined
    if (sameMinute !== undefined) return timeMsOf(hour, minute, sameMinute)
    const earlierMinute = minutes.findLast((value) => value < minute)
    if (earlierMinute !== undefined) return timeMsOf(hour, earlierMinute, lastSecond)
  }
  const earlierHour = hours.findLast((value) => value < hour)
  return earlierHour === undefined ? null : timeMsOf(earlierHour, lastMinute, lastSecond)
}

/** How many times of a day match before this one, in milliseconds since midnight. */
function timesBefore({ hours, minutes, seconds }: CronSchedule, timeMs: number): number {
  const [hour, minute, second] = fieldsOf(Math.ceil(timeMs / SECOND_MS) * SECOND_MS)
  const below = (values: readonly number[], limit: number): number => values.filter((value) => value < limit).length
  let count = below(hours, hour) * minutes.length * seconds.length
  if (!hours.includes(hour)) return count
  count += below(minutes, minute) * seconds.length
  return minutes.includes(minute) ? count + below(seconds, second) : count
}
