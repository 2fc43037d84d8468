import { describe, expect, test } from 'vitest'
import { checkCalendarRules } from './calendar-check.ts'
import type { Blackout, CalendarRules, Holiday } from './timing.ts'

const good: CalendarRules = {
  timeZone: 'Europe/Amsterdam',
  workDays: [1, 2, 3, 4, 5],
  holidays: [
    { from: '2026-12-25', to: '2026-12-26', name: 'Christmas' },
    { from: '12-30', to: '01-02', name: 'New Year' },
    { from: '02-29', to: '02-29', name: 'Leap day' },
    { from: '2028-02-29', to: '2028-02-29', name: 'A leap day' },
  ],
  blackouts: [
    { kind: 'ONCE', fromMs: 0, toMs: 1, name: 'A moment' },
    { kind: 'WEEKLY', days: [0], from: '22:00', to: '06:00', name: 'Night' },
    { kind: 'WEEKLY', days: [6], from: '00:00', to: '00:00', name: 'A whole day' },
  ],
}

const holidays = (...entries: Partial<Holiday>[]): Partial<CalendarRules> => ({
  holidays: entries.map((entry) => ({ from: '12-25', to: '12-25', name: 'H', ...entry })),
})
const once = (fromMs: number, toMs: number): Partial<CalendarRules> => ({
  blackouts: [{ kind: 'ONCE', fromMs, toMs, name: 'B' }],
})
const weekly = (entry: Partial<Extract<Blackout, { kind: 'WEEKLY' }>>): Partial<CalendarRules> => ({
  blackouts: [{ kind: 'WEEKLY', days: [1], from: '08:00', to: '09:00', name: 'B', ...entry }],
})

describe('checkCalendarRules', () => {
  test('finds nothing in good rules', () => {
    expect(checkCalendarRules(good)).toEqual([])
    expect(checkCalendarRules({ ...good, timeZone: null })).toEqual([])
  })

  test.each([
    ['a zone that does not exist', { timeZone: 'Mars/Phobos' }, 'timeZone'],
    ['an offset for a zone', { timeZone: '+02:00' }, 'timeZone'],
    ['no work days', { workDays: [] }, 'workDays'],
    ['an eighth day of the week', { workDays: [7] }, 'workDays'],
    ['30 February', holidays({ from: '2028-02-30' }), 'holidays[0].from'],
    ['29 February of an ordinary year', holidays({}, { from: '2027-02-29', to: '2027-03-01' }), 'holidays[1].from'],
    ['31 June of each year', holidays({ to: '06-31' }), 'holidays[0].to'],
    ['month 13', holidays({ to: '13-01' }), 'holidays[0].to'],
    ['a day that is a word', holidays({ from: 'Easter' }), 'holidays[0].from'],
    ['a range backwards', holidays({ from: '2026-12-26', to: '2026-12-25' }), 'holidays[0].to'],
    ['a range of mixed kinds', holidays({ from: '2026-12-25', to: '12-26' }), 'holidays[0].to'],
    ['a holiday without a name', holidays({ name: ' ' }), 'holidays[0].name'],
    ['a holiday with a long name', holidays({ name: 'n'.repeat(101) }), 'holidays[0].name'],
    ['too many holidays', holidays(...Array<Partial<Holiday>>(1_001).fill({})), 'holidays'],
    ['a blackout of no length', once(5, 5), 'blackouts[0].to'],
    ['a blackout backwards', once(5, 4), 'blackouts[0].to'],
    ['a blackout from no instant', once(Number.NaN, 4), 'blackouts[0].from'],
    ['a blackout on no day', weekly({ days: [] }), 'blackouts[0].days'],
    ['a time of day beyond the day', weekly({ to: '24:00' }), 'blackouts[0].to'],
    ['a time of day with seconds', weekly({ from: '08:00:00' }), 'blackouts[0].from'],
    ['too many blackouts', { blackouts: Array(201).fill(good.blackouts[0]) }, 'blackouts'],
  ])('finds %s', (_name, rules, path) => {
    const problems = checkCalendarRules({ ...good, ...rules })
    expect(problems).toMatchObject([{ path, message: expect.any(String) }])
  })

  test('says which zone was probably meant', () => {
    expect(checkCalendarRules({ ...good, timeZone: 'Berlin' })).toEqual([
      {
        path: 'timeZone',
        message: 'there is no zone Berlin; did you mean Europe/Berlin?',
        suggestion: 'Europe/Berlin',
      },
    ])
  })

  test('finds all that is wrong at once', () => {
    const rules = {
      ...good,
      workDays: [],
      ...holidays({ from: '13-01' }, {}, { name: '' }),
      ...weekly({ from: '25:00' }),
    }
    expect(checkCalendarRules(rules).map(({ path }) => path)).toEqual([
      'workDays',
      'holidays[0].from',
      'holidays[2].name',
      'blackouts[0].from',
    ])
  })

  test('takes as much as is allowed', () => {
    const rules = { ...good, ...holidays(...Array<Partial<Holiday>>(1_000).fill({})) }
    expect(checkCalendarRules({ ...rules, blackouts: Array(200).fill(good.blackouts[0]) })).toEqual([])
  })
})
