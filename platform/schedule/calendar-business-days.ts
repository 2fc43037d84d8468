import { type BusinessDay, type BusinessDays, type CompiledRules, dayOfYear, type Ranges } from './calendar-compiled.ts'
import { dayExists, weekdayOf } from './calendar-zone.ts'

const DAY_MS = 86_400_000
const ZONES_KEPT_MAX = 100
const MONTHS_KEPT_MAX = 1_200

/** The name of the holiday that a day is; null for another day. */
export function holidayOn({ dated, yearly }: CompiledRules, day: number): string | null {
  const found = rangeWith(dated, day)
  if (found !== null || yearly.from.length === 0) return found
  const date = new Date(day * DAY_MS)
  const ofYear = dayOfYear(date.getUTCMonth() + 1, date.getUTCDate())
  for (let index = 0; index < yearly.from.length; index++) {
    const [from = 0, to = 0] = [yearly.from[index], yearly.to[index]]
    const isWithin = from <= to ? from <= ofYear && ofYear <= to : from <= ofYear || ofYear <= to
    if (isWithin) return yearly.names[index] ?? ''
  }
  return null
}

/** Whether a day is one of the week's work days. It may be a holiday all the same. */
export function isWorkDay({ workDays }: CompiledRules, day: number): boolean {
  return (workDays & (1 << weekdayOf(day))) !== 0
}

/** The first and the last business day of the month in which a day lies. */
export function businessDaysAround(rules: CompiledRules, zone: string, day: number): BusinessDays {
  let months = rules.monthsByZone.get(zone)
  if (!months) {
    if (rules.monthsByZone.size >= ZONES_KEPT_MAX) rules.monthsByZone.clear()
    months = new Map()
    rules.monthsByZone.set(zone, months)
  }
  const date = new Date(day * DAY_MS)
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth()
  let found = months.get(month)
  if (!found) {
    if (months.size >= MONTHS_KEPT_MAX) months.clear()
    found = businessDaysOf(rules, zone, date)
    months.set(month, found)
  }
  return found
}

function businessDaysOf(rules: CompiledRules, zone: string, date: Date): BusinessDays {
  // Set field by field: `Date.UTC` takes the year 99 for 1999.
  const start = new Date(date)
  start.setUTCDate(1)
  const end = new Date(start)
  end.setUTCMonth(start.getUTCMonth() + 1, 0)
  const firstDay = start.getTime() / DAY_MS
  const lastDay = end.getTime() / DAY_MS
  const isBusinessDay = (day: number): boolean =>
    isWorkDay(rules, day) && holidayOn(rules, day) === null && dayExists(zone, day)

  let first = firstDay
  while (first <= lastDay && !isBusinessDay(first)) first += 1
  let last = lastDay
  while (last >= first && !isBusinessDay(last)) last -= 1
  const month = dateText(firstDay).slice(0, -'-01'.length)
  if (first > last) {
    const none = { day: null, refusal: `${month} has no business day` }
    return { first: none, last: none }
  }
  const businessDay = (which: string, day: number): BusinessDay => ({
    day,
    refusal: `not the ${which} business day of ${month}: that is ${dateText(day)}`,
  })
  return { first: businessDay('first', first), last: businessDay('last', last) }
}

function dateText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length)
}

function rangeWith({ from, to, names }: Ranges, value: number): string | null {
  for (let index = 0; index < from.length; index++) {
    if ((from[index] ?? 0) <= value && value <= (to[index] ?? 0)) return names[index] ?? ''
  }
  return null
}
