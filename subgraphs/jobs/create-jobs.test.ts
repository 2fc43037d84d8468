import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DomainError } from '#platform/domain'
import { brokenLinks } from '#platform/event-store'
import { movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { type CreateJobInput, createJob, createJobs } from './main.ts'

const alice = callerNamed('alice')
const echo: CreateJobInput = { jobType: 'ECHO', schedule: '@hourly' }
const now = new Date('2026-11-23T12:00:00Z')

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage(movedClock(now))
})

afterEach(() => stage.close())

async function refusalOf(promise: Promise<unknown>): Promise<DomainError> {
  return promise.then(
    () => Promise.reject(new Error('not refused')),
    (error: DomainError) => error,
  )
}

async function rowsIn(table: string): Promise<number> {
  const row = await stage.database.reader.get<{ total: number }>(`select count(*) as total from ${table}`)
  return row?.total ?? -1
}

test('a job is there at once: its events, rows, status and record', async () => {
  const job = await createJob(stage.jobs.parts, alice, { ...echo, schedule: ' @hourly ', params: { a: [1] } }, 'cause')
  expect(job).toMatchObject({
    name: 'ECHO @hourly',
    schedule: '@hourly',
    params: '{"a":[1]}',
    state: 'ACTIVE',
    version: 1,
    workspaceId: 'workspace-alice',
    ownerId: 'user-alice',
    createdAt: now,
    scheduledSince: now,
  })
  for (const table of ['events', 'jobs', 'job_status', 'outbox']) expect(await rowsIn(table)).toBe(1)
  expect(await rowsIn('changes')).toBe(0)
  expect(await brokenLinks(stage.database.reader, `job-${job.id}`)).toEqual([])
  const [record] = await stage.database.reader.all('select * from outbox')
  expect(record).toMatchObject({ record_key: job.id, version: 1, previous: 0, correlation_id: 'cause' })
})

test('ten thousand jobs are created in the order of their inputs, each with an id that sorts so', async () => {
  const inputs = Array.from({ length: 10_000 }, (_, index) => ({ ...echo, name: `n${index}` }))
  const jobs = await createJobs(stage.jobs.parts, alice, inputs)
  expect(jobs.map(({ name }) => name)).toEqual(inputs.map(({ name }) => name))
  expect(jobs.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id).toSorted())
  for (const table of ['events', 'jobs', 'job_status', 'outbox']) expect(await rowsIn(table)).toBe(10_000)
})

test('jobs are created all or none, with what is wrong by index and path', async () => {
  const inputs = [
    echo,
    { ...echo, schedule: '61 * * * *' },
    { ...echo, jobType: 'NOPE', name: ' ' },
    { jobType: 'REPORT', schedule: '@at 2020-01-01T00:00:00Z', params: {} },
  ]
  const refusal = await refusalOf(createJobs(stage.jobs.parts, alice, inputs))
  expect(refusal.code).toBe('BAD_USER_INPUT')
  expect(refusal.message).toBe('3 of 4 inputs are wrong, so none was taken')
  expect(refusal.details['errors']).toMatchObject([
    { index: 1, path: 'schedule', code: 'INVALID_SCHEDULE' },
    { index: 2, path: 'name', code: 'BAD_USER_INPUT' },
    { index: 2, path: 'jobType', code: 'UNKNOWN_JOB_TYPE', message: expect.stringContaining('ECHO, REPORT') },
    { index: 3, path: 'schedule', code: 'INVALID_SCHEDULE' },
    { index: 3, path: 'params.reportType', code: 'INVALID_PARAMS', message: 'is required' },
  ])
  for (const table of ['events', 'jobs', 'job_status', 'outbox', 'workspace_jobs']) expect(await rowsIn(table)).toBe(0)
})

test('what is wrong with many inputs is told as far as a person reads it', async () => {
  const refusal = await refusalOf(createJobs(stage.jobs.parts, alice, Array(5_000).fill({ ...echo, jobType: 'NOPE' })))
  expect(refusal.details['errors']).toHaveLength(100)
})

test('one bad job is refused in the words of what is wrong with it', async () => {
  const refused = (input: CreateJobInput): Promise<DomainError> => refusalOf(createJob(stage.jobs.parts, alice, input))
  expect(await refused({ ...echo, schedule: '* * * *' })).toMatchObject({
    code: 'INVALID_SCHEDULE',
    details: { path: 'schedule', position: expect.any(Number) },
  })
  expect(await refused({ ...echo, jobType: 'NOPE' })).toMatchObject({
    code: 'UNKNOWN_JOB_TYPE',
    details: { known: ['ECHO', 'REPORT'] },
  })
  const notOffered = { KAFKA: { code: 'KAFKA_NOT_CONFIGURED', message: 'no broker' } } as const
  const parts = { ...stage.jobs.parts, jobTypes: { ...stage.jobs.parts.jobTypes, notOffered } }
  const told = await refusalOf(createJobs(parts, alice, [{ ...echo, jobType: 'KAFKA' }]))
  expect(told.details['errors']).toMatchObject([{ ...notOffered.KAFKA, path: 'jobType' }])
  expect(await refused({ ...echo, jobType: 'REPORT' })).toMatchObject({
    code: 'INVALID_PARAMS',
    details: { errors: [{ path: 'params.reportType', message: 'is required' }] },
  })
  expect(await refused({ ...echo, name: 'x'.repeat(201) })).toMatchObject({ code: 'BAD_USER_INPUT' })
  expect(await refused({ ...echo, params: { text: '🎐'.repeat(17_000) } })).toMatchObject({
    code: 'INVALID_PARAMS',
    details: { errors: [{ path: 'params' }] },
  })
})

test('nobody creates jobs without a workspace, none at all, or more than 10,000', async () => {
  const { parts } = stage.jobs
  expect(await refusalOf(createJobs(parts, null, [echo]))).toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await refusalOf(createJobs(parts, { ...alice, workspaceIds: [] }, [echo]))).toMatchObject({
    code: 'FORBIDDEN',
  })
  expect(await refusalOf(createJobs(parts, alice, []))).toMatchObject({ code: 'BAD_USER_INPUT' })
  expect(await refusalOf(createJobs(parts, alice, Array(10_001).fill(echo)))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

test('a workspace has at most a million jobs', async () => {
  await createJob(stage.jobs.parts, alice, echo)
  await stage.database.unit([], (unit) => unit.run('update workspace_jobs set job_count = 999999'))
  expect(await refusalOf(createJobs(stage.jobs.parts, alice, [echo, echo]))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await createJob(stage.jobs.parts, alice, echo)
  expect(await refusalOf(createJob(stage.jobs.parts, alice, echo))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await createJob(stage.jobs.parts, callerNamed('bob'), echo)
})
