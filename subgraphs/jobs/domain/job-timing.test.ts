import { expect, test } from 'vitest'
import { type CalendarUse, defaultTimingOptions } from '#platform/schedule'
import { scenario } from '#platform/testing'
import { type Job, type JobCommand, job } from './job.ts'
import type { PauseJob, ResumeJob, UpdateJob } from './job-command.ts'
import type { JobEvent } from './job-event.ts'

const { given } = scenario(job)
const now = new Date('2026-11-23T12:00:00Z')
const nowMs = now.getTime()
const later = new Date(nowMs + 3_600_000)
const jobId = 'job-1'
const definition = { jobId, workspaceId: 'w', ownerId: 'u', name: 'Nightly', jobType: 'ECHO', schedule: '@hourly' }
const timing = { ...defaultTimingOptions, timeZone: 'Europe/Berlin' }
const whole = {
  name: 'Nightly',
  schedule: '@hourly',
  params: '{}',
  timing,
  pauseOnFailures: null,
  policy: '{}',
  afterJob: null,
}

const created: JobEvent = { type: 'JobCreated', ...definition, params: '{}', timing, createdAtMs: nowMs - 9 }
const oldCreated: JobEvent = { type: 'JobCreated', ...definition, params: '{}', createdAtMs: nowMs - 9 }
const paused: JobEvent = { type: 'JobPaused', jobId, note: 'moving', by: 'u', reason: 'ASKED', pausedAtMs: nowMs - 4 }
const pausedUntilNow: JobEvent = { ...paused, untilMs: nowMs - 1 }
const completed: JobEvent = { type: 'JobCompleted', jobId, completedAtMs: nowMs - 3 }
const archived: JobEvent = { type: 'JobArchived', jobId, archivedAtMs: nowMs - 2 }
const updatedNow = { type: 'JobUpdated', jobId, ...whole, rescheduled: true, updatedAtMs: nowMs } as const
const pausedNow = {
  type: 'JobPaused',
  jobId,
  untilMs: null,
  note: null,
  by: 'v',
  reason: 'ASKED',
  pausedAtMs: nowMs,
} as const
const resumedNow: JobEvent = { type: 'JobResumed', jobId, resumedAtMs: nowMs }

const update = (changes: Partial<UpdateJob>): JobCommand => ({
  type: 'UpdateJob',
  expectedVersion: null,
  now,
  ...changes,
})
const pause = (asked: Partial<PauseJob> = {}): JobCommand => {
  return { type: 'PauseJob', until: null, note: null, by: 'v', reason: 'ASKED', expectedVersion: null, now, ...asked }
}
const resume = (catchUp: ResumeJob['catchUp'] = null): JobCommand => {
  return { type: 'ResumeJob', catchUp, expectedVersion: null, now }
}
const endPause: JobCommand = { type: 'EndPause', now }
const calendar = (version: number, name = 'Christmas'): CalendarUse => ({
  name: 'days-off',
  version,
  on: 'ANY_DAY',
  rules: { timeZone: null, workDays: [1, 2, 3, 4, 5], holidays: [{ from: '12-25', to: '12-25', name }], blackouts: [] },
})
const changeCalendars = (...calendars: CalendarUse[]): JobCommand => ({ type: 'ChangeCalendars', calendars, now })

const after = (...events: readonly JobEvent[]): Job => {
  const state = events.reduce((reached, event) => job.evolve(reached, event), job.initial)
  if (state === 'absent') throw new Error('no job')
  return state
}

test('events of before a job said anything of time mean the defaults', () => {
  const oldUpdated: JobEvent = {
    ...definition,
    type: 'JobUpdated',
    params: '{}',
    rescheduled: false,
    updatedAtMs: nowMs,
  }
  const defaults = { timing: defaultTimingOptions, pauseOnFailures: null, policy: '{}', pause: null }
  expect(after(oldCreated)).toMatchObject(defaults)
  expect(after(oldCreated, oldUpdated)).toMatchObject(defaults)
  // One that is written by an older process in between keeps what is there.
  expect(after(created, oldUpdated)).toMatchObject({ timing })
  expect(after(oldCreated, { type: 'JobPaused', jobId, pausedAtMs: nowMs })).toMatchObject({
    pause: { since: now, until: null, note: null, by: '', reason: 'ASKED' },
  })
})

test('an edit of any part of the timing counts from now, and one that says the same is none', () => {
  given(created)
    .when(update({ timing: { timeZone: 'Europe/Berlin', calendars: [] } }))
    .yields()
  for (const change of [
    { timeZone: 'UTC' },
    { catchup: 'ALL' },
    { endAtMs: nowMs + 1 },
    { calendars: [calendar(1)] },
  ] as const) {
    given(created)
      .when(update({ timing: change }))
      .yields({ ...updatedNow, timing: { ...timing, ...change } })
    expect(after(created, { ...updatedNow, timing: { ...timing, ...change } }).scheduledSince).toEqual(now)
  }
  given(created)
    .when(update({ pauseOnFailures: 3 }))
    .yields({ ...updatedNow, pauseOnFailures: 3, rescheduled: false })
  given(created, { ...updatedNow, pauseOnFailures: 3 })
    .when(update({ pauseOnFailures: 3 }))
    .yields()
  given(created, { ...updatedNow, pauseOnFailures: 3 })
    .when(update({ pauseOnFailures: null }))
    .yields({ ...updatedNow, rescheduled: false })
})

test('other terms do not bring an @now again', () => {
  const once = { ...created, schedule: '@now' }
  given(once, completed)
    .when(update({ timing: { lateAfterMs: 1 } }))
    .yields({ ...updatedNow, schedule: '@now', timing: { ...timing, lateAfterMs: 1 }, rescheduled: false })
  given(created, completed)
    .when(update({ schedule: '@now' }))
    .yields({ ...updatedNow, schedule: '@now' })
})

test('a pause has a note and an end, which a second pause may change without beginning anew', () => {
  given(created)
    .when(pause({ until: later, note: 'a' }))
    .yields({ ...pausedNow, untilMs: later.getTime(), note: 'a' })
  given(created, paused)
    .when(pause({ note: 'moving' }))
    .yields()
  given(created, paused).when(pause()).yields()
  given(created, paused)
    .when(pause({ note: 'b' }))
    .yields({ ...pausedNow, note: 'b' })
  given(created, paused)
    .when(pause({ until: later }))
    .yields({ ...pausedNow, note: 'moving', untilMs: later.getTime() })
  given(created, { ...paused, untilMs: later.getTime() })
    .when(pause())
    .yields({ ...pausedNow, note: 'moving' })
  expect(after(created, paused, { ...pausedNow, note: 'b' }).pause).toMatchObject({
    since: new Date(nowMs - 4),
    note: 'b',
  })
})

test('a pause ends later than now', () => {
  for (const until of [now, new Date(nowMs - 1)]) given(created).when(pause({ until })).isRefused('BAD_USER_INPUT')
})

test('failures pause an active job, and change no pause that somebody asked for', () => {
  const failing = pause({ by: 'jobs', reason: 'FAILURES', note: '3 failures in a row' })
  given(created)
    .when(failing)
    .yields({ ...pausedNow, by: 'jobs', reason: 'FAILURES', note: '3 failures in a row' })
  given(created, paused).when(failing).yields()
  given(created, completed).when(failing).yields()
  given(created, archived).when(failing).isRefused('JOB_ARCHIVED')
})

test('a pause ends by itself at the moment that was said, and no other one does', () => {
  given(created, pausedUntilNow)
    .when(endPause)
    .yields({ type: 'JobResumed', jobId, resumedAtMs: nowMs - 1 })
  given(created, { ...paused, untilMs: nowMs })
    .when(endPause)
    .yields(resumedNow)
  given(created, { ...paused, untilMs: nowMs + 1 })
    .when(endPause)
    .yields()
  given(created, paused).when(endPause).yields()
  given(created).when(endPause).yields()
  given(created, pausedUntilNow, archived).when(endPause).yields()
})

test('a pause whose end is found late takes nothing back of a later edit', () => {
  const resumedBefore: JobEvent = { type: 'JobResumed', jobId, resumedAtMs: nowMs - 1 }
  const found = after(created, pausedUntilNow, updatedNow, resumedBefore)
  expect(found).toMatchObject({ state: 'ACTIVE', pause: null, scheduledSince: now, updatedAt: now })
})

test('whoever asks for it has what the pause left out run as a backfill', () => {
  const backfill = { backfillId: 'b', firesPerMinuteMax: 60 }
  const requested: JobEvent = {
    type: 'JobBackfillRequested',
    jobId,
    ...backfill,
    fromMs: nowMs - 4,
    toMs: nowMs,
    rerun: false,
    requestedAtMs: nowMs,
  }
  given(created, paused).when(resume(backfill)).yields(resumedNow, requested)
  given(created, paused).when(resume()).yields(resumedNow)
  given(created).when(resume(backfill)).yields()
  // The clock was set back: there is nothing between.
  given(created, { ...paused, pausedAtMs: nowMs + 5 })
    .when(resume(backfill))
    .yields(resumedNow)
})

test('a backfill is asked for and cancelled, whatever state the job is in, until it is archived', () => {
  const range = { backfillId: 'b', rerun: true, firesPerMinuteMax: 7 }
  const request: JobCommand = {
    type: 'RequestBackfill',
    ...range,
    from: new Date(5),
    to: new Date(9),
    overlap: null,
    now,
  }
  const cancel: JobCommand = { type: 'CancelBackfill', backfillId: 'b', now }
  for (const state of [[created], [created, paused], [created, completed]]) {
    given(...state)
      .when({ ...request, overlap: 'ALLOW_ALL' })
      .yields({
        type: 'JobBackfillRequested',
        jobId,
        ...range,
        overlap: 'ALLOW_ALL',
        fromMs: 5,
        toMs: 9,
        requestedAtMs: nowMs,
      })
    given(...state)
      .when(request)
      .yields({ type: 'JobBackfillRequested', jobId, ...range, fromMs: 5, toMs: 9, requestedAtMs: nowMs })
    given(...state)
      .when(cancel)
      .yields({ type: 'JobBackfillCancelled', jobId, backfillId: 'b', cancelledAtMs: nowMs })
  }
  given(created, archived).when(request).isRefused('JOB_ARCHIVED')
  given(created, archived).when(cancel).yields()
})

test('a changed calendar makes a new version, and one with other rules counts from then', () => {
  const before: JobEvent = { ...created, timing: { ...timing, calendars: [calendar(1)] } }
  const changed = { type: 'JobCalendarsChanged', jobId, changedAtMs: nowMs } as const
  given(before)
    .when(changeCalendars(calendar(1)))
    .yields()
  given(before)
    .when(changeCalendars(calendar(2)))
    .yields({ ...changed, calendars: [calendar(2)], rescheduled: false })
  given(before)
    .when(changeCalendars(calendar(2, 'Yule')))
    .yields({ ...changed, calendars: [calendar(2, 'Yule')], rescheduled: true })
  given(before, completed)
    .when(changeCalendars(calendar(2, 'Yule')))
    .yields({ ...changed, calendars: [calendar(2, 'Yule')], rescheduled: false })
  given(before, archived)
    .when(changeCalendars(calendar(2)))
    .yields()
  const same = { ...changed, calendars: [calendar(2)], rescheduled: false }
  expect(after(before, same)).toMatchObject({
    version: 2,
    scheduledSince: new Date(nowMs - 9),
    timing: { calendars: [{ version: 2 }] },
  })
  expect(after(before, { ...same, rescheduled: true })).toMatchObject({ scheduledSince: now })
})
