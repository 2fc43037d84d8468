import { describe, expect, test } from 'vitest'
import type { CalendarUse, TimingOptions } from '#platform/schedule'
import { at, changed, created, given, recordsOf, timed } from './decide.fixture.ts'

const blackout = (from: Date, to: Date): CalendarUse => ({
  name: 'works',
  version: 1,
  on: 'ANY_DAY',
  rules: {
    timeZone: null,
    workDays: [1, 2, 3, 4, 5],
    holidays: [],
    blackouts: [{ kind: 'ONCE', fromMs: from.getTime(), toMs: to.getTime(), name: 'new roof' }],
  },
})

describe('what was missed', () => {
  // Decided at 10:01:00.500: the times to 10:00:50 are late, and 10:01:00 is not.
  test.each<[string, Partial<TimingOptions>, string[]]>([
    ['LAST', {}, ['COLLAPSED 10:00:10..10:00:40 x4', 'FIRED 10:00:50 late', 'FIRED 10:01:00']],
    ['NONE', { catchup: 'NONE' }, ['CATCHUP_NONE 10:00:10..10:00:50 x5', 'FIRED 10:01:00']],
    [
      'ALL',
      { catchup: 'ALL' },
      [10, 20, 30, 40, 50].map((second) => `FIRED 10:00:${second} late`).concat('FIRED 10:01:00'),
    ],
    [
      'ALL, two at most',
      { catchup: 'ALL', catchupMax: 2 },
      ['OVER_CATCHUP_MAX 10:00:10..10:00:30 x3', 'FIRED 10:00:40 late', 'FIRED 10:00:50 late', 'FIRED 10:01:00'],
    ],
    [
      'ALL, none at most',
      { catchup: 'ALL', catchupMax: 0 },
      ['OVER_CATCHUP_MAX 10:00:10..10:00:50 x5', 'FIRED 10:01:00'],
    ],
    [
      'LAST within a window',
      { catchupWindowMs: 30_500 },
      [
        'OUTSIDE_WINDOW 10:00:10..10:00:20 x2',
        'COLLAPSED 10:00:30..10:00:40 x2',
        'FIRED 10:00:50 late',
        'FIRED 10:01:00',
      ],
    ],
    [
      'LAST within a window that holds nothing late',
      { catchupWindowMs: 10_000 },
      ['OUTSIDE_WINDOW 10:00:10..10:00:50 x5', 'FIRED 10:01:00'],
    ],
    [
      'ALL within a window, two at most',
      { catchup: 'ALL', catchupMax: 2, catchupWindowMs: 40_500 },
      [
        'OUTSIDE_WINDOW 10:00:10',
        'OVER_CATCHUP_MAX 10:00:20..10:00:30 x2',
        'FIRED 10:00:40 late',
        'FIRED 10:00:50 late',
        'FIRED 10:01:00',
      ],
    ],
    [
      'anything, for what is not late',
      { catchup: 'NONE', lateAfterMs: 20_500 },
      ['CATCHUP_NONE 10:00:10..10:00:30 x3', 'FIRED 10:00:40', 'FIRED 10:00:50', 'FIRED 10:01:00'],
    ],
  ])('is caught up by %s', (_name, fields, records) => {
    const decision = given(created({ timing: timed(fields) })).at(at('10:01:00.500'))
    expect(decision).toMatchObject({ records, nextTime: '10:01:10', exhausted: false })
    expect(decision.when().at(at('10:01:00.500')).records).toEqual([])
  })

  test('is none of it what was past when its schedule began: that is due from then on', () => {
    const schedule = '@at 2026-11-23T09:59:30Z'
    const timing = timed({ catchup: 'NONE' })
    expect(given(created({ schedule, timing })).at(at('10:00:05')).records).toEqual(['FIRED 09:59:30'])
    expect(given(created({ schedule, timing })).at(at('10:00:05.501')).records).toEqual(['CATCHUP_NONE 09:59:30'])
    expect(given(created({ schedule })).at(at('10:00:05.501')).records).toEqual(['FIRED 09:59:30 late'])
  })

  test('is late by more than it may be, not by as much', () => {
    const timing = timed({ catchup: 'NONE', lateAfterMs: 5_000 })
    expect(given(created({ timing })).at(at('10:00:15.000')).records).toEqual(['FIRED 10:00:10'])
    expect(given(created({ timing })).at(at('10:00:15.001')).records).toEqual(['CATCHUP_NONE 10:00:10'])
  })

  test.each<[string, Partial<TimingOptions>, string[]]>([
    [
      'the newest that may',
      {},
      ['COLLAPSED 10:00:10', 'FIRED 10:00:20 late', 'CALENDAR 10:00:30..10:00:50 x3', 'FIRED 10:01:00'],
    ],
    [
      'none, where a calendar forbids them before',
      { catchup: 'NONE' },
      ['CATCHUP_NONE 10:00:10..10:00:20 x2', 'CALENDAR 10:00:30..10:00:50 x3', 'FIRED 10:01:00'],
    ],
    [
      'as many as may',
      { catchup: 'ALL', catchupMax: 1 },
      ['OVER_CATCHUP_MAX 10:00:10', 'FIRED 10:00:20 late', 'CALENDAR 10:00:30..10:00:50 x3', 'FIRED 10:01:00'],
    ],
    [
      'none outside of the window, where a calendar comes first',
      { catchupWindowMs: 15_500 },
      ['OUTSIDE_WINDOW 10:00:10..10:00:20 x2', 'CALENDAR 10:00:30..10:00:50 x3', 'FIRED 10:01:00'],
    ],
  ])('fires %s', (_name, fields, records) => {
    const calendars = [blackout(at('10:00:30'), at('10:00:51'))]
    expect(given(created({ timing: timed({ ...fields, calendars }) })).at(at('10:01:00.500')).records).toEqual(records)
  })

  test('in pieces is what it is at once, judged by the moment at which it was first seen', () => {
    const timing = timed({ catchup: 'ALL', catchupMax: 4, firesMax: 5 })
    const whole = given(created({ timing })).at(at('10:01:00.500'))
    let piece = given(created({ timing })).at(at('10:01:00.500'), 1)
    const records = [...piece.records]
    for (let pieces = 1; piece.timetable.backlogAsOf; pieces++) {
      expect(pieces).toBeLessThan(10)
      piece = piece.when().at(at('10:01:00.500'), 1)
      records.push(...piece.records)
    }
    expect(records).toEqual(whole.records)
    expect(piece.timetable).toEqual(whole.timetable)
  })

  test('is not judged again while it is worked off: what was not late stays so', () => {
    const timing = timed({ catchup: 'NONE' })
    const first = given(created({ timing, schedule: '@every 2s' })).at(at('10:00:06'), 1)
    expect(first.records).toEqual(['FIRED 10:00:02'])
    expect(first.when().at(at('10:00:11')).records).toEqual([
      'FIRED 10:00:04',
      'FIRED 10:00:06',
      'FIRED 10:00:08',
      'FIRED 10:00:10',
    ])
  })

  test('goes on as one range from one decision to the next', () => {
    const timing = timed({ catchup: 'NONE' })
    const first = given(created({ timing })).at(at('10:00:16'), 0)
    expect([first.records, first.continued]).toEqual([['CATCHUP_NONE 10:00:10'], null])
    const second = first.when().at(at('10:00:36'), 0)
    expect([second.records, second.continued]).toEqual([['CATCHUP_NONE 10:00:20..10:00:30 x2'], at('10:00:10')])
    const { lastSkip } = second.timetable
    expect(lastSkip && recordsOf({ fires: [], skips: [lastSkip] })).toEqual(['CATCHUP_NONE 10:00:10..10:00:30 x3'])
    const third = second.when().at(at('10:00:40'))
    expect([third.records, third.timetable.lastSkip]).toEqual([['FIRED 10:00:40'], null])
  })
})

describe('a pause', () => {
  const paused = changed(2, at('10:00:15'), { state: 'PAUSED', pauseNote: 'a new roof' })
  const resumed = changed(3, at('10:00:45'), { scheduledSince: at('10:00:45') })

  test('is one range, written when it ends, and takes no next time with it', () => {
    const held = given(created()).at(at('10:00:10')).when(paused).at(at('10:00:15'))
    expect(held).toMatchObject({ records: [], nextTime: null, exhausted: false })
    const after = held.when(resumed).at(at('10:00:55'))
    expect(after.records).toEqual(
      ['PAUSED 10:00:20..10:00:40 x3', 'v3 FIRED 10:00:50'].map((line) => line.replace('PAUSED', 'v2 PAUSED')),
    )
    expect(after.skips[0]).toMatchObject({ outcome: 'SKIPPED_PAUSED', detail: 'a new roof' })
    expect(after.nextTime).toBe('10:01:00')
  })

  test('gives the same when all of it arrives at once and late; nothing late is caught up from before it', () => {
    const { records } = given(created(), paused, resumed).at(at('10:00:55'))
    expect(records).toEqual(['SUPERSEDED 10:00:10', 'v2 PAUSED 10:00:20..10:00:40 x3', 'v3 FIRED 10:00:50'])
  })

  test('with an end ends by itself, whether or not anybody says so, and only once', () => {
    const until = changed(2, at('10:00:15'), { state: 'PAUSED', pausedUntil: at('10:00:30') })
    const held = given(created()).at(at('10:00:10')).when(until).at(at('10:00:15'))
    expect(held.nextTime).toBe('10:00:30')
    const over = held.when().at(at('10:00:40'))
    expect(over.records).toEqual(['v2 PAUSED 10:00:20..10:00:30 x2', 'v2 FIRED 10:00:40'])
    const said = changed(3, at('10:00:41'), { scheduledSince: at('10:00:30') })
    expect(over.when(said).at(at('10:00:50')).records).toEqual(['v3 FIRED 10:00:50'])
    const early = held.when({ ...said, changedAt: at('10:00:40') }).at(at('10:00:40'))
    expect(early.records).toEqual(['v2 PAUSED 10:00:20..10:00:30 x2', 'v2 FIRED 10:00:40'])
    const unaware = held.when(changed(3, at('10:00:41'), { ...until, version: 3, changedAt: at('10:00:41') }))
    expect(unaware.at(at('10:00:50')).records).toEqual([
      'v2 PAUSED 10:00:20..10:00:30 x2',
      'v3 FIRED 10:00:40 late',
      'v3 FIRED 10:00:50',
    ])
  })

  test('that is put off goes on; an edit of the params leaves it one, an edit of the timing makes it two', () => {
    const held = given(created()).at(at('10:00:10')).when(paused).at(at('10:00:15'))
    const params = held.when(
      changed(3, at('10:00:25'), { ...paused, version: 3, changedAt: at('10:00:25'), params: '1' }),
    )
    const one = params
      .at(at('10:00:25'))
      .when({ ...resumed, version: 4, params: '1' })
      .at(at('10:00:46'))
    expect(one.records).toEqual(['v3 PAUSED 10:00:20..10:00:40 x3'])
    const timing = timed({ catchup: 'ALL' })
    const edited = held.when({ ...paused, version: 3, changedAt: at('10:00:25'), timing }).at(at('10:00:25'))
    expect(edited.records).toEqual(['v2 PAUSED 10:00:20'])
    const two = edited.when({ ...resumed, version: 4, timing }).at(at('10:00:46'))
    expect(two.records).toEqual(['v3 PAUSED 10:00:30..10:00:40 x2'])
  })

  test('ends in one range also with an archive, and keeps what jitter has put off', () => {
    const hourly = { schedule: '0 * * * *', timing: timed({ jitterMs: 3_600_000 }) }
    const held = given(created(hourly))
      .at(at('10:59:00'))
      .when({ ...paused, ...hourly, changedAt: at('11:00:01') })
      .at(at('11:00:01'))
    expect(held).toMatchObject({ records: [], nextTime: null })
    const archived = held.when({ ...paused, ...hourly, version: 3, state: 'ARCHIVED', changedAt: at('12:30:00') })
    const [skip] = archived.at(at('12:30:00')).skips
    expect(skip).toMatchObject({ from: at('11:00:00'), reason: 'PAUSED' })
  })

  test('does not make @now fire again', () => {
    const schedule = '@now'
    const fired = given(created({ schedule })).at(at('10:00:01'))
    const after = fired.when({ ...paused, schedule }, { ...resumed, schedule }).at(at('10:00:55'))
    expect(after).toMatchObject({ records: [], exhausted: true })
  })
})
