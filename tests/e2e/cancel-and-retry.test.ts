import { createClient } from 'graphql-ws'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { ApiClient } from '#platform/testing'
import { createJob, eventually, sharedWorld } from './world.ts'

const world = sharedWorld()

const CANCEL = `mutation ($id: ID!) { cancelExecution(id: $id, reason: "not today") { id status cancellation { reason } } }`
const STATUS = `query ($id: ID!) { job(id: $id) { retry { attemptsMax backoff } timeouts { startToClose } onUnknown cancelGrace
  status { phase lastOutcome retryingCount cancelledCount failedCount succeededCount } } }`

/** Gathers the statuses of a job's executions as they are pushed. */
function watching(client: ApiClient, jobId: string) {
  const socket = createClient({
    url: `${client.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${client.token}` },
  })
  const seen: { id: string; status: string; retryAt: string | null }[] = []
  const query = `subscription ($jobId: ID!) { executionChanged(jobId: $jobId) { id status retryAt } }`
  const events = socket.iterate<{ executionChanged: (typeof seen)[number] }>({ query, variables: { jobId } })
  void (async () => {
    for await (const { data } of events) if (data) seen.push(data.executionChanged)
  })()
  return { seen, stop: () => socket.dispose() }
}

test('what failed waits for its next attempt, and ends when somebody cancels it: all of it is pushed', async () => {
  const client = await world.user()
  const jobId = await createJob(client, {
    jobType: 'ECHO',
    schedule: '@manually',
    params: { message: 'no', errorCode: 'DOWN' },
    // One wait in a million is shorter than this test.
    retry: { attemptsMax: 3, backoff: '1d', backoffMax: '1d' },
    timeouts: { startToClose: '1m' },
  })
  const { seen, stop } = watching(client, jobId)
  await client.data('mutation ($jobId: ID!) { triggerJob(id: $jobId) { executionId } }', { jobId })
  await expect.poll(() => seen.at(-1), { timeout: 15_000 }).toMatchObject({ status: 'RETRYING' })
  const { id, retryAt } = seen.at(-1) ?? { id: '', retryAt: null }
  expect(Date.parse(retryAt ?? '')).toBeGreaterThan(Date.now())
  const retrying = await eventually(
    () => client.data<{ job: { status: object } }>(STATUS, { id: jobId }),
    ({ job }) => 'retryingCount' in job.status && job.status.retryingCount === 1,
  )
  expect(retrying.job).toMatchObject({
    retry: { attemptsMax: 3, backoff: '1d' },
    timeouts: { startToClose: '1m' },
    onUnknown: 'RETRY',
    cancelGrace: '10s',
    status: { phase: 'RETRYING', lastOutcome: null },
  })

  expect(await client.data(CANCEL, { id })).toMatchObject({
    cancelExecution: { status: 'CANCELLED', cancellation: { reason: 'not today' } },
  })
  await expect.poll(() => seen.at(-1), { timeout: 15_000 }).toEqual({ id, status: 'CANCELLED', retryAt: null })
  const ended = await eventually(
    () => client.data<{ job: { status: { cancelledCount: number } } }>(STATUS, { id: jobId }),
    ({ job }) => job.status.cancelledCount === 1,
  )
  expect(ended.job.status).toMatchObject({
    phase: 'WAITING',
    lastOutcome: 'CANCELLED',
    retryingCount: 0,
    failedCount: 0,
    succeededCount: 0,
  })
  await stop()
})

test('a task that runs is told to end within a second', async () => {
  const client = await world.user()
  const params = { durationMs: 60_000 }
  const jobId = await createJob(client, { jobType: 'SLEEP', schedule: '@manually', params })
  const { seen, stop } = watching(client, jobId)
  await client.data('mutation ($jobId: ID!) { triggerJob(id: $jobId) { executionId } }', { jobId })
  await expect.poll(() => seen.at(-1), { timeout: 15_000 }).toMatchObject({ status: 'RUNNING' })
  const id = seen.at(-1)?.id
  await client.data(CANCEL, { id })
  await expect.poll(() => seen.at(-1), { timeout: 15_000 }).toMatchObject({ status: 'CANCELLED' })
  const { execution } = await client.data<{
    execution: { cancellation: { requestedAt: string; acknowledgedAt: string }; attempts: unknown }
  }>('query ($id: ID!) { execution(id: $id) { cancellation { requestedAt acknowledgedAt } attempts { status } } }', {
    id,
  })
  const { requestedAt, acknowledgedAt } = execution.cancellation
  expect(Date.parse(acknowledgedAt) - Date.parse(requestedAt)).toBeLessThanOrEqual(1_000)
  expect(execution.attempts).toEqual([{ status: 'CANCELLED' }])
  await stop()
})

test('an archive ends what is open, if that is wished: what runs, and what has only just fired', async () => {
  const client = await world.user()
  const input = { jobType: 'SLEEP', schedule: '@manually', params: { durationMs: 60_000 }, overlap: 'ALLOW_ALL' }
  const jobId = await createJob(client, input)
  const { seen, stop } = watching(client, jobId)
  const trigger = 'mutation ($jobId: ID!) { triggerJob(id: $jobId) { executionId } }'
  await client.data(trigger, { jobId })
  await expect.poll(() => seen.at(-1), { timeout: 15_000 }).toMatchObject({ status: 'RUNNING' })
  await client.data(trigger, { jobId })
  const archive = `mutation ($jobId: ID!) { archiveJob(id: $jobId, executions: CANCEL) { state archive { executions openCount } } }`
  const { archiveJob } = await client.data<{ archiveJob: { archive: { openCount: number } } }>(archive, { jobId })
  expect(archiveJob).toMatchObject({ state: 'ARCHIVED', archive: { executions: 'CANCEL' } })
  expect(archiveJob.archive.openCount).toBeGreaterThan(0)
  const ended = await eventually(
    () => client.data<{ job: { status: { cancelledCount: number } } }>(STATUS, { id: jobId }),
    ({ job }) => job.status.cancelledCount === 2,
  )
  expect(ended.job.status).toMatchObject({ phase: 'ARCHIVED', lastOutcome: 'CANCELLED', succeededCount: 0 })
  await stop()
})

test('a job runs after another one: once for each of its executions that ends so', async () => {
  const client = await world.user()
  const echo = { jobType: 'ECHO', schedule: '@manually' }
  const load = await createJob(client, { ...echo, params: { message: 'loaded' } })
  const report = await createJob(client, { ...echo, params: { message: 'reported' }, afterJob: { jobId: load } })
  const alarm = await createJob(client, {
    ...{ ...echo, params: { message: 'alarm' } },
    afterJob: { jobId: load, on: 'FAILURE' },
  })
  const mail = await createJob(client, {
    ...{ ...echo, params: { message: 'sent' } },
    afterJob: { jobId: report, on: 'ANY' },
  })
  const { triggerJob } = await client.data<{ triggerJob: { executionId: string } }>(
    'mutation ($load: ID!) { triggerJob(id: $load) { executionId } }',
    { load },
  )
  const executions = 'query ($id: ID!) { executions(filter: { jobId: $id }) { edges { node { id cause status } } } }'
  type Ran = { executions: { edges: { node: { id: string; cause: string; status: string } }[] } }
  const ran = (id: string): Promise<Ran> => client.data<Ran>(executions, { id })
  const { executions: mails } = await eventually(
    () => ran(mail),
    ({ executions: { edges } }) => edges[0]?.node.status === 'SUCCEEDED',
  )
  const { executions: reports } = await ran(report)
  expect(reports.edges).toMatchObject([{ node: { cause: `chain:${triggerJob.executionId}`, status: 'SUCCEEDED' } }])
  expect(mails.edges).toMatchObject([{ node: { cause: `chain:${reports.edges[0]?.node.id}` } }])
  expect((await ran(alarm)).executions.edges).toEqual([])
})
