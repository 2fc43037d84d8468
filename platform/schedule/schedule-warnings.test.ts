import { describe, expect, test } from 'vitest'
import { scheduleWarnings } from './schedule-warnings.ts'
import type { ScheduleTiming } from './timetable-of.ts'

const NOON = new Date('2026-11-23T12:00:00Z')
const NEW_YORK = 'America/New_York'

const warningsOf = (timing: ScheduleTiming): (readonly [string, number | undefined])[] =>
  scheduleWarnings(timing, NOON).map(({ code, position }) => [code, position])

describe('scheduleWarnings', () => {
  test.each([
    '0 9 * * MON-FRI',
    '*/15 * * * *',
    '0 0 L * *',
    '0 0 */2 * MON',
    '0 0 * * 1#5',
    '@every 15m',
    '@every 24h',
    '@now',
    '@manually',
  ])('has none for %s', (schedule) => {
    expect(warningsOf({ schedule })).toEqual([])
  })

  test.each([
    ['0 9 13 * FRI', 'BOTH_DAY_FIELDS', 4],
    ['0 0 9 13 * FRI', 'BOTH_DAY_FIELDS', 6],
    ['0 0 31 * *', 'MONTHS_LEFT_OUT', 4],
    ['0 0 30W * *', 'MONTHS_LEFT_OUT', 4],
    ['*/7 * * * *', 'UNEVEN_STEP', 0],
    ['0 0 */5 * * *', 'UNEVEN_STEP', 4],
    ['@every 7h', 'EVERY_DRIFTS', 0],
    ['@every 36h', 'EVERY_DRIFTS', 0],
  ])('of %s says %s at %i', (schedule, code, position) => {
    expect(warningsOf({ schedule })).toEqual([[code, position]])
  })

  test('says that @every has no time of day in a zone', () => {
    expect(warningsOf({ schedule: '@every 24h', timeZone: NEW_YORK })).toEqual([['EVERY_IN_UTC', 0]])
  })

  test('says what happens when the clocks change, as the job has it', () => {
    const of = (timing: ScheduleTiming): string[] =>
      scheduleWarnings({ timeZone: NEW_YORK, ...timing }, NOON).map(({ message }) => message)
    expect(of({ schedule: '30 2 * * *' })).toEqual([
      `of 2027-03-14T02:30:00, the clocks of ${NEW_YORK} skip it, and dstGap is FIRE_AFTER: it fires at 2027-03-14T03:00:00-04:00[${NEW_YORK}]`,
    ])
    expect(of({ schedule: '30 2 * * *', dstGap: 'SHIFT' })[0]).toContain('fires at 2027-03-14T03:30:00-04:00')
    expect(of({ schedule: '30 2 * * *', dstGap: 'SKIP' })[0]).toContain('SKIP: it does not fire')
    expect(of({ schedule: '30 1 * * *' })[0]).toContain('fires at 2027-11-07T01:30:00-04:00')
    expect(of({ schedule: '30 1 * * *', dstOverlap: 'BOTH' })[0]).toMatch(
      /01:30:00-04:00\S+ and 2027-11-07T01:30:00-05:00/,
    )
    expect(of({ schedule: '@at 2027-11-07T01:30', dstOverlap: 'LAST' })[0]).toContain('01:30:00-05:00')
    expect(of({ schedule: '@at 2027-11-08T01:30' })).toEqual([])
    expect(of({ schedule: '*/30 2 * * *' })).toEqual([])
  })

  test('says when a jitter does not fit between two times', () => {
    expect(warningsOf({ schedule: '@every 1m', jitterMs: 60_000 })).toEqual([['JITTER_CUT', undefined]])
    expect(warningsOf({ schedule: '@every 1m', jitterMs: 59_999 })).toEqual([])
    expect(warningsOf({ schedule: '@at 2027-11-08T01:30Z', jitterMs: 59_999 })).toEqual([])
  })
})
