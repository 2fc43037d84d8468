import { readItem, UNITS, type Unit, type Word } from './cron-item.ts'
import { invalidSchedule } from './invalid-schedule.ts'
import type { CronDays, CronSchedule } from './schedule.ts'

const FIELDS: readonly Unit[] = [UNITS.second, UNITS.minute, UNITS.hour, UNITS.dayOfMonth, UNITS.month, UNITS.dayOfWeek]
const SECOND_ZERO: Word = { text: '0', position: 0 }

/**
 * Reads 5 cron fields, or 6 with the seconds first.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function parseCron(text: string, words: readonly Word[]): CronSchedule {
  checkCount(text, words)
  const fields = words.length === 5 ? [SECOND_ZERO, ...words] : words
  const items = FIELDS.map((_, index) => splitItems(fields[index] ?? SECOND_ZERO))
  const values = (index: number): readonly number[] =>
    sorted((items[index] ?? []).flatMap((item) => readItem(text, item, FIELDS[index] ?? UNITS.second)))

  return {
    kind: 'cron',
    seconds: values(0),
    minutes: values(1),
    hours: values(2),
    months: values(4),
    days: readDays(text, items[3] ?? [], items[5] ?? []),
  }
}

function checkCount(text: string, words: readonly Word[]): void {
  if (words.length === 5 || words.length === 6) return
  const expected =
    'a cron expression has 5 fields (minute hour day-of-month month day-of-week), or 6 with seconds first'
  const surplus = words[6]
  if (surplus) throw invalidSchedule(`${expected}, and no year: found ${words.length}`, surplus.position)
  const suggestion = words.length === 4 ? `${text.trim()} *` : undefined
  throw invalidSchedule(`${expected}: found ${words.length}`, text.length, suggestion)
}

function splitItems(field: Word): readonly Word[] {
  let position = field.position
  return field.text.split(',').map((text) => {
    const item = { text, position }
    position += text.length + 1
    return item
  })
}

function readDays(text: string, ofMonth: readonly Word[], ofWeek: readonly Word[]): CronDays {
  const dates = ofMonth.map((item) => readDate(text, item))
  const weekdays = ofWeek.map((item) => readWeekday(text, item))
  return {
    match: startsFree(ofMonth) || startsFree(ofWeek) ? 'both' : 'either',
    daysOfMonth: sorted(dates.flatMap((date) => date.plain ?? [])),
    daysBeforeLast: sorted(dates.flatMap((date) => date.beforeLast ?? [])),
    nearestWorkdays: sorted(dates.flatMap((date) => date.nearest ?? [])),
    lastWorkday: dates.some((date) => date.lastWorkday),
    weekdays: sorted(weekdays.flatMap((day) => day.plain ?? [])),
    nthWeekdays: weekdays.flatMap((day) => day.nth ?? []),
    lastWeekdays: sorted(weekdays.flatMap((day) => day.last ?? [])),
  }
}

/** Vixie marks a day field as unrestricted by its first character alone, so a field that starts with a step of `*` is too. */
function startsFree(items: readonly Word[]): boolean {
  return /^[*?]/.test(items[0]?.text ?? '')
}

interface DateItem {
  readonly plain?: readonly number[]
  readonly beforeLast?: number
  readonly nearest?: number
  readonly lastWorkday?: true
}

function readDate(text: string, item: Word): DateItem {
  const upper = item.text.toUpperCase()
  if (upper === 'LW') return { lastWorkday: true }
  if (upper === 'L') return { beforeLast: 0 }
  const beforeLast = /^L-(\d{1,2})$/.exec(upper)?.[1]
  if (beforeLast !== undefined) {
    if (Number(beforeLast) <= 30) return { beforeLast: Number(beforeLast) }
    throw invalidSchedule(`L- takes 0 to 30 days, not "${item.text}"`, item.position)
  }
  const nearest = /^(\d{1,2})W$/.exec(upper)?.[1]
  if (nearest === undefined) return { plain: readItem(text, item, UNITS.dayOfMonth) }
  if (Number(nearest) >= 1 && Number(nearest) <= 31) return { nearest: Number(nearest) }
  throw invalidSchedule(`W takes a day from 1 to 31, not "${item.text}"`, item.position)
}

interface WeekdayItem {
  readonly plain?: readonly number[]
  readonly nth?: { readonly weekday: number; readonly nth: number }
  readonly last?: number
}

function readWeekday(text: string, item: Word): WeekdayItem {
  const [, day = '', last, nth] = /^(\w+?)(?:(L)|#(\d+))$/i.exec(item.text) ?? []
  if (day === '') {
    if (!/^L$/i.test(item.text)) return { plain: readItem(text, item, UNITS.dayOfWeek) }
    throw invalidSchedule('L needs a weekday before it, as in 5L for the last Friday', item.position)
  }
  const [weekday = 0] = readItem(text, { text: day, position: item.position }, UNITS.dayOfWeek)
  if (last !== undefined) return { last: weekday }
  if (Number(nth) >= 1 && Number(nth) <= 5) return { nth: { weekday, nth: Number(nth) } }
  throw invalidSchedule(`# takes 1 to 5, not "${item.text}"`, item.position)
}

function sorted(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}
