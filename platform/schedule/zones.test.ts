import { describe, expect, test } from 'vitest'
import { gapSkipsBetween } from './gap-skips.ts'
import { countBetween, decidedThroughAtStart, firesBetween, lastAtOrBefore, nextAfter } from './next-after.ts'
import { parseSchedule } from './parse-schedule.ts'
import type { Timetable } from './schedule.ts'
import type { DstGap, DstOverlap } from './timing.ts'

const NEW_YORK = 'America/New_York'
const EPOCH = new Date(0)
const at = (text: string): Date => new Date(`${text}Z`)
const of = (text: string, timeZone: string, rest: Partial<Timetable> = {}): Timetable => ({
  schedule: parseSchedule(text, { timeZone }),
  since: EPOCH,
  timeZone,
  ...rest,
})
const fires = (timetable: Timetable, from: string, to: string): string[] =>
  firesBetween(timetable, at(from), at(to), 100).map((date) => date.toISOString().slice(5, 16))

describe('a fixed time', () => {
  test.each<[string, DstGap, string[]]>([
    ['30 2 * * *', 'FIRE_AFTER', ['03-08T07:00']],
    ['30 2 * * *', 'SHIFT', ['03-08T07:30']],
    ['30 2 * * *', 'SKIP', []],
    ['0,20,40 2 * * *', 'FIRE_AFTER', ['03-08T07:00']],
    ['0,20,40 2 * * *', 'SHIFT', ['03-08T07:00', '03-08T07:20', '03-08T07:40']],
    ['0,30 2-3 * * *', 'SHIFT', ['03-08T07:00', '03-08T07:30']],
    ['15,30 2-3 * * *', 'FIRE_AFTER', ['03-08T07:00', '03-08T07:15', '03-08T07:30']],
  ])('%s that the clocks skip, with %s, fires at %j', (text, dstGap, expected) => {
    expect(fires(of(text, NEW_YORK, { dstGap }), '2026-03-08T05:00', '2026-03-08T07:59')).toEqual(expected)
  })

  test.each<[string, DstOverlap, string[]]>([
    ['30 1 * * *', 'FIRST', ['11-01T05:30']],
    ['30 1 * * *', 'LAST', ['11-01T06:30']],
    ['30 1 * * *', 'BOTH', ['11-01T05:30', '11-01T06:30']],
    [
      '15,45 0-2 * * *',
      'LAST',
      ['11-01T04:15', '11-01T04:45', '11-01T06:15', '11-01T06:45', '11-01T07:15', '11-01T07:45'],
    ],
  ])('%s that comes twice, with %s, fires at %j', (text, dstOverlap, expected) => {
    expect(fires(of(text, NEW_YORK, { dstOverlap }), '2026-11-01T04:00', '2026-11-01T08:00')).toEqual(expected)
  })
})

describe('a jump of three hours or more', () => {
  test('forward is no gap: the day that Samoa left out has no fire of its own', () => {
    for (const dstGap of ['FIRE_AFTER', 'SHIFT', 'SKIP'] as const) {
      const apia = of('0 12 * * *', 'Pacific/Apia', { dstGap })
      expect(fires(apia, '2011-12-29T00:00', '2011-12-31T12:00')).toEqual(['12-29T22:00', '12-30T22:00'])
      expect(gapSkipsBetween(apia, at('2011-12-29T00:00'), at('2011-12-31T23:59'), 10)).toEqual([])
    }
  })

  test('back is no repeat: what the clock shows holds at once', () => {
    // Casey station, 2010-03-04 15:00Z: from 02:00 of the fifth back to 23:00 of the fourth.
    for (const dstOverlap of ['FIRST', 'LAST', 'BOTH'] as const) {
      const casey = of('30 0 * * *', 'Antarctica/Casey', { dstOverlap })
      expect(fires(casey, '2010-03-04T00:00', '2010-03-05T00:00')).toEqual(['03-04T13:30', '03-04T16:30'])
    }
  })
})

describe('a local @at', () => {
  const walk = (text: string, rest: Partial<Timetable>): string[] =>
    fires(of(text, NEW_YORK, { since: at('2026-01-01T00:00'), ...rest }), '2025-12-31T00:00', '2027-01-01T00:00')

  test('follows the rules of a fixed time', () => {
    expect(walk('@at 2026-03-08T02:30', {})).toEqual(['03-08T07:00'])
    expect(walk('@at 2026-03-08T02:30', { dstGap: 'SHIFT' })).toEqual(['03-08T07:30'])
    expect(walk('@at 2026-03-08T02:30', { dstGap: 'SKIP' })).toEqual([])
    expect(walk('@at 2026-11-01T01:30', {})).toEqual(['11-01T05:30'])
    expect(walk('@at 2026-11-01T01:30', { dstOverlap: 'LAST' })).toEqual(['11-01T06:30'])
    expect(walk('@at 2026-11-01T01:30', { dstOverlap: 'BOTH' })).toEqual(['11-01T05:30', '11-01T06:30'])
  })

  test('says when the clocks skipped it', () => {
    const skipped = of('@at 2026-03-08T02:30', NEW_YORK, { since: at('2026-01-01T00:00'), dstGap: 'SKIP' })
    expect(gapSkipsBetween(skipped, at('2026-01-01T00:00'), at('2027-01-01T00:00'), 10)).toEqual([
      { wallTime: `2026-03-08T02:30:00[${NEW_YORK}]`, at: at('2026-03-08T07:00') },
    ])
    expect(gapSkipsBetween(skipped, at('2026-03-08T07:00'), at('2027-01-01T00:00'), 10)).toEqual([])
  })
})

describe('gapSkipsBetween', () => {
  const skipping = of('0,30 2 * * *', NEW_YORK, { dstGap: 'SKIP' })

  test('names each wall time that did not exist, with the first instant after the gap', () => {
    expect(gapSkipsBetween(skipping, at('2026-01-01T00:00'), at('2026-12-01T00:00'), 10)).toEqual([
      { wallTime: `2026-03-08T02:00:00[${NEW_YORK}]`, at: at('2026-03-08T07:00') },
      { wallTime: `2026-03-08T02:30:00[${NEW_YORK}]`, at: at('2026-03-08T07:00') },
    ])
  })

  test('leaves out its start, includes its end, and keeps to its limit and to the window', () => {
    const gap = at('2026-03-08T07:00')
    const before = at('2026-03-08T06:59')
    expect(gapSkipsBetween(skipping, before, gap, 10)).toHaveLength(2)
    expect(gapSkipsBetween(skipping, before, gap, 1)).toHaveLength(1)
    expect(gapSkipsBetween(skipping, gap, at('2026-12-01T00:00'), 10)).toEqual([])
    expect(gapSkipsBetween({ ...skipping, endAt: before }, before, gap, 10)).toEqual([])
    expect(gapSkipsBetween({ ...skipping, since: gap }, before, gap, 10)).toEqual([])
  })

  test('is empty for an interval-like schedule, and where the gap is not skipped', () => {
    const year = [at('2026-01-01T00:00'), at('2026-12-01T00:00'), 10] as const
    expect(gapSkipsBetween(of('*/30 2 * * *', NEW_YORK, { dstGap: 'SKIP' }), ...year)).toEqual([])
    expect(gapSkipsBetween({ ...skipping, dstGap: 'SHIFT' }, ...year)).toEqual([])
    expect(gapSkipsBetween(of('@every 30m', NEW_YORK, { dstGap: 'SKIP' }), ...year)).toEqual([])
  })
})

describe('a window', () => {
  const [start, end] = [at('2026-11-23T10:00'), at('2026-11-23T12:00')]

  test.each(['0 * * * *', '@every 1h'])('of %s includes both its ends', (text) => {
    const windowed = of(text, 'UTC', { startAt: start, endAt: end })
    const [early, late] = [at('2026-01-01T00:00'), at('2027-01-01T00:00')]
    expect(firesBetween(windowed, early, late, 10)).toEqual([start, at('2026-11-23T11:00'), end])
    expect(countBetween(windowed, early, late)).toBe(3)
    expect(lastAtOrBefore(windowed, late, early)).toEqual(end)
    expect(lastAtOrBefore(windowed, start, early)).toEqual(start)
    expect(lastAtOrBefore(windowed, new Date(+start - 1), early)).toBeNull()
    expect(nextAfter(windowed, end)).toBeNull()
  })

  test('holds for a single time', () => {
    const single = of('@at 2026-11-23T11:00Z', 'UTC', { since: start })
    expect(nextAfter({ ...single, startAt: end }, EPOCH)).toBeNull()
    expect(nextAfter({ ...single, endAt: start }, EPOCH)).toBeNull()
    expect(nextAfter({ ...single, startAt: start, endAt: end }, EPOCH)).toEqual(at('2026-11-23T11:00'))
  })
})

describe('a long time', () => {
  const decade = [at('2016-01-01T00:00'), at('2026-01-01T00:00')] as const
  const ordinary = 10 * 365 + 3

  test('is counted without walking it', () => {
    expect(countBetween(of('* * * * * *', NEW_YORK), ...decade)).toBe(ordinary * 86_400)
    expect(countBetween(of('@every 1s', NEW_YORK), ...decade)).toBe(ordinary * 86_400)
    // A fixed time of each second: the hour that comes twice counts once, the one that is skipped once, at its end.
    expect(countBetween(of('* 0-59 0-23 * * *', NEW_YORK), ...decade)).toBe((ordinary * 24 - 10) * 3_600)
    expect(countBetween(of('0 9 * * *', NEW_YORK), ...decade)).toBe(ordinary)
  })

  test('does not hide its last time', () => {
    const end = at('2026-01-01T00:00')
    expect(lastAtOrBefore(of('* * * * * *', NEW_YORK), end, EPOCH)).toEqual(end)
    expect(lastAtOrBefore(of('0 0 29 2 *', NEW_YORK), end, EPOCH)).toEqual(at('2024-02-29T05:00'))
    expect(lastAtOrBefore(of('0 0 30 2 *', NEW_YORK), end, EPOCH)).toBeNull()
  })

  test('ends where dates end', () => {
    const last = new Date(8_640_000_000_000_000)
    for (const text of ['* * * * *', '@every 1s', '0 9 * * *']) {
      expect(nextAfter(of(text, NEW_YORK), last)).toBeNull()
      expect(lastAtOrBefore(of(text, NEW_YORK), last, EPOCH)?.getTime()).toBeGreaterThan(8_629_999_900_000_000)
    }
    expect(nextAfter(of('0 9 30 2 *', NEW_YORK), EPOCH)).toBeNull()
  })
})

test('every nominal time of @at and @now is met once from the start', () => {
  for (const text of ['@now', '@at 2026-11-23T11:59:00Z']) {
    const timetable = of(text, NEW_YORK, { since: at('2026-11-23T12:00') })
    expect(firesBetween(timetable, decidedThroughAtStart(timetable.since), new Date(8e15), 5)).toHaveLength(1)
    expect(countBetween(timetable, decidedThroughAtStart(timetable.since), new Date(8e15))).toBe(1)
  }
})
