import { afterEach, beforeEach, expect, test } from 'vitest'
import { executionChangedDefaults } from '#avro'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { decided, fire, recordsOf } from './ledger.fixture.ts'
import { createJob, type Job, updateJob } from './main.ts'

const alice = callerNamed('alice')
const T = Date.UTC(2026, 10, 23, 12)
const unique = { key: 'customer.id', window: 3_600_000 }

let stage: JobsStage
let job: Job

beforeEach(async () => {
  stage = await openStage()
  job = await createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@manually', unique })
})

afterEach(() => stage.close())

test('what makes a duplicate is shown, stays over other changes, and is taken away by a null', async () => {
  const { parts } = stage.jobs
  const query = `query ($id: ID!) { job(id: $id) {
    unique { key window } history(first: 1) { edges { node { changes { field before after } } } } } }`
  const shown = { key: 'customer.id', window: '1h' }
  expect(await stage.ask(query, { id: job.id })).toMatchObject({ unique: shown })
  expect(JSON.parse(job.policy)).toEqual({ unique: { key: 'customer.id', windowMs: 3_600_000 } })
  await updateJob(parts, alice, { jobId: job.id, cancelGrace: 1_000 })
  expect(await stage.ask(query, { id: job.id })).toMatchObject({ unique: shown })
  await updateJob(parts, alice, { jobId: job.id, unique: null })
  expect(await stage.ask(query, { id: job.id })).toEqual({
    unique: null,
    history: { edges: [{ node: { changes: [{ field: 'unique', before: shown, after: null }] } }] },
  })
})

test.each([
  ['params.customer.id', 'customer.id'],
  ['params.params.id', 'params.id'],
  ['params', 'params'],
  ['paramsets.id', 'paramsets.id'],
])('the key %s is the path %s into the params', async (key, path) => {
  await updateJob(stage.jobs.parts, alice, { jobId: job.id, unique: { key, window: 3_600_000 } })
  expect(await stage.ask('query ($id: ID!) { job(id: $id) { unique { key } } }', { id: job.id })).toEqual({
    unique: { key: path },
  })
})

test.each(['the scheduler', 'the executions'])(
  'the ledger says of a duplicate what it is, if %s tells first',
  async (who) => {
    await stage.jobs.start()
    const { id: jobId, workspaceId } = job
    const [scheduledFor, cause] = [new Date(T), 'trigger:k']
    const fired = decided(job, 1, { fired: [fire(scheduledFor, { executionId: 'e2', cause })], decidedAt: new Date() })
    const told = { previousStatus: 'NONE', status: 'SKIPPED', attempt: 0, errorCode: 'DUPLICATE' } as const
    const more = { ...executionChangedDefaults, cause, jobVersion: 1, blockedBy: 'e1' }
    const skipped: ToldRecord = {
      version: 1,
      changed: { executionId: 'e2', jobId, workspaceId, scheduledFor, changedAt: new Date(T + 1), ...told, ...more },
    }
    for (const record of who === 'the scheduler' ? [fired, skipped] : [skipped, fired]) {
      await stage.tell(record)
      await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
    }
    const { edges } = await recordsOf(stage, job, { outcome: ['SKIPPED_DUPLICATE'] })
    expect(edges).toMatchObject([{ node: { reason: 'DUPLICATE', count: 1 } }])
    const status =
      'query ($id: ID!) { job(id: $id) { status { skippedCount } explain(at: "2026-11-23T12:00:00Z") { verdict message } } }'
    expect(await stage.ask(status, { id: jobId })).toMatchObject({
      status: { skippedCount: 1 },
      explain: { verdict: 'SKIPPED', message: expect.stringContaining('execution e1 of the job has the same key') },
    })
  },
)
