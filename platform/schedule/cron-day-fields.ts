import { itemsOf, readPlainOrHashed, remembered, sorted } from './cron-field.ts'
import { readItem, UNITS, type Word } from './cron-item.ts'
import { invalidSchedule } from './invalid-schedule.ts'
import type { CronDays } from './schedule.ts'

/**
 * Reads the day-of-month field.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export const readDates = remembered((text, field, seed): DatesOf => {
  const dates = itemsOf(field).map((item) => readDate(text, item, seed))
  return {
    daysOfMonth: sorted(dates.flatMap((date) => date.plain ?? [])),
    daysBeforeLast: sorted(dates.flatMap((date) => date.beforeLast ?? [])),
    nearestWorkdays: sorted(dates.flatMap((date) => date.nearest ?? [])),
    lastWorkday: dates.some((date) => date.lastWorkday),
  }
})

/**
 * Reads the day-of-week field.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export const readWeekdays = remembered((text, field, seed): WeekdaysOf => {
  const weekdays = itemsOf(field).map((item) => readWeekday(text, item, seed))
  return {
    weekdays: sorted(weekdays.flatMap((day) => day.plain ?? [])),
    nthWeekdays: weekdays.flatMap((day) => day.nth ?? []),
    lastWeekdays: sorted(weekdays.flatMap((day) => day.last ?? [])),
  }
})

type DatesOf = Pick<CronDays, 'daysOfMonth' | 'daysBeforeLast' | 'nearestWorkdays' | 'lastWorkday'>
type WeekdaysOf = Pick<CronDays, 'weekdays' | 'nthWeekdays' | 'lastWeekdays'>

interface DateItem {
  readonly plain?: readonly number[]
  readonly beforeLast?: number
  readonly nearest?: number
  readonly lastWorkday?: true
}

function readDate(text: string, item: Word, seed: string | undefined): DateItem {
  const upper = item.text.toUpperCase()
  if (upper === 'LW') return { lastWorkday: true }
  if (upper === 'L') return { beforeLast: 0 }
  const beforeLast = /^L-(\d{1,2})$/.exec(upper)?.[1]
  if (beforeLast !== undefined) {
    if (Number(beforeLast) <= 30) return { beforeLast: Number(beforeLast) }
    throw invalidSchedule(`L- takes 0 to 30 days, not "${item.text}"`, item.position)
  }
  const nearest = /^(\d{1,2})W$/.exec(upper)?.[1]
  if (nearest === undefined) return { plain: readPlainOrHashed(text, item, UNITS.dayOfMonth, seed) }
  if (Number(nearest) >= 1 && Number(nearest) <= 31) return { nearest: Number(nearest) }
  throw invalidSchedule(`W takes a day from 1 to 31, not "${item.text}"`, item.position)
}

interface WeekdayItem {
  readonly plain?: readonly number[]
  readonly nth?: { readonly weekday: number; readonly nth: number }
  readonly last?: number
}

function readWeekday(text: string, item: Word, seed: string | undefined): WeekdayItem {
  const [, day = '', last, nth] = /^(\w+?)(?:(L)|#(\d+))$/i.exec(item.text) ?? []
  if (day === '') {
    if (!/^L$/i.test(item.text)) return { plain: readPlainOrHashed(text, item, UNITS.dayOfWeek, seed) }
    throw invalidSchedule('L needs a weekday before it, as in 5L for the last Friday', item.position)
  }
  const [weekday = 0] = readItem(text, { text: day, position: item.position }, UNITS.dayOfWeek)
  if (last !== undefined) return { last: weekday }
  if (Number(nth) >= 1 && Number(nth) <= 5) return { nth: { weekday, nth: Number(nth) } }
  throw invalidSchedule(`# takes 1 to 5, not "${item.text}"`, item.position)
}
