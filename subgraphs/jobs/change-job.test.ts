import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobChanged } from '#avro'
import { embeddedSchemas } from '#platform/schemas'
import { type MovedClock, movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { archiveJob, createJob, type Job, pauseJob, resumeJob, triggerJob, updateJob } from './main.ts'

const alice = callerNamed('alice')

let clock: MovedClock
let stage: JobsStage
let job: Job

beforeEach(async () => {
  clock = movedClock(new Date('2026-11-23T12:00:00Z'))
  stage = await openStage(clock)
  job = await createJob(stage.jobs.parts, alice, {
    jobType: 'REPORT',
    schedule: '@hourly',
    params: { reportType: 'a' },
  })
})

afterEach(() => stage.close())

/** What other services are told, with each record's place in its stream. */
async function told(): Promise<readonly (JobChanged & { readonly previous: number })[]> {
  const schemas = embeddedSchemas()
  const id = await schemas.register('carillon.jobs.JobChanged')
  const rows = await stage.database.reader.all<{ body: Uint8Array; version: number; previous: number }>(
    'select body, version, previous from outbox order by position',
  )
  return Promise.all(
    rows.map(async ({ body, version, previous }) => {
      const { value } = await schemas.decode(schemas.frame(id, body))
      expect((value as JobChanged).version).toBe(version)
      return { ...(value as JobChanged), previous }
    }),
  )
}

async function statusRow(): Promise<Record<string, unknown>> {
  return (await stage.database.reader.get('select * from job_status where job_id = ?', [job.id])) ?? {}
}

test('a change is told whole, with the version that was told before it', async () => {
  const { parts } = stage.jobs
  const jobId = job.id
  await pauseJob(parts, alice, { jobId })
  await pauseJob(parts, alice, { jobId })
  clock.setWall(new Date('2026-11-23T12:00:01Z'))
  await resumeJob(parts, alice, { jobId, expectedVersion: 2 })
  await updateJob(parts, alice, { jobId, name: 'New', params: { reportType: 'b' } })
  await triggerJob(parts, alice, { jobId, params: { reportType: 'c' }, idempotencyKey: 'k' })
  await archiveJob(parts, alice, { jobId })
  const records = await told()
  expect(records.map(({ change, version, previous, state }) => [change, version, previous, state])).toEqual([
    ['CREATED', 1, 0, 'ACTIVE'],
    ['PAUSED', 2, 1, 'PAUSED'],
    ['RESUMED', 3, 2, 'ACTIVE'],
    ['UPDATED', 4, 3, 'ACTIVE'],
    ['TRIGGERED', 5, 4, 'ACTIVE'],
    ['ARCHIVED', 6, 5, 'ARCHIVED'],
  ])
  expect(records[2]?.scheduledSince).toEqual(new Date('2026-11-23T12:00:01Z'))
  expect(records[3]).toMatchObject({ name: 'New', params: '{"reportType":"b"}', trigger: null })
  expect(records[4]).toMatchObject({
    params: '{"reportType":"b"}',
    trigger: { key: 'k', params: '{"reportType":"c"}' },
  })
})

test('a change of the job is a change of its status, with what a query then confirms', async () => {
  await pauseJob(stage.jobs.parts, alice, { jobId: job.id })
  const changes = await stage.database.reader.all<{ change_key: string; state: string; version: number }>(
    'select change_key, version, state from changes',
  )
  expect(changes).toMatchObject([{ change_key: `job-status:${job.id}`, version: 2 }])
  expect(JSON.parse(changes[0]?.state ?? '')).toEqual(await statusRow())
  expect(await statusRow()).toMatchObject({ phase: 'PAUSED', job_state: 'PAUSED', version: 2 })
})

test('a repetition writes nothing', async () => {
  await pauseJob(stage.jobs.parts, alice, { jobId: job.id })
  const before = await statusRow()
  expect(await pauseJob(stage.jobs.parts, alice, { jobId: job.id })).toMatchObject({ version: 2, state: 'PAUSED' })
  expect(await updateJob(stage.jobs.parts, alice, { jobId: job.id, schedule: ' @hourly' })).toMatchObject({
    version: 2,
  })
  expect(await statusRow()).toEqual(before)
  expect(await told()).toHaveLength(2)
})

test('of two who change the same version one wins', async () => {
  const change = (name: string): Promise<Job> =>
    updateJob(stage.jobs.parts, alice, { jobId: job.id, name, expectedVersion: 1 })
  const outcomes = await Promise.allSettled([change('one'), change('two'), change('three')])
  const refusals = outcomes.filter(({ status }) => status === 'rejected')
  const refusal = { reason: { code: 'VERSION_CONFLICT', details: { expectedVersion: 1, actualVersion: 2 } } }
  // Which of them it is, is the database's choice.
  expect(refusals).toMatchObject([refusal, refusal])
})

test('an update is checked like a new job, but a schedule that is over may stay', async () => {
  const update = (changes: object): Promise<Job> => updateJob(stage.jobs.parts, alice, { jobId: job.id, ...changes })
  await expect(update({ params: {} })).rejects.toMatchObject({ code: 'INVALID_PARAMS' })
  await expect(update({ schedule: '@at 2020-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'INVALID_SCHEDULE' })
  await expect(update({ name: '' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  await update({ schedule: '@at 2026-11-23T13:00:00Z' })
  clock.setWall(new Date('2026-11-23T14:00:00Z'))
  expect(await update({ schedule: '@at 2026-11-23T13:00:00Z', name: 'later' })).toMatchObject({ name: 'later' })
  // A new job might still be a minute late; an edit counts from now, and this would never fire.
  await expect(update({ schedule: '@at 2026-11-23T13:59:30Z' })).rejects.toMatchObject({ code: 'INVALID_SCHEDULE' })
})

test('an archived job refuses what would change it', async () => {
  const { parts } = stage.jobs
  const jobId = job.id
  await archiveJob(parts, alice, { jobId })
  expect(await archiveJob(parts, alice, { jobId })).toMatchObject({ state: 'ARCHIVED', version: 2 })
  for (const change of [pauseJob, resumeJob, updateJob, triggerJob]) {
    await expect(change(parts, alice, { jobId })).rejects.toMatchObject({ code: 'JOB_ARCHIVED' })
  }
})

test('the same key gives the same execution, also to those who ask at once', async () => {
  const ask = (params?: object): Promise<{ executionId: string }> =>
    triggerJob(stage.jobs.parts, alice, { jobId: job.id, idempotencyKey: 'k', params })
  const answers = await Promise.all([ask(), ask(), ask(), ask()])
  await archiveJob(stage.jobs.parts, alice, { jobId: job.id })
  answers.push(await ask())
  expect(new Set(answers.map(({ executionId }) => executionId)).size).toBe(1)
  expect((await told()).filter(({ change }) => change === 'TRIGGERED')).toMatchObject([
    { trigger: { executionId: answers[0]?.executionId } },
  ])
  await expect(ask({ reportType: 'other' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
})

test('it is the same request in whatever order its fields come, however deep', async () => {
  const { parts } = stage.jobs
  const { id: jobId } = await createJob(parts, alice, { jobType: 'ECHO', schedule: '@manually' })
  const ask = (message: unknown): Promise<{ executionId: string }> =>
    triggerJob(parts, alice, { jobId, idempotencyKey: 'k', params: { message } })
  const first = await ask([{ a: 1, b: 2 }])
  expect(await ask([{ b: 2, a: 1 }])).toEqual(first)
  await expect(ask([{ b: 1, a: 2 }])).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
})

test('a key belongs to its job, and without one each trigger is a run of its own', async () => {
  const { parts } = stage.jobs
  const other = await createJob(parts, alice, { jobType: 'ECHO', schedule: '@manually' })
  const ids = new Set<string>()
  for (const jobId of [job.id, other.id]) {
    for (const idempotencyKey of ['k', undefined, undefined]) {
      ids.add((await triggerJob(parts, alice, { jobId, idempotencyKey })).executionId)
    }
  }
  expect(ids.size).toBe(6)
  await expect(triggerJob(parts, alice, { jobId: job.id, idempotencyKey: 'k'.repeat(101) })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
  })
  await expect(triggerJob(parts, alice, { jobId: job.id, params: {} })).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
  })
})

test('a trigger that is refused keeps its key free', async () => {
  const trigger = (params: object): Promise<unknown> =>
    triggerJob(stage.jobs.parts, alice, { jobId: job.id, idempotencyKey: 'k', params })
  await expect(trigger({})).rejects.toMatchObject({ code: 'INVALID_PARAMS' })
  await trigger({ reportType: 'a' })
})
