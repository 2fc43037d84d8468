import { expect, test } from 'vitest'
import { jitteredAt, type TimingOptions } from '#platform/schedule'
import { definitions, pausedAt } from './definitions.fixture.ts'
import { nextFireTimes } from './next-fire-times.ts'

const CREATED = '2026-12-01T00:00:00Z'

function next(schedule: string, timing: Partial<TimingOptions>, now: string, count: number, firesLeft?: number) {
  const job = definitions(schedule, CREATED, { timing }).at(-1)?.job
  if (!job) throw new Error('no job')
  return nextFireTimes(job, new Date(now), count, firesLeft).map((at) => at.toISOString().replace(':00.000Z', 'Z'))
}

const closed = {
  name: 'nyse',
  version: 1,
  on: 'BUSINESS_DAYS',
  rules: {
    timeZone: null,
    workDays: [1, 2, 3, 4, 5],
    holidays: [{ from: '12-25', to: '12-25', name: 'Christmas' }],
    blackouts: [],
  },
} as const

test.each([
  ['0 9 * * *', { timeZone: 'Europe/Berlin' }, '2026-12-01T08:00:00Z', ['2026-12-02T08:00Z', '2026-12-03T08:00Z']],
  // Over Christmas and a weekend.
  ['0 9 * * *', { calendars: [closed] }, '2026-12-24T08:00:00Z', ['2026-12-24T09:00Z', '2026-12-28T09:00Z']],
  [
    '0 9 * * *',
    { calendars: [{ ...closed, on: 'LAST_BUSINESS_DAY' as const }] },
    CREATED,
    ['2026-12-31T09:00Z', '2027-01-29T09:00Z'],
  ],
  ['0 9 * * *', { endAtMs: Date.parse('2026-12-02T09:00:00Z') }, '2026-12-01T12:00:00Z', ['2026-12-02T09:00Z']],
  ['0 9 * * *', { startAtMs: Date.parse('2027-12-02T09:00:00Z') }, CREATED, ['2027-12-02T09:00Z', '2027-12-03T09:00Z']],
  ['@yearly', {}, CREATED, ['2027-01-01T00:00Z', '2028-01-01T00:00Z']],
  ['@manually', {}, CREATED, []],
])('the next times of %s with %j', (schedule, timing, now, expected) => {
  expect(next(schedule, timing, now, 2)).toEqual(expected)
})

test('are no more than its limit leaves', () => {
  expect(next('@hourly', { firesMax: 9 }, CREATED, 5, 2)).toHaveLength(2)
  expect(next('@hourly', { firesMax: 9 }, CREATED, 5, 0)).toEqual([])
})

test('are those of an instant in thousands of years, too', () => {
  expect(next('@at 4000-01-01T00:00Z', {}, CREATED, 5)).toEqual(['4000-01-01T00:00Z'])
  expect(next('@at 9999-12-31T23:59-23:59', {}, CREATED, 5)).toEqual(['+010000-01-01T23:58Z'])
})

test('begin with one that jitter holds back', () => {
  const timing = { jitterMs: 9_000, firesMax: 1 }
  const job = definitions('@every 10s', CREATED, { timing }).at(-1)?.job
  if (!job) throw new Error('no job')
  const nominal = new Date('2026-12-01T00:01:00Z')
  const after = new Date('2026-12-01T00:01:10Z')
  const dueMs = jitteredAt(job.id, 'schedule', nominal, timing.jitterMs, after).getTime()
  expect(dueMs).toBeGreaterThan(nominal.getTime() + 1)
  const asked = (nowMs: number, undecidedAt: Date | null = nominal) =>
    nextFireTimes(job, new Date(nowMs), 5, 1, undecidedAt)
  expect(asked(dueMs - 1)).toEqual([nominal])
  expect(asked(nominal.getTime())).toEqual([nominal])
  expect(asked(nominal.getTime() - 1)).toEqual([nominal])
  // It is being fired; whoever has no limit goes on from there.
  expect(nextFireTimes(job, new Date(dueMs), 1, null, nominal)).toEqual([after])
  // Without the scheduler's word it may be decided.
  expect(asked(dueMs - 1, null)).toEqual([after])
})

test('are none while it is paused', () => {
  const job = definitions('@hourly', CREATED, { changes: [pausedAt('2026-12-02T00:00:00Z')] }).at(-1)?.job
  expect(job && nextFireTimes(job, new Date('2026-12-03T00:00:00Z'), 5)).toEqual([])
})

const never = {
  ...closed,
  on: 'ANY_DAY',
  rules: {
    ...closed.rules,
    blackouts: [{ kind: 'WEEKLY', days: [0, 1, 2, 3, 4, 5, 6], from: '00:00', to: '00:00', name: 'always' }],
  },
} as const

test.each([
  ['* * * * *', never],
  ['* * * * * *', never],
  ['0 9 * * SUN', closed],
])('are none, soon, where a calendar forbids every time of %s', (schedule, calendar) => {
  const startedMs = performance.now()
  expect(next(schedule, { calendars: [calendar] }, CREATED, 5)).toEqual([])
  // Without a bound it takes minutes.
  expect(performance.now() - startedMs).toBeLessThan(3_000)
})
