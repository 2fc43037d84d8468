import { expect, test } from 'vitest'
import type { Overlap } from '#platform/policy'
import { defaultTimingOptions } from '#platform/schedule'
import { scenario } from '#platform/testing'
import { type Job, type JobCommand, job } from './job.ts'
import type { PauseJob, UpdateJob } from './job-command.ts'
import type { JobEvent } from './job-event.ts'

const { given } = scenario(job)
const now = new Date('2026-11-23T12:00:00Z')
const nowMs = now.getTime()
const jobId = 'job-1'
const definition = { jobId, workspaceId: 'w', ownerId: 'u', name: 'Nightly', jobType: 'ECHO', schedule: '@hourly' }

const timing = defaultTimingOptions
const terms = { timing, pauseOnFailures: null, policy: '{}', afterJob: null }

const create: JobCommand = { type: 'CreateJob', ...definition, params: '{}', ...terms, now }
// As it was written before a job said anything of time.
const created: JobEvent = { type: 'JobCreated', ...definition, params: '{}', createdAtMs: nowMs - 5 }
const paused: JobEvent = { type: 'JobPaused', jobId, pausedAtMs: nowMs - 4 }
const resumed: JobEvent = { type: 'JobResumed', jobId, resumedAtMs: nowMs - 3 }
const archiving = { executions: 'LET_FINISH', openCount: 2, by: 'u' } as const
const archived: JobEvent = { type: 'JobArchived', jobId, archivedAtMs: nowMs - 2 }
const completed: JobEvent = { type: 'JobCompleted', jobId, completedAtMs: nowMs - 1 }

const change = (type: 'PauseJob' | 'ResumeJob' | 'ArchiveJob', expectedVersion: number | null = null): JobCommand => {
  if (type === 'PauseJob') return pause({ expectedVersion })
  return type === 'ResumeJob'
    ? { type, catchUp: null, expectedVersion, now }
    : { type, ...archiving, expectedVersion, now }
}
const pause = (asked: Partial<PauseJob> = {}): JobCommand => {
  const whole = { until: null, note: null, by: 'u', reason: 'ASKED', expectedVersion: null } as const
  return { type: 'PauseJob', ...whole, now, ...asked }
}
const pausedNow = {
  type: 'JobPaused',
  jobId,
  untilMs: null,
  note: null,
  by: 'u',
  reason: 'ASKED',
  pausedAtMs: nowMs,
} as const
const update = (changes: Partial<UpdateJob>): JobCommand => {
  return { type: 'UpdateJob', expectedVersion: null, now, ...changes }
}
const trigger = (params: string | null, overlap: Overlap | null = null): JobCommand => {
  return { type: 'TriggerJob', executionId: 'e-1', key: 'k', params, follows: null, overlap, now }
}
const complete: JobCommand = { type: 'CompleteJob', now }

const after = (...events: readonly JobEvent[]): Job => {
  const state = events.reduce((reached, event) => job.evolve(reached, event), job.initial)
  if (state === 'absent') throw new Error('no job')
  return state
}

test('nothing happens to a job before it is created', () => {
  given()
    .when(create)
    .yields({ ...created, ...terms, createdAtMs: nowMs })
  for (const command of [change('PauseJob'), change('ArchiveJob'), update({ name: 'x' }), trigger(null), complete]) {
    given().when(command).isRefused('JOB_NOT_FOUND')
  }
})

test('an archived job refuses every change, and a second archiving changes nothing', () => {
  for (const command of [change('PauseJob'), change('ResumeJob'), update({ name: 'x' }), trigger(null)]) {
    given(created, archived).when(command).isRefused('JOB_ARCHIVED')
  }
  given(created, archived).when(change('ArchiveJob')).yields()
  given(created, archived).when(change('ArchiveJob', 1)).yields()
  given(created, archived).when(complete).yields()
})

test('a repeated pause or resume changes nothing', () => {
  given(created).when(change('PauseJob')).yields(pausedNow)
  given(created, paused).when(change('PauseJob')).yields()
  given(created).when(change('ResumeJob')).yields()
  given(created, paused).when(change('ResumeJob')).yields({ type: 'JobResumed', jobId, resumedAtMs: nowMs })
  given(created, paused, resumed).when(change('ResumeJob')).yields()
  given(created, paused)
    .when(change('ArchiveJob'))
    .yields({ type: 'JobArchived', jobId, ...archiving, archivedAtMs: nowMs })
})

test('a completed job has nothing to pause or resume', () => {
  given(created, completed).when(change('PauseJob')).yields()
  given(created, completed).when(change('ResumeJob')).yields()
})

test('an update with the same values changes nothing', () => {
  given(created).when(update({})).yields()
  given(created)
    .when(update({ name: 'Nightly', schedule: '@hourly', params: '{}' }))
    .yields()
})

test('an update keeps what it does not name, and says whether the schedule is another', () => {
  const same = {
    type: 'JobUpdated',
    jobId,
    name: 'Nightly',
    schedule: '@hourly',
    params: '{}',
    ...terms,
    updatedAtMs: nowMs,
  } as const
  given(created)
    .when(update({ name: 'x' }))
    .yields({ ...same, name: 'x', rescheduled: false })
  given(created)
    .when(update({ schedule: '@daily' }))
    .yields({ ...same, schedule: '@daily', rescheduled: true })
  given(created)
    .when(update({ params: '[1]' }))
    .yields({ ...same, params: '[1]', rescheduled: false })
})

test('who was not first is told both versions', () => {
  given(created, paused, resumed).when(change('PauseJob', 3)).yields(pausedNow)
  for (const command of [change('PauseJob', 1), change('ArchiveJob', 2), update({ name: 'x', expectedVersion: 4 })]) {
    given(created, paused, resumed).when(command).isRefused('VERSION_CONFLICT')
  }
  expect(() => job.decide(change('ResumeJob', 7), after(created, paused))).toThrow(
    expect.objectContaining({ details: { expectedVersion: 7, actualVersion: 2 } }),
  )
})

test('a trigger runs a paused and a completed job too, with its own params or those given', () => {
  const triggered = { type: 'JobTriggered', jobId, executionId: 'e-1', key: 'k', triggeredAtMs: nowMs } as const
  given(created, paused)
    .when(trigger(null))
    .yields({ ...triggered, params: '{}' })
  given(created, completed)
    .when(trigger('[1]'))
    .yields({ ...triggered, params: '[1]' })
})

test('a trigger that says how it may overlap says so in its event', () => {
  const triggered = { type: 'JobTriggered', jobId, executionId: 'e-1', key: 'k', triggeredAtMs: nowMs } as const
  given(created)
    .when(trigger('[1]', 'BUFFER_ONE'))
    .yields({ ...triggered, params: '[1]', overlap: 'BUFFER_ONE' })
})

test('only an active job is completed, and once', () => {
  given(created).when(complete).yields({ type: 'JobCompleted', jobId, completedAtMs: nowMs })
  given(created, paused).when(complete).yields()
  given(created, completed).when(complete).yields()
})

test('nominal times count anew from a new schedule and from a resume, and from nothing else', () => {
  const renamed: JobEvent = { ...definition, type: 'JobUpdated', params: '{}', rescheduled: false, updatedAtMs: nowMs }
  expect(after(created).scheduledSince.getTime()).toBe(nowMs - 5)
  expect(after(created, paused).scheduledSince.getTime()).toBe(nowMs - 5)
  expect(after(created, renamed).scheduledSince.getTime()).toBe(nowMs - 5)
  expect(after(created, paused, resumed).scheduledSince.getTime()).toBe(nowMs - 3)
  expect(after(created, { ...renamed, rescheduled: true }).scheduledSince.getTime()).toBe(nowMs)
})

test('a new schedule wakes a completed job, but not a paused one', () => {
  const rescheduled: JobEvent = {
    ...definition,
    type: 'JobUpdated',
    params: '{}',
    rescheduled: true,
    updatedAtMs: nowMs,
  }
  expect(after(created, completed, rescheduled).state).toBe('ACTIVE')
  expect(after(created, completed, { ...rescheduled, rescheduled: false }).state).toBe('COMPLETED')
  expect(after(created, paused, rescheduled).state).toBe('PAUSED')
})

test('the version counts events, and the version that others were told of leaves completions out', () => {
  const triggered: JobEvent = {
    type: 'JobTriggered',
    jobId,
    executionId: 'e',
    key: 'k',
    params: '{}',
    triggeredAtMs: 1,
  }
  expect(after(created, completed)).toMatchObject({ version: 2, sentVersion: 1 })
  expect(after(created, completed, triggered)).toMatchObject({ version: 3, sentVersion: 3, state: 'COMPLETED' })
})
