import { describe, expect, test } from 'vitest'
import { calendarVerdict } from './calendar.ts'
import type { Blackout, CalendarDays, CalendarRules, CalendarUse, Holiday } from './timing.ts'

const WEEKDAYS = [1, 2, 3, 4, 5]
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

function rulesWith(rules: Partial<CalendarRules>): CalendarRules {
  return { timeZone: null, workDays: WEEKDAYS, holidays: [], blackouts: [], ...rules }
}

function used(rules: Partial<CalendarRules>, on: CalendarDays = 'ANY_DAY', name = 'c'): CalendarUse {
  return { name, version: 1, on, rules: rulesWith(rules) }
}

function holiday(from: string, to = from, name = 'H'): Holiday {
  return { from, to, name }
}

function verdict(use: CalendarUse, at: string, zone = 'UTC'): string | null {
  return calendarVerdict([use], new Date(at), zone)?.detail ?? null
}

/** The days of a month on which noon may fire. */
function days(use: CalendarUse, month: string, zone = 'UTC'): number[] {
  const { year, month: number } = Temporal.PlainYearMonth.from(month)
  const length = Temporal.PlainYearMonth.from(month).daysInMonth
  return Array.from({ length }, (_, index) => index + 1).filter((day) => {
    const noon = new Temporal.PlainDateTime(year, number, day, 12).toZonedDateTime(zone)
    return calendarVerdict([use], new Date(noon.epochMilliseconds), zone) === null
  })
}

describe('holidays', () => {
  test.each([
    ['a day', holiday('2026-12-25'), '2026-12', [25]],
    ['a day of another year', holiday('2025-12-25'), '2026-12', []],
    ['a range, both ends included', holiday('2026-12-24', '2026-12-26'), '2026-12', [24, 25, 26]],
    ['a day of each year', holiday('12-25'), '2031-12', [25]],
    ['a yearly range', holiday('12-24', '12-26'), '2031-12', [24, 25, 26]],
    ['a yearly range over New Year, at its start', holiday('12-30', '01-02'), '2031-12', [30, 31]],
    ['a yearly range over New Year, at its end', holiday('12-30', '01-02'), '2032-01', [1, 2]],
    ['29 February of each year, in a leap year', holiday('02-29'), '2028-02', [29]],
    ['29 February of each year, in an ordinary year', holiday('02-29'), '2027-02', []],
    ['29 February of each year is no 1 March', holiday('02-29'), '2027-03', []],
    ['a yearly range from 29 February, in an ordinary year', holiday('02-29', '03-02'), '2027-03', [1, 2]],
  ])('%s', (_name, each, month, expected) => {
    const free = days(used({ holidays: [each] }), month)
    const all = Temporal.PlainYearMonth.from(month).daysInMonth
    expect(Array.from({ length: all }, (_, index) => index + 1).filter((day) => !free.includes(day))).toEqual(expected)
  })

  test('are days of the calendar’s zone, and of the job’s where it has none', () => {
    const christmas = { holidays: [holiday('2026-12-25', '2026-12-25', 'Christmas')] }
    expect(verdict(used(christmas), '2026-12-25T04:59:59.999Z', 'America/New_York')).toBeNull()
    expect(verdict(used(christmas), '2026-12-25T05:00:00Z', 'America/New_York')).toBe('holiday: Christmas')
    const tokyo = used({ ...christmas, timeZone: 'Asia/Tokyo' })
    expect(verdict(tokyo, '2026-12-24T15:00:00Z', 'America/New_York')).toBe('holiday: Christmas')
    expect(verdict(tokyo, '2026-12-25T15:00:00Z', 'America/New_York')).toBeNull()
  })
})

describe('business days', () => {
  const bank = { holidays: [holiday('12-25', '12-26', 'Christmas'), holiday('2026-12-31'), holiday('01-01')] }

  test('are work days that are no holidays', () => {
    const expected = [1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 21, 22, 23, 24, 28, 29, 30]
    expect(days(used(bank, 'BUSINESS_DAYS'), '2026-12')).toEqual(expected)
    expect(verdict(used(bank, 'BUSINESS_DAYS'), '2026-12-05T12:00:00Z')).toBe('not a work day')
    // 26 December 2026 is a Saturday: the holiday tells more.
    expect(verdict(used(bank, 'BUSINESS_DAYS'), '2026-12-26T12:00:00Z')).toBe('holiday: Christmas')
  })

  test.each([
    ['2026-12', [30]],
    ['2026-11', [30]],
    ['2026-10', [30]],
    ['2027-01', [29]],
    ['2027-02', [26]],
    ['2028-02', [29]],
  ])('the last one of %s is %j', (month, expected) => {
    expect(days(used(bank, 'LAST_BUSINESS_DAY'), month)).toEqual(expected)
  })

  test.each([
    ['2027-01', [4]],
    ['2027-05', [3]],
    ['2026-12', [1]],
  ])('the first one of %s is %j', (month, expected) => {
    expect(days(used(bank, 'FIRST_BUSINESS_DAY'), month)).toEqual(expected)
  })

  test('say which day it is instead', () => {
    expect(verdict(used(bank, 'LAST_BUSINESS_DAY'), '2026-12-29T12:00:00Z')).toBe(
      'not the last business day of 2026-12: that is 2026-12-30',
    )
    expect(verdict(used(bank, 'FIRST_BUSINESS_DAY'), '2027-01-29T12:00:00Z')).toBe(
      'not the first business day of 2027-01: that is 2027-01-04',
    )
    const never = used({ holidays: [holiday('12-01', '12-31')], workDays: EVERY_DAY }, 'LAST_BUSINESS_DAY')
    expect(verdict(never, '2026-12-31T12:00:00Z')).toBe('holiday: H')
    const sundays = used({ holidays: ['06', '13', '20', '27'].map((day) => holiday(`12-${day}`)), workDays: [0] })
    expect(verdict({ ...sundays, on: 'LAST_BUSINESS_DAY' }, '2026-12-31T12:00:00Z')).toBe('2026-12 has no business day')
  })

  test('leave out a day that the zone never had', () => {
    // Samoa crossed the date line: after Thursday 29 December 2011 came Saturday the 31st.
    expect(days(used({}, 'LAST_BUSINESS_DAY'), '2011-12', 'Pacific/Apia')).toEqual([29])
    expect(days(used({}, 'LAST_BUSINESS_DAY'), '2011-12')).toEqual([30])
  })
})

describe('a blackout', () => {
  const once: Blackout = {
    kind: 'ONCE',
    fromMs: Date.parse('2026-12-20T00:00:00Z'),
    toMs: Date.parse('2027-01-04T00:00:00Z'),
    name: 'freeze',
  }
  const weekly = (weekdays: number[], from: string, to: string): CalendarUse =>
    used({ blackouts: [{ kind: 'WEEKLY', days: weekdays, from, to, name: 'night' }] })

  test('includes its first instant and not its last', () => {
    const use = used({ blackouts: [once] })
    expect(verdict(use, '2026-12-19T23:59:59.999Z')).toBeNull()
    expect(verdict(use, '2026-12-20T00:00:00Z')).toBe('blackout: freeze')
    expect(verdict(use, '2027-01-03T23:59:59.999Z')).toBe('blackout: freeze')
    expect(verdict(use, '2027-01-04T00:00:00Z')).toBeNull()
  })

  test.each([
    ['before it begins', weekly([1], '08:00', '17:00'), '2026-11-23T07:59:59.999Z', false],
    ['as it begins', weekly([1], '08:00', '17:00'), '2026-11-23T08:00:00Z', true],
    ['as it ends', weekly([1], '08:00', '17:00'), '2026-11-23T17:00:00Z', false],
    ['on another day', weekly([1], '08:00', '17:00'), '2026-11-24T08:00:00Z', false],
    ['over midnight, in the evening', weekly([0], '22:00', '06:00'), '2026-11-22T22:00:00Z', true],
    ['over midnight, in the morning after', weekly([0], '22:00', '06:00'), '2026-11-23T05:59:59Z', true],
    ['over midnight, after it', weekly([0], '22:00', '06:00'), '2026-11-23T06:00:00Z', false],
    ['over midnight, in the morning of the day itself', weekly([0], '22:00', '06:00'), '2026-11-22T05:00:00Z', false],
    ['of a day and a night, near its end', weekly([0], '06:00', '06:00'), '2026-11-23T05:59:59Z', true],
    ['of a whole day', weekly([0], '00:00', '00:00'), '2026-11-22T23:59:59Z', true],
    ['of a whole day, the next one', weekly([0], '00:00', '00:00'), '2026-11-23T00:00:00Z', false],
  ])('that comes each week, %s', (_name, use, at, isForbidden) => {
    expect(verdict(use, at)).toBe(isForbidden ? 'blackout: night' : null)
  })

  test('goes by the clock on the wall when clocks change', () => {
    const night = weekly([0], '01:30', '03:30')
    // Spring forward: 01:30 to 03:30 is one hour, from 06:30Z to 07:30Z.
    const spring = ['06:29', '06:30', '07:00', '07:29', '07:30'].map((time) => `2026-03-08T${time}:00Z`)
    expect(spring.map((at) => verdict(night, at, 'America/New_York') !== null)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
    // Fall back: 01:30 to 02:00 comes twice, and so does the blackout.
    const autumn = ['05:29', '05:30', '05:59', '06:00', '06:29', '06:30', '08:29', '08:30']
    const expected = [false, true, true, false, false, true, true, false]
    const verdicts = autumn.map((time) => verdict(night, `2026-11-01T${time}:00Z`, 'America/New_York') !== null)
    expect(verdicts).toEqual(expected)
  })

  test('holds on a business day, too', () => {
    const use = used({ blackouts: [once] }, 'BUSINESS_DAYS')
    expect(verdict(use, '2026-12-22T12:00:00Z')).toBe('blackout: freeze')
  })
})

test('of several calendars any may forbid, and the first in order says why', () => {
  const sunday = used({}, 'BUSINESS_DAYS', 'week')
  const freeze = used({ holidays: [holiday('11-22', '11-23', 'pause')] }, 'ANY_DAY', 'freeze')
  const at = (text: string): unknown => calendarVerdict([sunday, freeze], new Date(text), 'UTC')
  expect(at('2026-11-22T12:00:00Z')).toEqual({ calendar: 'week', detail: 'not a work day' })
  expect(at('2026-11-23T12:00:00Z')).toEqual({ calendar: 'freeze', detail: 'holiday: pause' })
  expect(at('2026-11-24T12:00:00Z')).toBeNull()
  expect(calendarVerdict([], new Date('2026-11-24T12:00:00Z'), 'UTC')).toBeNull()
})
