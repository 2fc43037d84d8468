import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type JobsStage, openStage } from './jobs.fixture.ts'

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage()
})

afterEach(() => stage.close())

const SIMULATE = `query ($input: SimulateScheduleInput!, $from: DateTime!, $to: DateTime!, $assumedDuration: Duration,
  $outages: [OutageInput!]) { simulateSchedule(input: $input, from: $from, to: $to, assumedDuration: $assumedDuration,
  outages: $outages) { isTruncated warnings { code position }
  fires { at effectiveAt firedAt wallTime late lateBy overlapsPrevious
    admission { outcome startsAt endsAt blockedBy } }
  skips { from to count outcome reason detail wallTime } } }`

interface Simulated {
  readonly isTruncated: boolean
  readonly warnings: readonly { readonly code: string; readonly position: number | null }[]
  readonly fires: readonly Record<string, unknown>[]
  readonly skips: readonly Record<string, unknown>[]
}

const simulate = (input: object, from: string, to: string, more: object = {}): Promise<Simulated> =>
  stage.ask<Simulated>(SIMULATE, { input, from, to, ...more })
const outage = (from: string, to: string) => ({ outages: [{ from, to }] })
const skipped = ({ skips }: Simulated): readonly string[] =>
  skips.map(
    ({ from, to, count, reason }) => `${String(from).slice(11, 16)}-${String(to).slice(11, 16)} ${count} ${reason}`,
  )
const fired = ({ fires }: Simulated): readonly string[] =>
  fires.map(({ at, late, lateBy }) => `${String(at).slice(11, 16)}${late ? ` +${lateBy}` : ''}`)

test('a long simulation lets others have their turn', async () => {
  let turns = 0
  let isOver = false
  const watch = (): void => {
    turns += 1
    if (!isOver) setImmediate(watch)
  }
  setImmediate(watch)
  const { isTruncated } = await simulate({ schedule: '* * * * * *' }, '2026-01-01T00:00:00Z', '2034-01-01T00:00:00Z')
  isOver = true
  expect(isTruncated).toBe(true)
  // 10,000 decisions are hundreds of milliseconds, and nobody waits for more than some ten of them.
  expect(turns).toBeGreaterThan(8)
})

describe('what a job would do', () => {
  test('is every fire with its wall time, over a change of the clocks', async () => {
    const newYork = { schedule: '30 2 * * *', timeZone: 'America/New_York' }
    const { fires, skips } = await simulate(newYork, '2026-03-07T12:00:00Z', '2026-03-09T12:00:00Z')
    expect(fires.map(({ at, wallTime }) => [at, wallTime])).toEqual([
      ['2026-03-08T07:00:00.000Z', '2026-03-08T03:00:00-04:00[America/New_York]'],
      ['2026-03-09T06:30:00.000Z', '2026-03-09T02:30:00-04:00[America/New_York]'],
    ])
    expect(skips).toEqual([])
    const strict = await simulate({ ...newYork, dstGap: 'SKIP' }, '2026-03-07T12:00:00Z', '2026-03-09T12:00:00Z')
    expect(fired(strict)).toEqual(['06:30'])
    expect(strict.skips).toMatchObject([
      { outcome: 'SKIPPED_DST', reason: 'DST_GAP', count: 1, wallTime: '2026-03-08T02:30:00[America/New_York]' },
    ])
  })

  const NIGHT = outage('2026-12-01T00:30:00Z', '2026-12-01T05:30:00Z')
  test.each([
    ['LAST', {}, ['00:00', '05:00 +30m', '06:00'], ['01:00-04:00 4 COLLAPSED']],
    ['NONE', {}, ['00:00', '06:00'], ['01:00-05:00 5 CATCHUP_NONE']],
    ['ALL', {}, ['00:00', '01:00 +4h30m', '02:00 +3h30m', '03:00 +2h30m', '04:00 +1h30m', '05:00 +30m', '06:00'], []],
    [
      'ALL',
      { catchupWindow: '3h', catchupMax: 2 },
      ['00:00', '04:00 +1h30m', '05:00 +30m', '06:00'],
      ['01:00-02:00 2 OUTSIDE_WINDOW', '03:00-03:00 1 OVER_CATCHUP_MAX'],
    ],
  ])('after an outage is what catch-up %s says, with %j', async (catchup, terms, fires, skips) => {
    const input = { schedule: '@hourly', catchup, ...terms }
    const found = await simulate(input, '2026-11-30T23:30:00Z', '2026-12-01T06:30:00Z', NIGHT)
    expect(fired(found)).toEqual(fires)
    expect(skipped(found)).toEqual(skips)
  })

  test('says which executions would overlap', async () => {
    const range = ['2026-12-01T00:00:00Z', '2026-12-01T00:00:40Z'] as const
    const overlapping = await simulate({ schedule: '@every 10s' }, ...range, { assumedDuration: '11s' })
    expect(overlapping.fires.map(({ overlapsPrevious }) => overlapsPrevious)).toEqual([false, true, true, true])
    for (const more of [{ assumedDuration: '10s' }, {}]) {
      const { fires } = await simulate({ schedule: '@every 10s' }, ...range, more)
      expect(fires.every(({ overlapsPrevious }) => overlapsPrevious === false)).toBe(true)
    }
  })

  test.each([
    ['SKIP', ['ADMITTED 00:10-00:35', 'SKIPPED_OVERLAP <00:10', 'SKIPPED_OVERLAP <00:10', 'ADMITTED 00:40-01:05']],
    [
      'BUFFER_ONE',
      ['ADMITTED 00:10-00:35', 'WAITING 00:35-01:00 <00:10', 'DROPPED_BUFFER <00:20', 'WAITING 01:00-01:25 <00:20'],
    ],
    [
      'BUFFER_ALL',
      [
        'ADMITTED 00:10-00:35',
        'WAITING 00:35-01:00 <00:10',
        'WAITING 01:00-01:25 <00:10',
        'WAITING 01:25-01:50 <00:20',
      ],
    ],
    [
      'CANCEL_OTHER',
      [
        'ADMITTED 00:10-00:20',
        'WAITING 00:20-00:30 <00:10',
        'WAITING 00:30-00:40 <00:20',
        'WAITING 00:40-01:05 <00:30',
      ],
    ],
    [
      'TERMINATE_OTHER',
      ['ADMITTED 00:10-00:20', 'ADMITTED 00:20-00:30', 'ADMITTED 00:30-00:40', 'ADMITTED 00:40-01:05'],
    ],
    ['ALLOW_ALL', ['ADMITTED 00:10-00:35', 'ADMITTED 00:20-00:45', 'ADMITTED 00:30-00:55', 'ADMITTED 00:40-01:05']],
  ])('says what overlap %s makes of them', async (overlap, expected) => {
    const input = { schedule: '@every 10s', overlap, bufferMax: 2 }
    const range = ['2026-12-01T00:00:00Z', '2026-12-01T00:00:40Z'] as const
    const time = (at: unknown): string => String(at).slice(14, 19)
    const { fires } = await simulate(input, ...range, { assumedDuration: '25s' })
    const told = fires.map(({ admission }) => {
      const { outcome, startsAt, endsAt, blockedBy } = admission as Record<string, string | null>
      return `${outcome}${startsAt ? ` ${time(startsAt)}-${time(endsAt)}` : ''}${blockedBy ? ` <${time(blockedBy)}` : ''}`
    })
    expect(told).toEqual(expected)
    const [unknown] = (await simulate(input, ...range)).fires
    expect(unknown?.['admission']).toBeNull()
  })

  test('ends at 10,000 fires and skips, and says so', async () => {
    const { fires, isTruncated } = await simulate(
      { schedule: '@every 1s' },
      '2026-01-01T00:00:00Z',
      '2026-02-01T00:00:00Z',
    )
    expect(fires).toHaveLength(10_000)
    expect(isTruncated).toBe(true)
  })

  test('ends with its limit, and waits with its jitter', async () => {
    const input = { schedule: '@hourly', firesMax: 2, jitter: '10m', jobId: 'a-job' }
    const { fires } = await simulate(input, '2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z')
    expect(fires).toHaveLength(2)
    for (const { at, effectiveAt, firedAt, late } of fires) {
      expect(Date.parse(String(effectiveAt)) - Date.parse(String(at))).toBeLessThanOrEqual(600_000)
      expect({ firedAt, late }).toEqual({ firedAt: effectiveAt, late: false })
    }
    expect((await simulate(input, '2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z')).fires).toEqual(fires)
    expect(
      (await simulate({ ...input, jobId: 'other' }, '2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z')).fires,
    ).not.toEqual(fires)
  })

  test('goes by calendars that are given, and by those that exist', async () => {
    const closed = { name: 'nyse', holidays: [{ from: '12-25', name: 'Christmas' }] }
    const input = { schedule: '0 9 * * *', calendars: [{ name: 'nyse', on: 'BUSINESS_DAYS' }] }
    const range = ['2026-12-24T00:00:00Z', '2026-12-29T00:00:00Z'] as const
    const found = await simulate({ ...input, inlineCalendars: [closed] }, ...range)
    expect(found.fires.map(({ at }) => at)).toEqual(['2026-12-24T09:00:00.000Z', '2026-12-28T09:00:00.000Z'])
    expect(found.skips.map(({ outcome, count, detail }) => [outcome, count, detail])).toEqual([
      ['SKIPPED_CALENDAR', 1, 'nyse: holiday: Christmas'],
      ['SKIPPED_CALENDAR', 2, 'nyse: not a work day'],
    ])
    await stage.ask('mutation { setCalendar(input: { name: "nyse", workDays: [THURSDAY] }) { version } }')
    expect((await simulate(input, ...range)).fires).toHaveLength(1)
    await expect(stage.ask(SIMULATE, { input, from: range[0], to: range[1] }, 'bob')).rejects.toMatchObject({
      code: 'UNKNOWN_CALENDAR',
    })
  })

  test('comes with what is likely to surprise', async () => {
    const found = await simulate({ schedule: '0 0 13 * FRI' }, '2026-12-01T00:00:00Z', '2026-12-08T00:00:00Z')
    expect(found.warnings).toContainEqual({ code: 'BOTH_DAY_FIELDS', position: 4 })
  })
})

describe('what is no simulation is refused', () => {
  const day = ['2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z'] as const

  test.each([
    [{ schedule: '0 0 30 2 *' }, { code: 'INVALID_SCHEDULE', details: { path: 'schedule' } }],
    [{ schedule: '61 * * * *' }, { code: 'INVALID_SCHEDULE', details: { path: 'schedule', position: 0 } }],
    [{ schedule: '@hourly', timeZone: 'Mars/Olympus' }, { code: 'INVALID_TIME_ZONE' }],
    [{ schedule: '@hourly', calendars: [{ name: 'none' }] }, { code: 'UNKNOWN_CALENDAR' }],
    [
      { schedule: '@hourly', firesMax: 0 },
      { code: 'BAD_USER_INPUT', details: { path: 'firesMax' } },
    ],
    [{ schedule: '@hourly', jobId: 'x'.repeat(192) }, { code: 'BAD_USER_INPUT' }],
    [
      { schedule: '@hourly', bufferMax: 1_001 },
      { code: 'BAD_USER_INPUT', details: { path: 'bufferMax', suggestion: '1000' } },
    ],
  ])('%j', async (input, refusal) => {
    await expect(simulate(input, ...day)).rejects.toMatchObject(refusal)
  })

  test.each([
    [day[1], day[0], {}],
    [day[0], '2037-12-02T00:00:00Z', {}],
    [...day, outage(day[1], day[0])],
    [...day, { outages: Array(1_001).fill({ from: day[0], to: day[1] }) }],
  ])('from %s to %s', async (from, to, more) => {
    await expect(simulate({ schedule: '@hourly' }, from, to, more)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})
