import { expect, test } from 'vitest'
import { createJob, eventually, sharedWorld } from './world.ts'

const world = sharedWorld()

const JOB = `query ($id: ID!) { job(id: $id) {
  id name state version owner { username } nextFireTimes(count: 3)
  status { phase lastOutcome nextFireAt lastFiredAt queuedCount runningCount succeededCount failedCount lastExecution { id status } }
  executions(first: 10) { totalCount edges { node {
    id status cause scheduledFor result artefacts { name mediaType sizeBytes }
    attempts { number status executor startedAt finishedAt error { code } }
    logs(first: 20) { edges { node { seq level message } } } } } } } }`

interface Node {
  readonly id: string
  readonly status: string
  readonly cause: string
  readonly scheduledFor: string
  readonly result: Readonly<Record<string, unknown>> | null
  readonly artefacts: readonly { name: string; mediaType: string; sizeBytes: number }[]
  readonly attempts: readonly { number: number; status: string }[]
  readonly logs: { readonly edges: readonly { node: { seq: number; message: string } }[] }
}

interface Job {
  readonly job: {
    readonly state: string
    readonly version: number
    readonly owner: { username: string } | null
    readonly nextFireTimes: readonly string[]
    readonly status: Readonly<Record<string, unknown>>
    readonly executions: { readonly totalCount: number; readonly edges: readonly { node: Node }[] }
  }
}

test('sign up, create a report job, trigger it, and see it whole through the graph', async () => {
  const client = await world.user('shreya')
  const id = await createJob(client, {
    jobType: 'REPORT',
    schedule: '*/5 * * * *',
    params: { reportType: 'daily-sales' },
  })
  const { triggerJob } = await client.data<{ triggerJob: { executionId: string } }>(
    'mutation ($id: ID!) { triggerJob(id: $id, idempotencyKey: "k1") { executionId execution { id } } }',
    { id },
  )
  const { job } = await eventually(
    () => client.data<Job>(JOB, { id }),
    (answer) => answer.job.status.succeededCount === 1,
  )
  expect(job.owner).toEqual({ username: 'shreya' })
  expect(job.nextFireTimes).toHaveLength(3)
  expect(job.status).toMatchObject({
    phase: 'WAITING',
    lastOutcome: 'SUCCEEDED',
    queuedCount: 0,
    runningCount: 0,
    lastExecution: { id: triggerJob.executionId, status: 'SUCCEEDED' },
  })
  expect(new Date(String(job.status.nextFireAt)).getTime() % 300_000).toBe(0)
  const run = job.executions.edges[0]?.node
  expect(run).toMatchObject({ id: triggerJob.executionId, status: 'SUCCEEDED', cause: 'trigger:k1' })
  expect(run?.attempts).toMatchObject([{ number: 1, status: 'SUCCEEDED' }])
  expect(run?.artefacts.map(({ mediaType }) => mediaType.split(';')[0]).sort()).toEqual(['text/csv', 'text/markdown'])
  expect(run?.logs.edges.length).toBeGreaterThan(0)
  expect(run?.result).toMatchObject({ reportType: 'daily-sales' })
})

test('@every fires at the multiples of its period, each once, until the job is paused, and again when it is resumed', async () => {
  const client = await world.user()
  const input = {
    jobType: 'ECHO',
    schedule: '@every 1s',
    params: { message: 'tick' },
    catchup: 'ALL',
    overlap: 'ALLOW_ALL',
  }
  const id = await createJob(client, input)
  await eventually(
    () => client.data<Job>(JOB, { id }),
    (answer) => Number(answer.job.status.succeededCount) >= 3,
  )
  await client.data('mutation ($id: ID!) { pauseJob(id: $id) { state } }', { id })
  const paused = await eventually(
    () => client.data<Job>(JOB, { id }),
    ({ job }) => job.status.phase === 'PAUSED' && job.status.nextFireAt === null,
  )
  const times = paused.job.executions.edges.map(({ node }) => new Date(node.scheduledFor).getTime())
  expect(times.every((atMs) => atMs % 1_000 === 0)).toBe(true)
  const [newest = 0, oldest = 0] = [times[0], times.at(-1)]
  expect(times).toHaveLength((newest - oldest) / 1_000 + 1)
  await client.data('mutation ($id: ID!) { resumeJob(id: $id) { state } }', { id })
  await eventually(
    () => client.data<Job>(JOB, { id }),
    ({ job }) => Number(job.executions.totalCount) > paused.job.executions.totalCount,
  )
})

test('@now and @at run once and complete; @manually waits for its trigger', async () => {
  const client = await world.user()
  const params = { message: 'once' }
  const at = new Date(Date.now() + 1_500).toISOString()
  // Two triggers in a row both run: by default the second one would be skipped while the first is open.
  const input = { jobType: 'ECHO', params, overlap: 'ALLOW_ALL' }
  const ids = await Promise.all(
    ['@now', `@at ${at}`, '@manually'].map((schedule) => createJob(client, { ...input, schedule })),
  )
  for (const id of ids.slice(0, 2)) {
    const { job } = await eventually(
      () => client.data<Job>(JOB, { id }),
      (answer) => answer.job.status.phase === 'COMPLETED' && answer.job.state === 'COMPLETED',
    )
    expect(job.executions.totalCount).toBe(1)
  }
  const [, , manual] = ids
  const trigger = 'mutation ($id: ID!, $key: String) { triggerJob(id: $id, idempotencyKey: $key) { executionId } }'
  const [one, same, other] = [
    await client.data<{ triggerJob: { executionId: string } }>(trigger, { id: manual, key: 'a' }),
    await client.data<{ triggerJob: { executionId: string } }>(trigger, { id: manual, key: 'a' }),
    await client.data<{ triggerJob: { executionId: string } }>(trigger, { id: manual, key: 'b' }),
  ]
  expect(one.triggerJob.executionId).toBe(same.triggerJob.executionId)
  expect(one.triggerJob.executionId).not.toBe(other.triggerJob.executionId)
  const { job } = await eventually(
    () => client.data<Job>(JOB, { id: manual }),
    (answer) => answer.job.status.succeededCount === 2,
  )
  expect(job.status.phase).toBe('WAITING')
})

test('an update is refused when somebody was first, and takes effect once', async () => {
  const client = await world.user()
  const id = await createJob(client, { jobType: 'ECHO', schedule: '@manually', params: { message: 'v1' } })
  const update = `mutation ($id: ID!, $input: UpdateJobInput!) { updateJob(id: $id, input: $input, expectedVersion: 1) { version } }`
  const first = await client.graphql(update, { id, input: { params: { message: 'v2' } } })
  const second = await client.graphql(update, { id, input: { params: { message: 'v3' } } })
  expect(first.data).toEqual({ updateJob: { version: 2 } })
  expect(second.errors[0]?.extensions).toMatchObject({ code: 'VERSION_CONFLICT' })
})

test('ten thousand jobs in one call are all there, and all run', { timeout: 120_000 }, async () => {
  const client = await world.user()
  const inputs = Array.from({ length: 10_000 }, (_, index) => ({
    jobType: 'ECHO',
    schedule: '@now',
    params: { index },
  }))
  const { createJobs } = await client.data<{ createJobs: { id: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }',
    { inputs },
  )
  expect(new Set(createJobs.map(({ id }) => id)).size).toBe(10_000)
  const counts =
    '{ jobs(filter: { states: [COMPLETED] }, first: 1) { totalCount } executions(filter: { statuses: [SUCCEEDED] }, first: 1) { totalCount } }'
  await eventually(
    () => client.data<{ jobs: { totalCount: number }; executions: { totalCount: number } }>(counts),
    ({ jobs, executions }) => jobs.totalCount === 10_000 && executions.totalCount === 10_000,
    100_000,
  )
})

test('jobs that are wrong are refused with the path of what is wrong, and none is made', async () => {
  const client = await world.user()
  const bad = await client.graphql('mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }', {
    input: { jobType: 'REPORT', schedule: '*/5 * * * *', params: { reportType: 'weather' } },
  })
  expect(bad.errors[0]?.extensions).toMatchObject({
    code: 'INVALID_PARAMS',
    details: { errors: [expect.objectContaining({ path: 'params.reportType' })] },
  })
  const good = { jobType: 'ECHO', schedule: '@manually', params: {} }
  const many = await client.graphql('mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }', {
    inputs: [good, { ...good, schedule: '99 * * * *' }, good],
  })
  expect(many.errors[0]?.extensions).toMatchObject({ details: { errors: [{ index: 1, code: 'INVALID_SCHEDULE' }] } })
  expect(await client.data('{ jobs { totalCount } }')).toEqual({ jobs: { totalCount: 0 } })
})
