import { describe, expect, test } from 'vitest'
import { isDomainError } from '#platform/domain'
import { checkNewSchedule } from './check-new-schedule.ts'
import type { ScheduleTiming } from './timetable-of.ts'

const NOON = new Date('2026-11-23T12:00:00Z')

function refusalOf(timing: ScheduleTiming, now = NOON): { message: string; details: Record<string, unknown> } | null {
  try {
    checkNewSchedule(timing, now)
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { message: `${error.code}: ${error.message}`, details: error.details }
  }
  return null
}

describe('checkNewSchedule', () => {
  test.each([
    '*/5 * * * *',
    '0 0 29 2 *',
    '@every 2s',
    '@now',
    '@manually',
    '@at 2026-11-23T11:59:00Z',
    '@at 2999-01-01T00:00Z',
    '0 0 29 2 */7',
    '0 0 29 2 */4',
    'H H * * *',
  ])('lets %s be', (schedule) => {
    expect(refusalOf({ schedule })).toBeNull()
  })

  test.each([
    ['0 0 30 2 *', 4, '0 0 L 2 *', 'it would never fire'],
    ['0 0 31 4,6,9,11 *', 4, '0 0 L 4,6,9,11 *', 'it would never fire'],
    [' 0 0 12 31W 4 *', 8, ' 0 0 12 LW 4 *', 'it would never fire'],
    ['@at 2026-11-23T11:58:59Z', 0, undefined, 'more than 60 s past'],
    ['@at 2026-11-23T11:58', 0, undefined, 'more than 60 s past'],
    ['0 9 1 1 * 2027', 10, '@at 2027-01-01T09:00', 'looks like a year'],
    // Nothing is suggested that is past, or never comes.
    ['0 12 1 1 * 2026', 11, undefined, 'looks like a year'],
    ['0 12 23 11 * 2026', 13, '@at 2026-11-23T12:00', 'looks like a year'],
    ['@AT 2026-01-01T12:00', 0, undefined, 'unknown schedule'],
    ['0 12 30 2 * 2027', 12, undefined, 'looks like a year'],
  ])('refuses %s', (schedule, position, suggestion, words) => {
    const refusal = refusalOf({ schedule })
    expect(refusal?.message).toContain(`INVALID_SCHEDULE: ${''}`)
    expect(refusal?.message).toContain(words)
    expect(refusal?.details).toEqual({ position, ...(suggestion !== undefined && { suggestion }) })
    if (suggestion !== undefined) expect(refusalOf({ schedule: suggestion })).toBeNull()
  })

  test('refuses what names only times that the clocks skip, at once, and says why', () => {
    const timing = { schedule: '30 2 * 3 0#2', timeZone: 'America/New_York', dstGap: 'SKIP' } as const
    expect(refusalOf(timing)).toEqual({
      message:
        'INVALID_SCHEDULE: it would never fire: the clocks of America/New_York skip each time that it names, and dstGap is SKIP; with FIRE_AFTER or SHIFT it would',
      details: { position: 0 },
    })
    expect(refusalOf({ ...timing, dstGap: 'SHIFT' })).toBeNull()
  })

  test('offers the last day of a month only where that leaves the days of the week as they are', () => {
    expect(refusalOf({ schedule: '0 0 */31 2 1#5' })?.details).toEqual({ position: 4 })
  })

  test('refuses one whose first time is more than 8 years away, and says when it would be', () => {
    const refusal = refusalOf({ schedule: '0 0 29 2 */7' }, new Date('2033-01-01T00:00:00Z'))
    expect(refusal?.message).toMatch(/next 8 years: its first time would be 2060-02-29/)
    expect(refusal?.details).toEqual({ position: 4 })
  })

  test('reads a zone, and refuses what is none with the one that was meant', () => {
    expect(refusalOf({ schedule: '@daily', timeZone: 'America/New_York' })).toBeNull()
    expect(refusalOf({ schedule: '@daily', timeZone: 'America/NewYork' })).toEqual({
      message: 'BAD_USER_INPUT: "America/NewYork" is no IANA time zone; did you mean America/New_York?',
      details: { path: 'timeZone', suggestion: 'America/New_York' },
    })
  })

  const at = (instant: string): number => Date.parse(instant)
  test.each<[string, ScheduleTiming, string, string]>([
    [
      'an end before the first time',
      { schedule: '0 0 1 1 *', endAtMs: at('2026-12-31T00:00Z') },
      'endAt',
      'first time',
    ],
    [
      'an end before an @at',
      { schedule: '@at 2027-01-01T00:00Z', endAtMs: at('2026-12-31T00:00Z') },
      'endAt',
      'first time',
    ],
    ['an end in the past', { schedule: '@every 1h', endAtMs: at('2026-11-23T11:00Z') }, 'endAt', 'first time'],
    [
      'an @at before its start',
      { schedule: '@at 2027-01-01T00:00Z', startAtMs: at('2027-01-02T00:00Z') },
      'startAt',
      'its only time',
    ],
    ['@now before its start', { schedule: '@now', startAtMs: at('2027-01-02T00:00Z') }, 'startAt', 'its only time'],
    [
      'a start after the end',
      { schedule: '@daily', startAtMs: at('2027-01-02T00:00Z'), endAtMs: at('2027-01-01T00:00Z') },
      'endAt',
      'before startAt',
    ],
    ['a start in nine years', { schedule: '@daily', startAtMs: at('2035-12-01T00:00Z') }, 'startAt', 'next 8 years'],
  ])('refuses %s', (_name, timing, path, words) => {
    const refusal = refusalOf(timing)
    expect(refusal?.message).toContain(words)
    expect(refusal?.details).toMatchObject({ path, position: 0 })
  })

  test('takes both ends of the window as belonging to it', () => {
    const first = at('2026-11-24T00:00Z')
    expect(refusalOf({ schedule: '@daily', startAtMs: first, endAtMs: first })).toBeNull()
  })

  test('refuses a local time that the clocks skip, when its owner says so', () => {
    const timing: ScheduleTiming = { schedule: '@at 2027-03-14T02:30', timeZone: 'America/New_York' }
    expect(refusalOf({ ...timing, dstGap: 'SKIP' })?.message).toContain('skip that time')
    expect(refusalOf(timing)).toBeNull()
  })
})
