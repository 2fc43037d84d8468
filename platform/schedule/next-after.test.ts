import { describe, expect, test } from 'vitest'
import { decidedThroughAtStart, firesBetween, nextAfter } from './next-after.ts'
import { parseSchedule } from './parse-schedule.ts'

const EPOCH = new Date(0)
const NOON = new Date('2026-11-23T12:00:00Z')

function fires(text: string, after: string, count: number): string[] {
  const timetable = { schedule: parseSchedule(text), since: EPOCH }
  const end = new Date('2500-01-01T00:00:00Z')
  return firesBetween(timetable, new Date(after), end, count).map((date) => date.toISOString().replace(':00.000Z', ''))
}

describe('a cron expression fires', () => {
  test.each([
    ['*/5 * * * *', '2026-11-23T12:00:00Z', ['2026-11-23T12:05', '2026-11-23T12:10']],
    ['*/5 * * * *', '2026-11-23T12:04:59.999Z', ['2026-11-23T12:05']],
    ['59 23 31 12 *', '2026-12-31T23:58:59Z', ['2026-12-31T23:59', '2027-12-31T23:59']],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['0 0 29 2 *', '2096-03-01T00:00:00Z', ['2104-02-29T00:00']],
    ['0 0 31 * *', '2026-01-31T00:00:00Z', ['2026-03-31T00:00', '2026-05-31T00:00']],
    ['0 0 L * *', '2028-01-31T00:00:00Z', ['2028-02-29T00:00', '2028-03-31T00:00']],
    ['0 0 L-3 2 *', '2026-01-01T00:00:00Z', ['2026-02-25T00:00']],
    ['0 0 LW * *', '2026-01-01T00:00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['0 0 15W * *', '2026-02-01T00:00:00Z', ['2026-02-16T00:00', '2026-03-16T00:00', '2026-04-15T00:00']],
    ['0 0 1W 8 *', '2026-01-01T00:00:00Z', ['2026-08-03T00:00']],
    ['0 0 31W 5 *', '2026-01-01T00:00:00Z', ['2026-05-29T00:00']],
    ['0 0 31W * *', '2026-04-01T00:00:00Z', ['2026-05-29T00:00', '2026-07-31T00:00']],
    ['0 0 * * 5L', '2026-01-01T00:00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['0 0 * * 1#5', '2026-01-01T00:00:00Z', ['2026-03-30T00:00', '2026-06-29T00:00']],
    ['0 0 13 * FRI', '2026-02-12T00:00:00Z', ['2026-02-13T00:00', '2026-02-20T00:00']],
    ['0 0 */2 * MON', '2026-02-01T00:00:00Z', ['2026-02-09T00:00', '2026-02-23T00:00', '2026-03-09T00:00']],
    ['0 0 29 2 */7', '2026-01-01T00:00:00Z', ['2032-02-29T00:00', '2060-02-29T00:00']],
    ['0 0 30 2 *', '2026-01-01T00:00:00Z', []],
  ])('%s after %s', (text, after, expected) => {
    expect(fires(text, after, Math.max(expected.length, 1))).toEqual(expected)
  })

  test('at its seconds, when it has six fields', () => {
    const timetable = { schedule: parseSchedule('10,40 59 23 * * *'), since: EPOCH }
    const after = new Date('2026-12-31T23:59:10Z')
    expect(nextAfter(timetable, after)).toEqual(new Date('2026-12-31T23:59:40Z'))
    expect(nextAfter(timetable, new Date('2026-12-31T23:59:40Z'))).toEqual(new Date('2027-01-01T23:59:10Z'))
  })

  test('before 1970 as after it', () => {
    expect(
      nextAfter({ schedule: parseSchedule('0 0 * * MON'), since: new Date(-1e12) }, new Date('1969-12-24T00:00Z')),
    ).toEqual(new Date('1969-12-29T00:00:00Z'))
  })

  test('never at or before the moment from which it holds', () => {
    const timetable = { schedule: parseSchedule('0 * * * *'), since: NOON }
    expect(nextAfter(timetable, decidedThroughAtStart(NOON))).toEqual(new Date('2026-11-23T13:00:00Z'))
  })
})

describe('an interval', () => {
  test('is aligned to the Unix epoch, whatever the moment of its creation', () => {
    const since = new Date('2026-11-23T12:00:03.700Z')
    expect(nextAfter({ schedule: parseSchedule('@every 10s'), since }, since)).toEqual(new Date('2026-11-23T12:00:10Z'))
    expect(fires('@every 90m', '1970-01-01T00:00:00Z', 2)).toEqual(['1970-01-01T01:30', '1970-01-01T03:00'])
    expect(fires('@every 1h/15m', '2026-11-23T12:15:00Z', 1)).toEqual(['2026-11-23T13:15'])
  })
})

describe('a single time', () => {
  const walk = (text: string, since: Date): Date[] =>
    firesBetween({ schedule: parseSchedule(text), since }, decidedThroughAtStart(since), new Date(8e15), 5)

  test('of @now is the moment from which it holds, once', () => {
    expect(walk('@now', NOON)).toEqual([NOON])
  })

  test('of @at is its instant, once, also when it was up to 60 s late at its creation', () => {
    expect(walk('@at 2026-11-23T12:00:00Z', NOON)).toEqual([NOON])
    expect(walk('@at 2027-01-01T00:00:00Z', NOON)).toEqual([new Date('2027-01-01T00:00:00Z')])
    expect(walk('@at 2026-11-23T11:59:00Z', NOON)).toEqual([new Date('2026-11-23T11:59:00Z')])
    expect(walk('@at 2026-11-23T11:58:59Z', NOON)).toEqual([])
  })

  test('of @manually does not exist', () => {
    expect(walk('@manually', NOON)).toEqual([])
  })
})

describe('firesBetween', () => {
  const hourly = { schedule: parseSchedule('@hourly'), since: EPOCH }

  test('leaves out its start, includes its end, and keeps to its limit', () => {
    const [one, two, four] = [1, 2, 4].map((hour) => new Date(hour * 3_600_000)) as [Date, Date, Date]
    expect(firesBetween(hourly, one, four, 10).map(Number)).toEqual([2, 3, 4].map((hour) => hour * 3_600_000))
    expect(firesBetween(hourly, one, four, 1)).toEqual([two])
    expect(firesBetween(hourly, one, four, 0)).toEqual([])
    expect(firesBetween(hourly, four, one, 10)).toEqual([])
  })
})
