import { expect, test } from 'vitest'
import { defaultTimingOptions, firesBetween, gapSkipsBetween, timetableOf } from '#platform/schedule'
import { openDraw } from '../draw.ts'
import { drawTempo, drawTiming } from './draw-timing.ts'
import { slowTimes, type When } from './slow-times.ts'
import { wallText } from './wall-clock.ts'

const DAY_MS = 86_400_000

// The golden vectors of the time contract: the first fires after an instant, in UTC.
const GOLDEN = `
30 2 * * *    | America/New_York    | 2026-03-07T12:00Z | 03-08T07:00 03-09T06:30 03-10T06:30
0 2,3 * * *   | America/New_York    | 2026-03-07T12:00Z | 03-08T07:00 03-09T06:00 03-09T07:00
0 * * * *     | America/New_York    | 2026-03-08T05:30Z | 03-08T06:00 03-08T07:00 03-08T08:00 03-08T09:00
0 */2 * * *   | America/New_York    | 2026-03-08T04:30Z | 03-08T05:00 03-08T08:00 03-08T10:00
30 1 * * *    | America/New_York    | 2026-10-31T12:00Z | 11-01T05:30 11-02T06:30 11-03T06:30
*/30 * * * *  | America/New_York    | 2026-11-01T04:40Z | 11-01T05:00 11-01T05:30 11-01T06:00 11-01T06:30 11-01T07:00 11-01T07:30
0 1-2 * * *   | America/New_York    | 2026-10-31T12:00Z | 11-01T05:00 11-01T07:00 11-02T06:00
45 1 * * *    | Australia/Lord_Howe | 2026-04-04T00:00Z | 04-04T14:45 04-05T15:15
15 2 * * *    | Australia/Lord_Howe | 2026-10-03T00:00Z | 10-03T15:30 10-04T15:15
0 * * * *     | Australia/Lord_Howe | 2026-04-04T12:30Z | 04-04T13:00 04-04T14:00 04-04T15:30 04-04T16:30
0 3 * * *     | Australia/Lord_Howe | 2026-04-03T17:00Z | 04-04T16:30 04-05T16:30
*/15 * * * *  | Pacific/Chatham     | 2026-04-04T12:40Z | 04-04T12:45 04-04T13:00 04-04T13:15 04-04T13:30 04-04T13:45 04-04T14:00
0 0 * * *     | America/Santiago    | 2026-09-05T12:00Z | 09-06T04:00 09-07T03:00
30 23 * * *   | Africa/Cairo        | 2026-10-28T12:00Z | 10-28T20:30 10-29T20:30 10-30T21:30
30 1 * * *    | Antarctica/Troll    | 2026-10-24T12:00Z | 10-24T23:30 10-26T01:30`

const goldenCases = GOLDEN.trim()
  .split('\n')
  .map((line) => line.split('|').map((part) => part.trim()) as [string, string, string, string])

function times(schedule: string, after: string, options: Partial<When>, days = 3): readonly string[] {
  const when = { ...defaultTimingOptions, ...options, schedule }
  const afterMs = Date.parse(after)
  return slowTimes(when, afterMs - 10 * DAY_MS, afterMs, afterMs + days * DAY_MS).times.map((atMs) =>
    new Date(atMs).toISOString().slice(5, 16),
  )
}

test.each(goldenCases)('%s in %s after %s is as the contract has it', (schedule, timeZone, after, expected) => {
  const wanted = expected.split(' ')
  expect(times(schedule, after, { timeZone }).slice(0, wanted.length)).toEqual(wanted)
})

test('a gap is shifted or recorded, an hour that comes twice counts as asked', () => {
  const gap = { timeZone: 'America/New_York', startAtMs: null, endAtMs: null } as const
  expect(times('30 2 * * *', '2026-03-07T12:00Z', { ...gap, dstGap: 'SHIFT' }, 1)).toEqual(['03-08T07:30'])
  expect(times('30 2 * * *', '2026-03-07T12:00Z', { ...gap, dstGap: 'SKIP' }, 1)).toEqual([])
  const when = { ...defaultTimingOptions, ...gap, dstGap: 'SKIP', schedule: '15,30 2 * * *' } as const
  const afterMs = Date.parse('2026-03-07T12:00Z')
  expect(slowTimes(when, 0, afterMs, afterMs + DAY_MS).gaps).toEqual([
    { atMs: Date.parse('2026-03-08T07:00Z'), wallTime: '2026-03-08T02:15:00' },
    { atMs: Date.parse('2026-03-08T07:00Z'), wallTime: '2026-03-08T02:30:00' },
  ])
  const overlap = '30 1 * * *'
  expect(times(overlap, '2026-10-31T12:00Z', { ...gap, dstOverlap: 'LAST' }, 1)).toEqual(['11-01T06:30'])
  expect(times(overlap, '2026-10-31T12:00Z', { ...gap, dstOverlap: 'BOTH' }, 1)).toEqual(['11-01T05:30', '11-01T06:30'])
})

test('an interval counts from 1970, with its phase, and a window includes its ends', () => {
  expect(times('@every 6h/1h', '2026-11-23T00:00Z', {}, 1)).toEqual([
    '11-23T01:00',
    '11-23T07:00',
    '11-23T13:00',
    '11-23T19:00',
  ])
  const window = { startAtMs: Date.parse('2026-11-23T06:00Z'), endAtMs: Date.parse('2026-11-23T12:00Z') }
  expect(times('0 */3 * * *', '2026-11-23T00:00Z', window, 1)).toEqual(['11-23T06:00', '11-23T09:00', '11-23T12:00'])
  expect(times('0 9 1 * 1', '2026-11-29T12:00Z', {}, 9)).toEqual(['11-30T09:00', '12-01T09:00', '12-07T09:00'])
})

test('a wall time is written with its offset and its zone', () => {
  expect(wallText('America/New_York', Date.parse('2026-03-08T07:00Z'))).toBe(
    '2026-03-08T03:00:00-04:00[America/New_York]',
  )
})

test('the services find the same times, for every schedule that a simulation draws, wherever it is', () => {
  const draw = openDraw(1)
  for (let round = 0; round < 400; round++) {
    const tempo = drawTempo(draw)
    const when = drawTiming(draw, tempo, tempo.startMs)
    const untilMs = tempo.startMs + 60 * tempo.unitMs
    const timetable = timetableOf(when, new Date(tempo.startMs), 'job')
    const found = firesBetween(timetable, new Date(tempo.startMs - 61_000), new Date(untilMs), 10_000)
    const slow = slowTimes(when, tempo.startMs, tempo.startMs - 61_000, untilMs)
    expect(found.map(Number), JSON.stringify(when)).toEqual(slow.times)
    const gaps = gapSkipsBetween(timetable, new Date(tempo.startMs), new Date(untilMs), 100)
    const told = gaps.map(({ at, wallTime }) => ({ atMs: at.getTime(), wallTime: wallTime.slice(0, 19) }))
    expect(told, JSON.stringify(when)).toEqual(slow.gaps)
  }
})
