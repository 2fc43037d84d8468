import { describe, expect, test } from 'vitest'
import { countBetween, firesBetween, lastAtOrBefore, nextAfter } from './next-after.ts'
import { parseSchedule } from './parse-schedule.ts'
import type { Timetable } from './schedule.ts'

const YEARS_LATER = new Date('2030-01-01T00:00:00Z')

// The table of the time contract, to the letter: text, zone, the instant after which it starts, and its first fires in UTC.
const VECTORS: readonly [string, string, string, string][] = [
  ['30 2 * * *', 'America/New_York', '2026-03-07T12:00Z', '03-08T07:00 03-09T06:30 03-10T06:30'],
  ['0 2,3 * * *', 'America/New_York', '2026-03-07T12:00Z', '03-08T07:00 03-09T06:00 03-09T07:00'],
  ['0 * * * *', 'America/New_York', '2026-03-08T05:30Z', '03-08T06:00 03-08T07:00 03-08T08:00 03-08T09:00'],
  ['0 */2 * * *', 'America/New_York', '2026-03-08T04:30Z', '03-08T05:00 03-08T08:00 03-08T10:00'],
  ['30 1 * * *', 'America/New_York', '2026-10-31T12:00Z', '11-01T05:30 11-02T06:30 11-03T06:30'],
  [
    '*/30 * * * *',
    'America/New_York',
    '2026-11-01T04:40Z',
    '11-01T05:00 11-01T05:30 11-01T06:00 11-01T06:30 11-01T07:00 11-01T07:30',
  ],
  ['0 1-2 * * *', 'America/New_York', '2026-10-31T12:00Z', '11-01T05:00 11-01T07:00 11-02T06:00'],
  ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', '04-04T14:45 04-05T15:15'],
  ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', '10-03T15:30 10-04T15:15'],
  ['0 * * * *', 'Australia/Lord_Howe', '2026-04-04T12:30Z', '04-04T13:00 04-04T14:00 04-04T15:30 04-04T16:30'],
  ['0 3 * * *', 'Australia/Lord_Howe', '2026-04-03T17:00Z', '04-04T16:30 04-05T16:30'],
  [
    '*/15 * * * *',
    'Pacific/Chatham',
    '2026-04-04T12:40Z',
    '04-04T12:45 04-04T13:00 04-04T13:15 04-04T13:30 04-04T13:45 04-04T14:00',
  ],
  ['0 0 * * *', 'America/Santiago', '2026-09-05T12:00Z', '09-06T04:00 09-07T03:00'],
  ['30 23 * * *', 'Africa/Cairo', '2026-10-28T12:00Z', '10-28T20:30 10-29T20:30 10-30T21:30'],
  ['30 1 * * *', 'Antarctica/Troll', '2026-10-24T12:00Z', '10-24T23:30 10-26T01:30'],
]

describe('golden vectors', () => {
  test.each(VECTORS)('%s in %s after %s', (text, timeZone, after, expected) => {
    const timetable: Timetable = { schedule: parseSchedule(text), since: new Date(0), timeZone }
    const times = expected.split(' ').map((time) => new Date(`2026-${time}Z`))
    const from = new Date(after)
    expect(firesBetween(timetable, from, YEARS_LATER, times.length)).toEqual(times)
    // The other ways to ask say the same.
    const last = times.at(-1)!
    expect(countBetween(timetable, from, last)).toBe(times.length)
    expect(lastAtOrBefore(timetable, last, from)).toEqual(last)
    expect(lastAtOrBefore(timetable, new Date(last.getTime() - 1), from)).toEqual(times.at(-2))
    expect(nextAfter(timetable, new Date(last.getTime() - 1))).toEqual(last)
  })
})
