import { businessDaysAround, holidayOn, isWorkDay } from './calendar-business-days.ts'
import { type BusinessDay, type CompiledRules, compiled } from './calendar-compiled.ts'
import { type LocalDay, localDayOf, weekdayOf } from './calendar-zone.ts'
import type { CalendarDays, CalendarUse } from './timing.ts'

/** What forbids a nominal time. */
export interface CalendarVerdict {
  /** The calendar's name. */
  readonly calendar: string
  /** For people. Neighbours that are refused for one reason have the same, so that they can be told of as one range. */
  readonly detail: string
}

/**
 * Whether calendars let a job fire at an instant: null when all of them do, else what the first in order says that does not.
 *
 * A calendar's days are those of its own zone, or of the job's when it names none. What is made of a `rules` object is
 * remembered with it, so keep the object for the next question.
 */
export function calendarVerdict(uses: readonly CalendarUse[], at: Date, jobTimeZone: string): CalendarVerdict | null {
  const atMs = at.getTime()
  for (const { name, on, rules } of uses) {
    const ready = compiled(rules)
    const zone = rules.timeZone ?? jobTimeZone
    const local = localDayOf(zone, atMs)
    const detail = wrongDay(ready, on, zone, local.day) ?? blackoutAt(ready, local, atMs)
    if (detail !== null) return { calendar: name, detail }
  }
  return null
}

function wrongDay(rules: CompiledRules, on: CalendarDays, zone: string, day: number): string | null {
  const holiday = holidayOn(rules, day)
  if (holiday !== null) return `holiday: ${holiday}`
  switch (on) {
    case 'ANY_DAY':
      return null
    case 'BUSINESS_DAYS':
      return isWorkDay(rules, day) ? null : 'not a work day'
    case 'FIRST_BUSINESS_DAY':
      return refusalUnless(businessDaysAround(rules, zone, day).first, day)
    case 'LAST_BUSINESS_DAY':
      return refusalUnless(businessDaysAround(rules, zone, day).last, day)
  }
}

function refusalUnless(wanted: BusinessDay, day: number): string | null {
  return wanted.day === day ? null : wanted.refusal
}

function blackoutAt({ once, weekly }: CompiledRules, { day, timeMs }: LocalDay, atMs: number): string | null {
  for (let index = 0; index < once.from.length; index++) {
    if ((once.from[index] ?? 0) <= atMs && atMs < (once.to[index] ?? 0)) return `blackout: ${once.names[index]}`
  }
  if (weekly.length === 0) return null
  const today = 1 << weekdayOf(day)
  const yesterday = 1 << weekdayOf(day - 1)
  for (const { days, fromMs, toMs, name } of weekly) {
    const begunToday = (days & today) !== 0 && fromMs <= timeMs
    const isOver = fromMs < toMs && toMs <= timeMs
    const begunYesterday = (days & yesterday) !== 0 && toMs <= fromMs && timeMs < toMs
    if ((begunToday && !isOver) || begunYesterday) return `blackout: ${name}`
  }
  return null
}
