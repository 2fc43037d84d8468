import { expect, test } from 'vitest'
import { type CalendarUse, defaultTimingOptions, type TimingOptions } from '#platform/schedule'
import { embeddedSchemas } from '#platform/schemas'
import { type Job, job } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { jobChanged } from './job-changed.ts'

const created: JobEvent = {
  ...{ type: 'JobCreated', jobId: 'j', workspaceId: 'w', ownerId: 'u', name: 'n', jobType: 'ECHO' },
  ...{ schedule: '@hourly', params: '{}', createdAtMs: 1_000 },
}
const use: CalendarUse = {
  ...{ name: 'days-off', version: 3, on: 'LAST_BUSINESS_DAY' },
  rules: {
    timeZone: 'Asia/Tokyo',
    workDays: [1],
    holidays: [{ from: '12-25', to: '12-25', name: 'ü' }],
    blackouts: [],
  },
}
const timing: TimingOptions = {
  ...{ timeZone: 'Europe/Berlin', dstGap: 'SKIP', dstOverlap: 'BOTH', startAtMs: 5_000, endAtMs: 9_000, firesMax: 7 },
  ...{ jitterMs: 90_000, catchup: 'ALL', catchupWindowMs: 1, catchupMax: 2, lateAfterMs: 1_000, calendars: [use] },
}

const after = (...events: readonly JobEvent[]): Job =>
  events.reduce((state, event) => job.evolve(state, event), job.initial) as Job

const told = async (...parts: Parameters<typeof jobChanged>): Promise<unknown> => {
  const schemas = embeddedSchemas()
  const id = await schemas.register('carillon.jobs.JobChanged')
  const body = schemas.encode('carillon.jobs.JobChanged', jobChanged(...parts))
  return (await schemas.decode(schemas.frame(id, body))).value
}

test('others are told all that a job says of time, with the rules of its calendars', async () => {
  const { calendars, startAtMs, endAtMs, ...rest } = timing
  const event: JobEvent = { ...created, timing, policy: '{"a":1}' }
  expect(await told('CREATED', event, after(event))).toMatchObject({
    timing: {
      ...rest,
      startAt: new Date(5_000),
      endAt: new Date(9_000),
      calendars: [{ name: 'days-off', version: 3, on: 'LAST_BUSINESS_DAY', rules: JSON.stringify(use.rules) }],
    },
    ...{ policy: '{"a":1}', pausedUntil: null, pauseNote: '', backfill: null, recordedAt: new Date(1_000) },
  })
})

test('of an old event they are told the defaults', async () => {
  const { calendars, startAtMs, endAtMs, ...rest } = defaultTimingOptions
  expect(await told('CREATED', created, after(created))).toMatchObject({
    timing: { ...rest, startAt: null, endAt: null, calendars: [] },
    policy: '{}',
  })
})

test('they are told of the end and the note of a pause, and of backfills', async () => {
  const paused: JobEvent = { type: 'JobPaused', jobId: 'j', pausedAtMs: 2_000, untilMs: 8_000, note: 'moving' }
  expect(await told('PAUSED', paused, after(created, paused))).toMatchObject({
    ...{ state: 'PAUSED', pausedUntil: new Date(8_000), pauseNote: 'moving', recordedAt: new Date(2_000) },
  })
  const range = { backfillId: 'b', rerun: true, firesPerMinuteMax: 9 }
  const requested: JobEvent = {
    type: 'JobBackfillRequested',
    jobId: 'j',
    ...range,
    fromMs: 1,
    toMs: 2,
    requestedAtMs: 3_000,
  }
  expect(await told('BACKFILL_REQUESTED', requested, after(created, requested))).toMatchObject({
    backfill: { ...range, from: new Date(1), to: new Date(2), requestedAt: new Date(3_000) },
    recordedAt: new Date(3_000),
  })
  const cancelled: JobEvent = { type: 'JobBackfillCancelled', jobId: 'j', backfillId: 'b', cancelledAtMs: 4_000 }
  expect(await told('BACKFILL_CANCELLED', cancelled, after(created, cancelled))).toMatchObject({
    backfill: { backfillId: 'b', requestedAt: new Date(4_000) },
    recordedAt: new Date(4_000),
  })
})
