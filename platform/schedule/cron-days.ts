import type { CronDays } from './schedule.ts'

const DAY_MS = 86_400_000

/**
 * The days of a month on which a cron expression fires, as bits: bit 1 is the first.
 *
 * @param month 1 is January
 */
export function matchingDays(days: CronDays, year: number, month: number): number {
  const firstMs = Date.UTC(year, month - 1, 1)
  const length = Math.round((Date.UTC(year, month, 1) - firstMs) / DAY_MS)
  const firstWeekday = (((firstMs / DAY_MS + 4) % 7) + 7) % 7
  const byDate = datesOf(days, length, firstWeekday)
  const byWeekday = weekdaysOf(days, length, firstWeekday)
  return days.match === 'both' ? byDate & byWeekday : byDate | byWeekday
}

function datesOf(days: CronDays, length: number, firstWeekday: number): number {
  let bits = 0
  for (const day of days.daysOfMonth) if (day <= length) bits |= 1 << day
  for (const before of days.daysBeforeLast) if (before < length) bits |= 1 << (length - before)
  // 31W does not fire in a month without a 31st; LW does.
  for (const day of days.nearestWorkdays) if (day <= length) bits |= 1 << nearestWorkday(day, length, firstWeekday)
  if (days.lastWorkday) bits |= 1 << nearestWorkday(length, length, firstWeekday)
  return bits
}

function nearestWorkday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7
  if (weekday === 6) return day === 1 ? 3 : day - 1
  if (weekday === 0) return day === length ? day - 2 : day + 1
  return day
}

function weekdaysOf(days: CronDays, length: number, firstWeekday: number): number {
  let bits = 0
  const firstOf = (weekday: number): number => 1 + ((weekday - firstWeekday + 7) % 7)
  for (const weekday of days.weekdays) {
    for (let day = firstOf(weekday); day <= length; day += 7) bits |= 1 << day
  }
  for (const { weekday, nth } of days.nthWeekdays) {
    const day = firstOf(weekday) + 7 * (nth - 1)
    if (day <= length) bits |= 1 << day
  }
  for (const weekday of days.lastWeekdays) {
    const first = firstOf(weekday)
    bits |= 1 << (first + 7 * Math.floor((length - first) / 7))
  }
  return bits
}
