import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobChanged } from '#avro'
import { differences, rebuild } from '#platform/projections'
import { embeddedSchemas } from '#platform/schemas'
import { type MovedClock, movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { archiveJob, createJobs, type Job, jobsProjection, pauseJob, resumeJob } from './main.ts'

const alice = callerNamed('alice')
const start = new Date('2026-11-23T12:00:00Z')

let clock: MovedClock
let stage: JobsStage

beforeEach(async () => {
  clock = movedClock(start)
  stage = await openStage(clock)
})

afterEach(() => stage.close())

const PAUSE = `mutation ($filter: JobFilter!, $note: String, $until: DateTime) {
  pauseJobs(filter: $filter, note: $note, until: $until) { changed unchanged jobs { id state pause { note until } } } }`
const RESUME = 'mutation ($filter: JobFilter!) { resumeJobs(filter: $filter) { changed unchanged jobs { id } } }'

interface Bulk {
  readonly changed: number
  readonly unchanged: number
  readonly jobs: readonly { readonly id: string; readonly pause?: unknown }[]
}

const created = (count: number, name = 'n'): Promise<readonly Job[]> =>
  createJobs(stage.jobs.parts, alice, Array(count).fill({ jobType: 'ECHO', schedule: '@hourly', name }))

async function lastTold(): Promise<JobChanged> {
  const schemas = embeddedSchemas()
  const id = await schemas.register('carillon.jobs.JobChanged')
  const row = await stage.database.reader.get<{ body: Uint8Array }>(
    'select body from outbox order by position desc limit 1',
  )
  const { value } = await schemas.decode(schemas.frame(id, row?.body ?? new Uint8Array()))
  return value as JobChanged
}

test('a pause says since when, until when, why and by whom, to people and to the scheduler', async () => {
  const [job] = await created(1)
  const until = new Date('2026-11-24T06:00:00Z')
  const pause = `mutation ($id: ID!, $until: DateTime) { pauseJob(id: $id, note: " moving house ", until: $until) {
    version state pause { since until note by user { id } reason } nextFireTimes status { phase nextFireAt } } }`
  expect(await stage.ask(pause, { id: job?.id, until: until.toISOString() })).toEqual({
    version: 2,
    state: 'PAUSED',
    pause: {
      ...{ since: start.toISOString(), until: until.toISOString(), note: 'moving house' },
      ...{ by: 'user-alice', user: { id: 'user-alice' }, reason: 'ASKED' },
    },
    nextFireTimes: [],
    status: { phase: 'PAUSED', nextFireAt: null },
  })
  expect(await lastTold()).toMatchObject({
    change: 'PAUSED',
    state: 'PAUSED',
    pausedUntil: until,
    pauseNote: 'moving house',
  })
  await resumeJob(stage.jobs.parts, alice, { jobId: job?.id ?? '' })
  expect(await lastTold()).toMatchObject({ change: 'RESUMED', pausedUntil: null, pauseNote: '' })
  await expect(stage.ask(pause, { id: job?.id, until: start.toISOString() })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    details: { path: 'until' },
  })
})

test('a note may have lines, but nothing that nobody can see', async () => {
  const [job] = await created(1)
  const pause = (note: string): Promise<Job> => pauseJob(stage.jobs.parts, alice, { jobId: job?.id ?? '', note })
  for (const note of ['a\u0000b', '\ud800', 'x'.repeat(501)]) {
    await expect(pause(note)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'note' } })
  }
  expect(await pause('two\nlines ')).toMatchObject({ pause: { note: 'two\nlines' } })
})

test('a resume that catches up asks for a backfill of the pause, after it was resumed', async () => {
  const [job] = await created(1)
  const jobId = job?.id ?? ''
  await pauseJob(stage.jobs.parts, alice, { jobId })
  clock.setWall(new Date('2026-11-23T15:00:00Z'))
  const resumed = await stage.ask<Job>('mutation ($id: ID!) { resumeJob(id: $id, catchUp: true) { version state } }', {
    id: jobId,
  })
  expect(resumed).toEqual({ version: 4, state: 'ACTIVE' })
  expect(await stage.database.reader.all('select version, previous from outbox order by position')).toEqual([
    { version: 1, previous: 0 },
    { version: 2, previous: 1 },
    { version: 3, previous: 2 },
    { version: 4, previous: 3 },
  ])
  expect(await lastTold()).toMatchObject({
    change: 'BACKFILL_REQUESTED',
    backfill: { from: start, to: clock.now(), rerun: false, firesPerMinuteMax: 60, requestedAt: clock.now() },
  })
})

test('a catch-up of more than 10,000 nominal times is refused, and the job stays paused', async () => {
  const [job] = await createJobs(stage.jobs.parts, alice, [{ jobType: 'ECHO', schedule: '@every 1s' }])
  const jobId = job?.id ?? ''
  await pauseJob(stage.jobs.parts, alice, { jobId })
  clock.setWall(new Date(start.getTime() + 10_001_000))
  const resume = (catchUp: boolean): Promise<Job> => resumeJob(stage.jobs.parts, alice, { jobId, catchUp })
  await expect(resume(true)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 10_000 } })
  clock.setWall(new Date(start.getTime() + 10_000_000))
  expect(await resume(true)).toMatchObject({ state: 'ACTIVE', version: 4 })
})

test('many are paused and resumed by a filter, with a note and an end', async () => {
  const [kept, archived, ...jobs] = await created(1_203)
  await created(2, 'other')
  const { parts } = stage.jobs
  await pauseJob(parts, alice, { jobId: kept?.id ?? '', note: 'mine' })
  await archiveJob(parts, alice, { jobId: archived?.id ?? '' })
  const until = '2026-11-23T18:00:00.000Z'
  const paused = await stage.ask<Bulk>(PAUSE, { filter: { nameContains: 'N' }, note: 'maintenance', until })
  expect(paused).toMatchObject({ changed: 1_201, unchanged: 2 })
  expect(paused.jobs).toHaveLength(100)
  expect(paused.jobs[0]?.pause).toEqual({ note: 'maintenance', until })
  const rows = await stage.database.reader.all(
    "select count(*) as total from jobs where pause_note = 'maintenance' and state = 'PAUSED'",
  )
  expect(rows).toEqual([{ total: jobs.length }])
  expect(await stage.ask(PAUSE, { filter: { nameContains: 'N' } })).toMatchObject({ changed: 0, unchanged: 1_203 })

  expect(await stage.ask(RESUME, { filter: { nameContains: 'n', states: ['PAUSED'] } })).toMatchObject({
    changed: 1_202,
    unchanged: 0,
  })
  expect(await stage.ask(RESUME, { filter: { states: ['ACTIVE'] } })).toMatchObject({ changed: 0, unchanged: 1_204 })
  expect(await rebuild(stage.database, jobsProjection, (unit) => differences(unit, jobsProjection))).toEqual([])
})

test('more than 10,000 are refused before any is changed', async () => {
  await created(10_000)
  await created(1)
  await expect(stage.ask(PAUSE, { filter: {} })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    details: { limit: 10_000 },
  })
  await expect(stage.ask(PAUSE, { filter: { nameContains: 'x'.repeat(201) } })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
  })
  expect(await stage.database.reader.all("select id from jobs where state = 'PAUSED'")).toEqual([])
})

test('in bulk, too, a pause that has ended by itself ends when it did', async () => {
  const [job] = await created(1)
  const until = new Date('2026-11-23T13:00:00Z')
  await pauseJob(stage.jobs.parts, alice, { jobId: job?.id ?? '', until })
  clock.setWall(new Date('2026-11-23T13:00:10Z'))
  expect(await stage.ask(RESUME, { filter: {} })).toMatchObject({ changed: 1 })
  const row = await stage.database.reader.get('select actor, payload from events order by id desc limit 1')
  expect(row).toMatchObject({ actor: 'clock', payload: expect.stringContaining(`"resumedAtMs":${until.getTime()}`) })
})
