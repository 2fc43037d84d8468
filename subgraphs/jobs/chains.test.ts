import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ExecutionLifecycle, executionChangedDefaults, type JobChanged } from '#avro'
import { differences } from '#platform/projections'
import { applyFacts } from './commands/apply-facts.ts'
import type { AfterJobOn } from './domain/after-job.ts'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { recordsOf } from './ledger.fixture.ts'
import {
  archiveJob,
  type CreateJobInput,
  createJob,
  createJobs,
  type Job,
  jobStatusProjection,
  rebuildJobStatus,
  updateJob,
} from './main.ts'

const alice = callerNamed('alice')
const T = Date.UTC(2026, 10, 23, 12)

let stage: JobsStage
let first: Job

beforeEach(async () => {
  stage = await openStage()
  first = await made('first')
})

afterEach(() => stage.close())

function input(name: string, after?: Job, on?: AfterJobOn): CreateJobInput {
  const chain = after && { afterJob: { jobId: after.id, ...(on && { on }) } }
  return { jobType: 'ECHO', schedule: '@manually', name, params: { of: name }, ...chain }
}

function made(name: string, after?: Job, on?: AfterJobOn): Promise<Job> {
  return createJob(stage.jobs.parts, alice, input(name, after, on))
}

function follow(job: Job, after: Job | null): Promise<Job> {
  return updateJob(stage.jobs.parts, alice, { jobId: job.id, afterJob: after && { jobId: after.id } })
}

/** An execution of a job that comes to an end at once. */
function ended(job: Job, executionId: string, status: ExecutionLifecycle): ToldRecord {
  const { id: jobId, workspaceId } = job
  const times = { scheduledFor: new Date(T), changedAt: new Date(T + 1) }
  const told = { previousStatus: 'NONE', status, attempt: 1, errorCode: null, ...executionChangedDefaults } as const
  return { version: 1, changed: { executionId, jobId, workspaceId, ...told, ...times } }
}

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
}

/** What was triggered: `second after e1`, with the names of jobs. */
async function triggers(): Promise<readonly string[]> {
  const { schemas } = stage.jobs.parts
  const id = await schemas.register('carillon.jobs.JobChanged')
  const rows = await stage.database.reader.all<{ body: Uint8Array }>('select body from outbox order by position')
  const values = await Promise.all(rows.map(({ body }) => schemas.decode(schemas.frame(id, body))))
  return values.flatMap(({ value }) => {
    const { name, trigger, params, change } = value as JobChanged
    if (!trigger?.follows) return []
    expect({ change, params: trigger.params }).toEqual({ change: 'TRIGGERED', params })
    return `${name} after ${trigger.follows}`
  })
}

describe('what ends', () => {
  test.each([
    ['SUCCEEDED', ['any', 'success']],
    ['FAILED', ['any', 'failure']],
    ['TIMED_OUT', ['any', 'failure']],
    ['CANCELLED', ['any']],
    ['EXPIRED', ['any']],
    ['SKIPPED', []],
    ['RUNNING', []],
  ] as const)('%s leads to %j, each once, with its own params', async (status, names) => {
    await stage.jobs.start()
    await made('success', first, 'SUCCESS')
    await made('failure', first, 'FAILURE')
    await made('any', first, 'ANY')
    await tell(ended(first, 'e1', status))
    expect((await triggers()).toSorted()).toEqual(names.map((name) => `${name} after e1`))
  })

  test('leads on once, however often it is told: also to whoever has forgotten what he was told', async () => {
    await stage.jobs.start()
    const second = await made('second', first)
    await tell(ended(first, 'e1', 'SUCCEEDED'), ended(first, 'e2', 'SUCCEEDED'))
    expect(await triggers()).toEqual(['second after e1', 'second after e2'])
    const { workspaceId, id: jobId } = first
    const fact = { kind: 'execution', executionId: 'e1', previousStatus: 'RUNNING', status: 'SUCCEEDED' } as const
    const again = { ...fact, scheduledFor: new Date(T), at: new Date(T) }
    const told = { jobId, workspaceId, correlationId: 'c', causationId: 'c', fact: again }
    await stage.database.unit([], (unit) => applyFacts(unit, stage.jobs.parts, [told]))
    expect(await triggers()).toHaveLength(2)
    const events = await stage.database.reader.all(
      `select actor, correlation_id from events where stream = ? and type = 'JobTriggered'`,
      [`job-${second.id}`],
    )
    expect(events).toEqual(Array.from({ length: 2 }, () => ({ actor: 'jobs', correlation_id: 'c' })))
  })

  test('leads to nothing when all is made again from what was told', async () => {
    await stage.jobs.start()
    await made('second', first)
    await tell(ended(first, 'e1', 'SUCCEEDED'))
    const difference = await rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) =>
      differences(unit, jobStatusProjection),
    )
    expect(difference).toEqual([])
    expect(await triggers()).toEqual(['second after e1'])
  })

  test('leads to no archived job, and to none that follows no more or another job', async () => {
    await stage.jobs.start()
    const [gone, freed, moved] = [await made('gone', first), await made('freed', first), await made('moved', first)]
    await archiveJob(stage.jobs.parts, alice, { jobId: gone.id })
    await follow(freed, null)
    await follow(moved, await made('other'))
    await made('stays', first)
    await tell(ended(first, 'e1', 'SUCCEEDED'))
    expect(await triggers()).toEqual(['stays after e1'])
  })
})

test('the ledger says of a paused job that a chain did not run it, and of another one that it did', async () => {
  await stage.jobs.start()
  const second = await made('second', first)
  const cause = 'chain:e1'
  const at = { scheduledFor: new Date(T), wallTime: '', jobVersion: 2, isLate: false, effectiveAt: null }
  const skip = { from: new Date(T + 1), through: new Date(T + 1), count: 1, outcome: 'SKIPPED_PAUSED' } as const
  const { id: jobId, workspaceId } = second
  await tell({
    version: 1,
    advanced: {
      ...{ jobId, workspaceId, appliedVersion: 2, backfills: [], decidedThrough: null, tzdbVersion: '' },
      ...{ nextFireAt: null, exhausted: false, decidedAt: new Date(T + 2) },
      fired: [{ executionId: 'x', cause, ...at }],
      skipped: [{ ...skip, cause: 'chain:e2', reason: 'PAUSED', detail: 'note', jobVersion: 2, wallTime: null }],
    },
  })
  const { edges } = await recordsOf(stage, second, { from: new Date(T - 1), to: new Date(T + 9) })
  expect(edges.map(({ node }) => [node['outcome'], node['reason']])).toEqual([
    ['SKIPPED_PAUSED', 'PAUSED'],
    ['FIRED', 'CHAINED'],
  ])
})

describe('a chain', () => {
  test('is shown from both ends, and in the history', async () => {
    const second = await made('second', first)
    await made('third', first, 'ANY')
    const query = `query ($id: ID!) { job(id: $id) { afterJob { job { name } on } triggersJobs { name afterJob { on } } } }`
    expect(await stage.ask(query, { id: first.id })).toEqual({
      afterJob: null,
      triggersJobs: [
        { name: 'second', afterJob: { on: 'SUCCESS' } },
        { name: 'third', afterJob: { on: 'ANY' } },
      ],
    })
    expect(await stage.ask(query, { id: second.id })).toEqual({
      afterJob: { job: { name: 'first' }, on: 'SUCCESS' },
      triggersJobs: [],
    })
    await follow(second, null)
    const history = `query ($id: ID!) { job(id: $id) { afterJob { on } history(first: 1) { edges { node { changes { field before after } } } } } }`
    expect(await stage.ask(history, { id: second.id })).toEqual({
      afterJob: null,
      history: {
        edges: [
          { node: { changes: [{ field: 'afterJob', before: { jobId: first.id, on: 'SUCCESS' }, after: null }] } },
        ],
      },
    })
  })

  test('needs a job of the same workspace that is not archived', async () => {
    const { parts } = stage.jobs
    const bobs = await createJob(parts, callerNamed('bob'), input('his'))
    const path = 'afterJob.jobId'
    for (const jobId of [bobs.id, stage.clock.newId()]) {
      const afterJob = { jobId }
      const missing = { code: 'JOB_NOT_FOUND', message: 'no such job', details: { path } }
      await expect(createJob(parts, alice, { ...input('n'), afterJob })).rejects.toMatchObject(missing)
      await expect(updateJob(parts, alice, { jobId: first.id, afterJob })).rejects.toMatchObject(missing)
    }
    const gone = await archiveJob(parts, alice, { jobId: (await made('gone')).id })
    await expect(made('n', gone)).rejects.toMatchObject({ code: 'JOB_ARCHIVED', details: { path } })
    await expect(follow(first, gone)).rejects.toMatchObject({ code: 'JOB_ARCHIVED', details: { path } })
    await expect(createJobs(parts, alice, [input('n'), input('n', gone)])).rejects.toMatchObject({
      details: { errors: [{ index: 1, path, code: 'JOB_ARCHIVED' }] },
    })
  })

  test('never comes back to where it began: the refusal names the circle', async () => {
    const second = await made('second', first)
    const third = await made('third', second)
    const named = (...jobs: readonly Job[]): string => jobs.map(({ name, id }) => `${name} (${id})`).join(' → ')
    await expect(follow(first, third)).rejects.toMatchObject({
      code: 'CHAIN_CYCLE',
      message: `it would run after itself: ${named(first, second, third, first)}`,
      details: { path: 'afterJob.jobId', cycle: [first.id, second.id, third.id, first.id] },
    })
    await expect(follow(second, third)).rejects.toMatchObject({ details: { cycle: [second.id, third.id, second.id] } })
    await expect(follow(first, first)).rejects.toMatchObject({ details: { cycle: [first.id, first.id] } })
    await follow(third, first)
    await follow(second, third)
  })

  test('is not closed by two who change it at once', async () => {
    const second = await made('second')
    const results = await Promise.allSettled([follow(first, second), follow(second, first)])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CHAIN_CYCLE' } })
  })

  test('has at most twenty jobs, from wherever it is made longer', async () => {
    const { parts } = stage.jobs
    let last = first
    for (let n = 2; n <= 20; n++) last = await made(`job ${n}`, last)
    await expect(made('one more', last)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 20 } })
    await expect(follow(first, await made('before'))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    // What follows an archived job follows a chain of its own.
    await archiveJob(parts, alice, { jobId: first.id })
    await made('one more', last)
  })

  test('has at most twenty jobs after one', async () => {
    const { parts } = stage.jobs
    const many = Array.from({ length: 20 }, (_, index) => input(`n${index}`, first))
    await expect(createJobs(parts, alice, [...many, input('n', first)])).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
    const [one] = await createJobs(parts, alice, many)
    await expect(made('n', first)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    await archiveJob(parts, alice, { jobId: (one as Job).id })
    await made('n', first)
  })
})
