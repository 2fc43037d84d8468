import { describe, expect, test } from 'vitest'
import { isDomainError } from '#platform/domain'
import { parseSchedule } from './parse-schedule.ts'

/** What a text is refused with. */
function refusalOf(text: string): { code: string; message: string; position: unknown; suggestion: unknown } {
  try {
    parseSchedule(text)
  } catch (error) {
    if (!isDomainError(error)) throw error
    return {
      code: error.code,
      message: error.message,
      position: error.details.position,
      suggestion: error.details.suggestion,
    }
  }
  throw new Error(`accepted: ${text}`)
}

describe('parseSchedule', () => {
  test.each([
    ['@now', { kind: 'now' }],
    [' @manually ', { kind: 'manually' }],
    ['@every 2s', { kind: 'every', intervalMs: 2_000, phaseMs: 0 }],
    ['@every 1m30s', { kind: 'every', intervalMs: 90_000, phaseMs: 0 }],
    ['@every 1s500ms', { kind: 'every', intervalMs: 1_500, phaseMs: 0 }],
    ['@every 24h', { kind: 'every', intervalMs: 86_400_000, phaseMs: 0 }],
    ['@every 366d', { kind: 'every', intervalMs: 366 * 86_400_000, phaseMs: 0 }],
    ['@every 1h/15m', { kind: 'every', intervalMs: 3_600_000, phaseMs: 900_000 }],
    ['@at 2026-12-01T09:00:00Z', { kind: 'at', at: new Date('2026-12-01T09:00:00Z') }],
    ['@at 2026-12-01T09:00Z', { kind: 'at', at: new Date('2026-12-01T09:00:00Z') }],
    ['@at 2026-12-01T09:00:00.250+02:00', { kind: 'at', at: new Date('2026-12-01T07:00:00.250Z') }],
    ['@at 2001-02-03T00:00:00Z', { kind: 'at', at: new Date('2001-02-03T00:00:00Z') }],
  ])('reads %s', (text, schedule) => {
    expect(parseSchedule(text)).toEqual(schedule)
  })

  test.each([
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@monthly', '0 0 1 * *'],
    ['@weekly', '0 0 * * SUN'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
    ['*/5 * * * *', '0 */5 * * * *'],
    ['0 0 * JAN-MAR mon-fri', '0 0 * 1-3 1-5'],
    ['0 0 * * 0', '0 0 * * 7'],
    ['0 0 * * FRI-7', '0 0 * * 0,5,6'],
    ['0 0 ? * *', '0 0 * * *'],
    ['0 0 * * FRIL', '0 0 * * 5L'],
    ['0 0 * * TUE#1', '0 0 * * 2#1'],
    ['0 0 L-0 * *', '0 0 l * *'],
    ['5/20 * * * *', '5,25,45 * * * *'],
    ['1-5,3,3 * * * *', '1-5 * * * *'],
    ['\t0  9 * * *\n', '0 9 * * *'],
  ])('reads %j as it reads %j', (text, same) => {
    expect(parseSchedule(text)).toEqual(parseSchedule(same))
  })

  test('reads every kind of day', () => {
    expect(parseSchedule('30 0 9 L,L-3,15W,LW,1-3 * 1#2,5L,SUN')).toEqual({
      kind: 'cron',
      isIntervalLike: false,
      seconds: [30],
      minutes: [0],
      hours: [9],
      months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      days: {
        match: 'either',
        daysOfMonth: [1, 2, 3],
        daysBeforeLast: [0, 3],
        nearestWorkdays: [15],
        lastWorkday: true,
        weekdays: [0],
        nthWeekdays: [{ weekday: 1, nth: 2 }],
        lastWeekdays: [5],
      },
    })
  })

  test('holds nothing that JSON would lose in a cron, so that it may be kept', () => {
    const schedule = parseSchedule('0 9 L * 1#2')
    expect(JSON.parse(JSON.stringify(schedule))).toEqual(schedule)
  })
})

describe('parseSchedule refuses', () => {
  test.each([
    ['', 0, undefined, 'found 0'],
    ['* * * *', 7, '* * * * *', 'found 4'],
    ['* * * * * * *', 12, '* * * * * *', 'none for the year'],
    ['* * * * * * * *', 12, undefined, 'no year: found 8'],
    ['0 9 1 1 * 2027', 10, '@at 2027-01-01T09:00Z', 'looks like a year'],
    ['0 9 1 1 * 2027-2029', 10, '0 9 1 1 *', 'looks like a year'],
    ['0 9 * * MON 2027', 12, '0 9 * * MON', 'looks like a year'],
    ['0 9 30 2 * 2027', 11, '0 9 30 2 *', 'looks like a year'],
    ['15 0 9 1 1 ? 2027', 13, '@at 2027-01-01T09:00:15Z', 'looks like a year'],
    ['0 9 * * ? *', 10, '0 9 * * ?', 'none for the year'],
    ['60 * * * *', 0, undefined, 'the minute takes 0-59, found "60"'],
    ['0 24 * * *', 2, '0 0 * * *', 'the hour takes 0-23'],
    ['0 0 0 * *', 4, undefined, 'the day of month takes 1-31'],
    ['0 0 1 13 *', 6, undefined, 'the month takes 1-12 or JAN-DEC'],
    ['0 0 * * 8', 8, undefined, 'the day of week takes 0-7 or SUN-SAT'],
    ['0 0 * * MOM', 8, undefined, 'found "MOM"'],
    ['0 0 * JANUARY *', 6, '0 0 * JAN *', 'found "JANUARY"'],
    ['0 0 * * MONDAY', 8, '0 0 * * MON', 'found "MONDAY"'],
    ['1,,2 * * * *', 2, undefined, 'found nothing'],
    ['1,61 * * * *', 2, undefined, 'found "61"'],
    ['*/0 * * * *', 0, undefined, 'a step is at least 1'],
    ['? * * * *', 0, undefined, 'found "?"'],
    ['H * * * *', 0, undefined, 'from the job'],
    ['1.5 * * * *', 0, undefined, 'found "1.5"'],
    ['-1 * * * *', 0, undefined, 'found "-1"'],
    ['0 22-2 * * *', 2, '0 22-23,0-2 * * *', 'runs backwards'],
    ['0 22-2/2 * * *', 2, '0 22,0,2 * * *', 'runs backwards'],
    ['0 0 * * FRI-MON', 8, '0 0 * * FRI-SAT,SUN-MON', 'runs backwards'],
    ['0 0 * * FRI-SUN', 8, '0 0 * * FRI-SAT,SUN', 'runs backwards'],
    ['0 0 * * 7-2', 8, '0 0 * * 0-2', 'runs backwards'],
    ['0 0 25-5 * *', 4, '0 0 25-31,1-5 * *', 'runs backwards'],
    ['0 0 * NOV-FEB *', 6, '0 0 * NOV-DEC,JAN-FEB *', 'runs backwards'],
    ['0 0 * * L', 8, undefined, 'L needs a weekday before it'],
    ['0 0 * * 1#6', 8, undefined, '# takes 1 to 5'],
    ['0 0 * * 9#1', 8, undefined, 'found "9"'],
    ['0 0 32W * *', 4, undefined, 'W takes a day from 1 to 31'],
    ['0 0 L-31 * *', 4, undefined, 'L- takes 0 to 30'],
    ['@Daily', 0, '@daily', 'unknown schedule'],
    ['@dialy', 0, '@daily', 'unknown schedule'],
    ['@Every 5m', 0, '@every 5m', 'unknown schedule'],
    ['@evry 5m', 0, '@every 5m', 'unknown schedule'],
    ['@every5m', 0, '@every 5m', 'unknown schedule'],
    ['@Every1h30m/15m', 0, '@every 1h30m/15m', 'unknown schedule'],
    ['@AT 2026-12-01T09:00:00Z', 0, '@at 2026-12-01T09:00:00Z', 'unknown schedule'],
    ['@at2026-12-01T09:00:00Z', 0, '@at 2026-12-01T09:00:00Z', 'unknown schedule'],
    ['@AT tomorrow', 0, undefined, 'unknown schedule'],
    ['@Every', 0, undefined, 'unknown schedule'],
    ['@reboot5', 0, undefined, 'unknown schedule'],
    ['@Daily 5', 0, '@daily', 'unknown schedule'],
    ['@reboot', 0, undefined, 'unknown schedule'],
    ['@now 5', 5, '@now', 'takes nothing after it'],
    ['@every', 6, undefined, 'takes a duration'],
    ['@every 30', 7, '@every 30s', 'takes a duration'],
    ['@every 30m1h', 7, undefined, 'takes a duration'],
    ['@every 500ms', 7, undefined, 'from 1s to 366d'],
    ['@every 367d', 7, undefined, 'from 1s to 366d'],
    ['@every 1h/1h', 10, undefined, 'shorter than the interval'],
    ['@every 1h/', 10, undefined, 'the phase after "/"'],
    ['@every 1h/1m/1s', 10, undefined, 'the phase after "/"'],
    ['@every 1m 30s', 10, undefined, 'unexpected "30s"'],
    ['@at 2026-12-01', 4, undefined, 'takes an instant'],
    ['@at tomorrow', 4, undefined, 'takes an instant'],
    ['@at 2026-12-01T09:00:00', 4, '@at 2026-12-01T09:00:00Z', 'needs Z or an offset'],
    ['@at 2026-02-30T09:00:00Z', 4, undefined, 'no date and time that exists'],
    ['@at 2026-02-03T24:00:00Z', 4, undefined, 'no date and time that exists'],
    ['@at 2026-02-03T23:60:00Z', 4, undefined, 'no date and time that exists'],
    [' '.repeat(600), 512, undefined, 'at most 512 characters'],
  ])('%j', (text, position, suggestion, words) => {
    const refusal = refusalOf(text)
    expect(refusal).toMatchObject({ code: 'INVALID_SCHEDULE', position })
    expect(refusal.suggestion).toBe(suggestion)
    expect(refusal.message).toContain(words)
    if (suggestion !== undefined) expect(() => parseSchedule(suggestion)).not.toThrow()
  })
})

describe('H', () => {
  const cron = (text: string, seed: string): Record<string, unknown> => ({ ...parseSchedule(text, { seed }) })
  const seeds = Array.from({ length: 300 }, (_, index) => `job-${index}`)

  test('stands for the same values each time, by the seed', () => {
    expect(cron('H H(0-7) H * *', 'a')).toEqual(cron('H H(0-7) H * *', 'a'))
    expect(new Set(seeds.map((seed) => JSON.stringify(cron('H H * * *', seed)))).size).toBeGreaterThan(200)
  })

  test('spreads over its field, and never leaves it', () => {
    const minutes = new Set(seeds.flatMap((seed) => cron('H * * * *', seed)['minutes']))
    const inRange = new Set(seeds.flatMap((seed) => cron('H(10-19) * * * *', seed)['minutes']))
    const days = new Set(
      seeds.flatMap((seed) => (cron('0 0 H * *', seed)['days'] as { daysOfMonth: number[] }).daysOfMonth),
    )
    const weekdays = new Set(
      seeds.flatMap((seed) => (cron('0 0 * * H', seed)['days'] as { weekdays: number[] }).weekdays),
    )
    expect([Math.min(...(minutes as Set<number>)), Math.max(...(minutes as Set<number>)), minutes.size]).toEqual([
      0, 59, 60,
    ])
    expect([...inRange].sort()).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    expect([Math.min(...days), Math.max(...days), days.size]).toEqual([1, 28, 28])
    expect([...weekdays].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('with a step starts where the hash says, within the first step', () => {
    for (const seed of seeds) {
      const [first = 99, ...others] = cron('H/15 * * * *', seed)['minutes'] as number[]
      expect(first).toBeLessThan(15)
      expect(others).toEqual([first + 15, first + 30, first + 45])
      const tens = cron('H(0-29)/10 * * * *', seed)['minutes'] as number[]
      expect(tens).toEqual([tens[0], tens[0]! + 10, tens[0]! + 20])
    }
  })

  test('is picked anew for each field', () => {
    const equal = seeds.filter((seed) => {
      const { seconds, minutes } = cron('H H * * * *', seed)
      return JSON.stringify(seconds) === JSON.stringify(minutes)
    })
    expect(equal.length).toBeLessThan(20)
  })

  test('may stand in a list, and is remembered for no other seed', () => {
    for (const seed of seeds) expect(cron('H,5 * * * *', seed)['minutes']).toContain(5)
    expect(new Set(seeds.map((seed) => JSON.stringify(cron('H,5 * * * *', seed)['minutes']))).size).toBeGreaterThan(40)
  })

  test.each([
    ['H(0-60) * * * *', 'the minute takes 0-59'],
    ['H(9-5) * * * *', 'runs backwards'],
    ['H/0 * * * *', 'at least 1'],
    ['H( * * * *', 'the minute takes 0-59'],
    ['H-5 * * * *', 'the minute takes 0-59'],
  ])('refuses %s', (text, words) => {
    expect(() => parseSchedule(text, { seed: 'job' })).toThrow(words)
  })
})

describe('a fixed time', () => {
  test.each([
    ['0 9 * * *', false],
    ['0-59 0-23 * * *', false],
    ['H 9 * * *', false],
    ['H/15 9 * * *', false],
    ['* 30 2 * * *', false],
    ['@daily', false],
    ['@hourly', true],
    ['*/30 2 * * *', true],
    ['0 */2 * * *', true],
    ['H * * * *', true],
    ['5,*/20 2 * * *', false],
  ])('of %s, is interval-like: %s', (text, isIntervalLike) => {
    expect(parseSchedule(text, { seed: 'job' })).toMatchObject({ isIntervalLike })
  })
})

describe('a local @at', () => {
  test.each([
    ['2026-12-01T09:00', 'Europe/Berlin', '2026-12-01T08:00:00Z'],
    ['2026-12-01T09:00:30.5', 'Asia/Kolkata', '2026-12-01T03:30:30.500Z'],
    ['2026-03-08T02:30', 'America/New_York', '2026-03-08T07:00:00Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00Z'],
  ])('%s in %s is %s where nothing else is said', (local, timeZone, instant) => {
    expect(parseSchedule(`@at ${local}`, { timeZone })).toMatchObject({ kind: 'at', at: new Date(instant) })
  })

  test('keeps its local time, which the rules of its job decide about', () => {
    const { wallMs } = parseSchedule('@at 2026-03-08T02:30', { timeZone: 'America/New_York' }) as { wallMs?: number }
    expect(wallMs).toBe(Date.UTC(2026, 2, 8, 2, 30))
  })

  test('is refused where it was jumped over together with its day', () => {
    expect(() => parseSchedule('@at 2011-12-30T12:00', { timeZone: 'Pacific/Apia' })).toThrow('never was')
  })
})
