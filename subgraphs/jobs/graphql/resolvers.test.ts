import { afterEach, beforeEach, expect, test } from 'vitest'
import { jitteredAt } from '#platform/schedule'
import { type MovedClock, movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage } from '../jobs.fixture.ts'
import { decided } from '../ledger.fixture.ts'
import { archiveJob, createJobs, pauseJob, resumeJob } from '../main.ts'

const alice = callerNamed('alice')

let clock: MovedClock
let stage: JobsStage

beforeEach(async () => {
  clock = movedClock(new Date('2026-11-23T12:00:30.500Z'))
  stage = await openStage(clock)
})

afterEach(() => stage.close())

const CREATE = `mutation ($input: CreateJobInput!) { createJob(input: $input) {
  id name jobType schedule params state version createdAt updatedAt owner { __typename id } nextFireTimes(count: 2)
  status { phase lastOutcome nextFireAt lastFiredAt lastExecution { id } queuedCount runningCount succeededCount failedCount
    updatedAt version job { id version } } } }`

async function created(input: object): Promise<string> {
  const { id } = await stage.ask<{ id: string }>(
    'mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }',
    {
      input: { jobType: 'ECHO', ...input },
    },
  )
  return id
}

test('createJob answers with the whole job, and a query confirms it', async () => {
  const input = { jobType: 'REPORT', schedule: '*/5 * * * *', params: { reportType: 'daily-sales' } }
  const job = await stage.ask<{ id: string }>(CREATE, { input })
  expect(job).toEqual({
    id: expect.any(String),
    name: 'REPORT */5 * * * *',
    jobType: 'REPORT',
    schedule: '*/5 * * * *',
    params: { reportType: 'daily-sales' },
    state: 'ACTIVE',
    version: 1,
    createdAt: '2026-11-23T12:00:30.500Z',
    updatedAt: '2026-11-23T12:00:30.500Z',
    owner: { __typename: 'User', id: 'user-alice' },
    nextFireTimes: ['2026-11-23T12:05:00.000Z', '2026-11-23T12:10:00.000Z'],
    status: {
      phase: 'WAITING',
      lastOutcome: null,
      nextFireAt: '2026-11-23T12:05:00.000Z',
      lastFiredAt: null,
      lastExecution: null,
      queuedCount: 0,
      runningCount: 0,
      succeededCount: 0,
      failedCount: 0,
      updatedAt: '2026-11-23T12:00:30.500Z',
      version: 1,
      job: { id: job.id, version: 1 },
    },
  })
  const read = 'query ($id: ID!) { job(id: $id) { id version status { version } } }'
  expect(await stage.ask(read, { id: job.id })).toEqual({ id: job.id, version: 1, status: { version: 1 } })
})

test('refusals carry their code and details', async () => {
  await expect(created({ schedule: '99 * * * *' })).rejects.toMatchObject({
    code: 'INVALID_SCHEDULE',
    details: { position: 0 },
  })
  const createMany = 'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }'
  const inputs = [
    { jobType: 'ECHO', schedule: '@now' },
    { jobType: 'REPORT', schedule: '@now' },
  ]
  await expect(stage.ask(createMany, { inputs })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    details: { errors: [{ index: 1, path: 'params.reportType', code: 'INVALID_PARAMS', message: 'is required' }] },
  })
})

test('mutations change what they name', async () => {
  const id = await created({ schedule: '@hourly' })
  const update =
    'mutation ($id: ID!) { updateJob(id: $id, input: { name: "New", params: [1] }, expectedVersion: 1) { name params version } }'
  expect(await stage.ask(update, { id })).toEqual({ name: 'New', params: [1], version: 2 })
  await expect(stage.ask(update, { id })).rejects.toMatchObject({
    code: 'VERSION_CONFLICT',
    details: { expectedVersion: 1, actualVersion: 2 },
  })
  const change = (field: string): Promise<unknown> =>
    stage.ask(`mutation ($id: ID!) { ${field}(id: $id) { state status { phase } } }`, { id })
  expect(await change('pauseJob')).toEqual({ state: 'PAUSED', status: { phase: 'PAUSED' } })
  expect(await change('resumeJob')).toEqual({ state: 'ACTIVE', status: { phase: 'WAITING' } })
  expect(await change('archiveJob')).toEqual({ state: 'ARCHIVED', status: { phase: 'ARCHIVED' } })
})

test('a trigger answers with its execution, which others know', async () => {
  const id = await created({ schedule: '@manually' })
  const trigger =
    'mutation ($id: ID!) { triggerJob(id: $id, idempotencyKey: "k") { executionId execution { __typename id } } }'
  const answer = await stage.ask<{ executionId: string }>(trigger, { id })
  expect(answer).toEqual({
    executionId: answer.executionId,
    execution: { __typename: 'Execution', id: answer.executionId },
  })
  expect(await stage.ask(trigger, { id })).toEqual(answer)
})

test('the next fire times are those of the schedule, none for a job that does not fire', async () => {
  const timesOf = (jobId: string, count = 5): Promise<{ nextFireTimes: string[] }> =>
    stage.ask('query ($jobId: ID!, $count: Int!) { job(id: $jobId) { nextFireTimes(count: $count) } }', {
      jobId,
      count,
    })
  const times = async (schedule: string): Promise<string[]> =>
    (await timesOf(await created({ schedule }), 1)).nextFireTimes
  expect(await times('@every 10s')).toEqual(['2026-11-23T12:00:40.000Z'])
  expect(await times('@at 2026-12-01T09:00:00Z')).toEqual(['2026-12-01T09:00:00.000Z'])
  expect(await times('@manually')).toEqual([])

  const id = await created({ schedule: '@every 1s' })
  expect((await timesOf(id, 100)).nextFireTimes).toHaveLength(100)
  await pauseJob(stage.jobs.parts, alice, { jobId: id })
  expect((await timesOf(id)).nextFireTimes).toEqual([])
  for (const count of [0, 101]) await expect(timesOf(id, count)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
})

test('the next fire times begin with one that jitter holds back, as the scheduler tells', async () => {
  await stage.jobs.start()
  const [job] = await createJobs(stage.jobs.parts, alice, [
    { jobType: 'ECHO', schedule: '@every 10s', jitter: 9_000, firesMax: 1 },
  ])
  if (!job) throw new Error('no job')
  const [nominal, next] = [new Date('2026-11-23T12:00:40Z'), new Date('2026-11-23T12:00:50Z')]
  await stage.tell(decided(job, 1, { nextFireAt: nominal, decidedAt: new Date('2026-11-23T12:00:31Z') }))
  await clock.advance(1_000)
  const due = jitteredAt(job.id, 'schedule', nominal, 9_000, next)
  clock.setWall(new Date(Math.max(nominal.getTime(), due.getTime() - 1)))
  const asked = stage.ask('query ($id: ID!) { job(id: $id) { nextFireTimes } }', { id: job.id })
  expect(await asked).toEqual({ nextFireTimes: due > nominal ? [nominal.toISOString()] : [] })
})

interface JobPage {
  readonly totalCount: number
  readonly edges: readonly { readonly node: { readonly name: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

const LIST = `query ($filter: JobFilter, $first: Int, $after: String) { jobs(filter: $filter, first: $first, after: $after) {
  totalCount edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }`

test('pages go from the newest to the oldest, each job once, also when jobs are added meanwhile', async () => {
  const input = (index: number): object => ({ jobType: 'ECHO', schedule: '@hourly', name: `n${index}` })
  await createJobs(
    stage.jobs.parts,
    alice,
    Array.from({ length: 25 }, (_, index) => input(index) as never),
  )
  const seen: string[] = []
  let page: JobPage = { totalCount: 0, edges: [], pageInfo: { hasNextPage: true, endCursor: null } }
  for (let round = 0; page.pageInfo.hasNextPage && round < 9; round++) {
    page = await stage.ask<JobPage>(LIST, { first: 10, after: page.pageInfo.endCursor })
    seen.push(...page.edges.map(({ node }) => node.name))
    await created({ schedule: '@hourly', name: `late ${round}` })
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `n${24 - index}`))
  expect(page.totalCount).toBe(27)
  for (const bad of [{ first: 0 }, { first: 101 }, { after: 'x' }]) {
    await expect(stage.ask(LIST, bad)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  }
})

test('a filter lets through what it names, and the total counts just that', async () => {
  const { parts } = stage.jobs
  const ids = [
    await created({ schedule: '@hourly', name: 'Müll 100%' }),
    await created({ schedule: '@hourly', name: 'b_c' }),
  ]
  await created({ schedule: '@hourly', name: 'report', jobType: 'REPORT', params: { reportType: 'x' } })
  await pauseJob(parts, alice, { jobId: ids[0] ?? '' })
  await archiveJob(parts, alice, { jobId: ids[1] ?? '' })
  const names = async (filter: object): Promise<unknown> => {
    const { totalCount, edges } = await stage.ask<JobPage>(LIST, { filter })
    expect(totalCount).toBe(edges.length)
    return edges.map(({ node }) => node.name)
  }
  expect(await names({})).toEqual(['report', 'b_c', 'Müll 100%'])
  expect(await names({ states: ['PAUSED', 'ARCHIVED'] })).toEqual(['b_c', 'Müll 100%'])
  expect(await names({ states: [] })).toEqual([])
  expect(await names({ jobTypes: ['REPORT', 'NOPE'] })).toEqual(['report'])
  expect(await names({ nameContains: 'MÜLL' })).toEqual(['Müll 100%'])
  expect(await names({ nameContains: '%' })).toEqual(['Müll 100%'])
  expect(await names({ nameContains: '_', states: ['ACTIVE'] })).toEqual([])
  await expect(names({ nameContains: 'x'.repeat(201) })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
})

test('jobTypes says what a job can do', async () => {
  expect(await stage.ask('{ jobTypes { name description paramsSchema } }')).toEqual([
    { name: 'ECHO', description: 'does ECHO', paramsSchema: { type: 'object' } },
    { name: 'REPORT', description: 'does REPORT', paramsSchema: { type: 'object' } },
  ])
})

test('a watcher sees the status as it is, then each change, with the job as it is by then', async () => {
  await stage.jobs.start()
  const jobId = await created({ schedule: '@hourly' })
  const watch = 'subscription ($jobId: ID!) { jobStatusChanged(jobId: $jobId) { phase version job { state version } } }'
  const stream = await stage.watch(watch, { jobId })
  if (!('next' in stream)) throw new Error(JSON.stringify(stream))
  const next = async (): Promise<unknown> => (await stream.next()).value?.data?.['jobStatusChanged']
  expect(await next()).toEqual({ phase: 'WAITING', version: 1, job: { state: 'ACTIVE', version: 1 } })
  const paused = next()
  await pauseJob(stage.jobs.parts, alice, { jobId })
  expect(await paused).toEqual({ phase: 'PAUSED', version: 2, job: { state: 'PAUSED', version: 2 } })
  const resumed = next()
  await pauseJob(stage.jobs.parts, alice, { jobId })
  await resumeJob(stage.jobs.parts, alice, { jobId })
  expect(await resumed).toEqual({ phase: 'WAITING', version: 3, job: { state: 'ACTIVE', version: 3 } })
  await stream.return?.()
})

test('many references cost one query for the jobs and one for the statuses', async () => {
  const jobs = await createJobs(stage.jobs.parts, alice, Array(50).fill({ jobType: 'ECHO', schedule: '@hourly' }))
  const { reader } = stage.database
  const asked: string[] = []
  const { all } = reader
  Object.assign(reader, {
    all: (sql: string, params: never) => {
      asked.push(sql)
      return all(sql, params)
    },
  })
  const representations = jobs.map(({ id }) => ({ __typename: 'Job', id }))
  const entities =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Job { id status { phase } } } }'
  expect(await stage.ask(entities, { representations })).toEqual(
    jobs.map(({ id }) => ({ id, status: { phase: 'WAITING' } })),
  )
  expect(asked.filter((sql) => sql.includes('from job'))).toHaveLength(2)
})
