import { DomainError, isDomainError } from '#platform/domain'
import { UNITS } from './cron-item.ts'
import { cronWord } from './cron-words.ts'
import { invalidSchedule } from './invalid-schedule.ts'
import { decidedThroughAtStart, nextAfter } from './next-after.ts'
import { AT_LATENESS_MS_MAX, type Schedule, type Timetable } from './schedule.ts'
import { canonicalTimeZone } from './time-zone.ts'
import { type ScheduleTiming, timetableOf } from './timetable-of.ts'

const FIRST_FIRE_YEARS_MAX = 8
const EVER = new Date(-8e15)

/**
 * Refuses a timing that must not be created now: one that cannot be read, is over, or would not fire in the next 8 years.
 *
 * What is suggested instead would not be refused.
 *
 * @param seed the job's id; where there is none yet, any will do
 * @returns what its text says
 * @throws {DomainError} INVALID_SCHEDULE with `{position, suggestion?}`, and `{path}` when it is not the text that is wrong;
 *   BAD_USER_INPUT with `{path: 'timeZone', suggestion?}`
 */
export function checkNewSchedule(timing: ScheduleTiming, now: Date, seed = ''): Schedule {
  try {
    return checked(timing, now, seed)
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'INVALID_SCHEDULE') throw error
    const { suggestion, ...details } = error.details
    if (typeof suggestion !== 'string' || isGood({ ...timing, schedule: suggestion }, now, seed)) throw error
    // Such as an `@at` of a year that is past.
    throw new DomainError(error.code, error.message, details)
  }
}

function isGood(timing: ScheduleTiming, now: Date, seed: string): boolean {
  try {
    checked(timing, now, seed)
    return true
  } catch (error) {
    if (isDomainError(error)) return false
    throw error
  }
}

function checked(timing: ScheduleTiming, now: Date, seed: string): Schedule {
  canonicalTimeZone(timing.timeZone ?? 'UTC')
  const timetable = timetableOf(timing, now, seed)
  if (timetable.schedule.kind === 'manually') return timetable.schedule
  const always = { ...timetable, startAt: null, endAt: null }
  if (timetable.schedule.kind === 'at') checkAt(always, now)
  if (timetable.schedule.kind === 'cron') checkCron(timing, always)
  checkWindow(timetable, now)
  return timetable.schedule
}

function checkAt(always: Timetable, now: Date): void {
  const ever = { ...always, since: EVER }
  const first = nextAfter(ever, EVER)
  if (first === null) {
    throw invalidSchedule(`the clocks of ${always.timeZone} skip that time, and dstGap is SKIP: it would never fire`, 0)
  }
  if (nextAfter(ever, new Date(now.getTime() - AT_LATENESS_MS_MAX - 1)) === null) {
    throw invalidSchedule(`${first.toISOString()} is more than 60 s past`, 0)
  }
}

function checkCron(timing: ScheduleTiming, always: Timetable): void {
  const now = always.since
  const next = nextAfter(always, now)
  if (next !== null && next <= latestFirst(now)) return
  const { position, text } = cronWord(timing.schedule, UNITS.dayOfMonth)
  if (next !== null) throw invalidSchedule(tooFar(next), position)
  const timeless = nextAfter({ ...always, dstGap: 'FIRE_AFTER', dstOverlap: 'FIRST' }, now)
  if (timeless !== null) {
    const skipped = `the clocks of ${always.timeZone} skip each time that it names, and dstGap is SKIP`
    throw invalidSchedule(`it would never fire: ${skipped}; with FIRE_AFTER or SHIFT it would`, 0)
  }

  const lastDay = /w/i.test(text) ? 'LW' : 'L'
  const meant = timing.schedule.slice(0, position) + lastDay + timing.schedule.slice(position + text.length)
  const isWeekdayFree = /^[*?]$/.test(cronWord(timing.schedule, UNITS.dayOfWeek).text)
  const reason = 'no month that it names has such a day'
  throw invalidSchedule(`it would never fire: ${reason}`, position, isWeekdayFree ? meant : undefined)
}

function checkWindow(timetable: Timetable, now: Date): void {
  const { startAt, endAt, schedule } = timetable
  if (startAt && endAt && startAt > endAt) throw outside('endAt', `endAt lies before startAt`)
  const first = nextAfter({ ...timetable, endAt: null }, decidedThroughAtStart(now))
  if (first === null) throw outside('startAt', `its only time lies before startAt ${startAt?.toISOString()}`)
  if (endAt && first > endAt) {
    throw outside('endAt', `its first time, ${first.toISOString()}, comes after endAt ${endAt.toISOString()}`)
  }
  // Who writes a date means it, however far it is.
  if (schedule.kind !== 'at' && first > latestFirst(now)) {
    throw new DomainError('INVALID_SCHEDULE', tooFar(first), { path: 'startAt', position: 0 })
  }
}

function outside(path: 'startAt' | 'endAt', reason: string): DomainError {
  return new DomainError('INVALID_SCHEDULE', `it would never fire: ${reason}`, { path, position: 0 })
}

function tooFar(first: Date): string {
  return `it would not fire in the next ${FIRST_FIRE_YEARS_MAX} years: its first time would be ${first.toISOString()}`
}

function latestFirst(now: Date): Date {
  const latest = new Date(now)
  latest.setUTCFullYear(now.getUTCFullYear() + FIRST_FIRE_YEARS_MAX)
  return latest
}
