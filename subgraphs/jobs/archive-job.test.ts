import { afterEach, beforeEach, expect, test } from 'vitest'
import { type JobChanged, scheduleAdvancedDefaults } from '#avro'
import { differences, rebuild } from '#platform/projections'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { fire } from './ledger.fixture.ts'
import { archiveJob, createJob, type Job, jobsProjection, pauseJob } from './main.ts'

const alice = callerNamed('alice')
const T = Date.UTC(2026, 10, 23, 12)

let stage: JobsStage
let job: Job

beforeEach(async () => {
  stage = await openStage()
  job = await createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@manually' })
})

afterEach(() => stage.close())

/** What the scheduler is told of the end of a job: who wants its open executions to end. */
async function told(): Promise<readonly (string | null)[]> {
  const { schemas } = stage.jobs.parts
  const id = await schemas.register('carillon.jobs.JobChanged')
  const rows = await stage.database.reader.all<{ body: Uint8Array }>('select body from outbox order by position')
  const values = await Promise.all(rows.map(({ body }) => schemas.decode(schemas.frame(id, body))))
  return values
    .map(({ value }) => value as JobChanged)
    .filter(({ change }) => change === 'ARCHIVED')
    .map(({ cancelsOpen }) => cancelsOpen?.by ?? null)
}

const ARCHIVE = `mutation ($id: ID!, $executions: OpenExecutions) {
  archiveJob(id: $id, executions: $executions) { state version archive { executions openCount user { id } } } }`

test('an archive says how many executions were open, and what becomes of them', async () => {
  await stage.jobs.start()
  const times = [new Date(T), new Date(T + 1)]
  const { id: jobId, workspaceId } = job
  const fired = times.map((time) => fire(time))
  const decidedAt = new Date(T)
  const plain = { ...scheduleAdvancedDefaults, appliedVersion: 1, nextFireAt: null, exhausted: false, decidedAt }
  await stage.tell({ version: 1, advanced: { jobId, workspaceId, ...plain, fired } })
  await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
  expect(await stage.ask(ARCHIVE, { id: job.id, executions: 'CANCEL' })).toEqual({
    ...{ state: 'ARCHIVED', version: 2 },
    archive: { executions: 'CANCEL', openCount: 2, user: { id: 'user-alice' } },
  })
  expect(await told()).toEqual(['user-alice'])
})

test('a repetition changes nothing; who let executions finish may cancel them after all, once', async () => {
  const archive = (executions?: string) => stage.ask(ARCHIVE, { id: job.id, executions })
  const finished = { version: 2, archive: { executions: 'LET_FINISH' } }
  const cancelled = { version: 3, archive: { executions: 'CANCEL' } }
  expect(await archive()).toMatchObject(finished)
  const { archive: first } = await archiveJob(stage.jobs.parts, alice, { jobId: job.id })
  expect(await archive('LET_FINISH')).toMatchObject(finished)
  expect(await archive('CANCEL')).toMatchObject(cancelled)
  expect(await archive('CANCEL')).toMatchObject(cancelled)
  expect(await archive()).toMatchObject(cancelled)
  expect(await told()).toEqual([null, 'user-alice'])
  const after = await archiveJob(stage.jobs.parts, alice, { jobId: job.id })
  expect(after.archive?.at).toEqual(first?.at)
})

test('what is kept of the end of a job, and of what it follows, is what its events say', async () => {
  const { parts } = stage.jobs
  const input = { jobType: 'ECHO', schedule: '@manually', afterJob: { jobId: job.id, on: 'ANY' } } as const
  const [second, third] = [await createJob(parts, alice, input), await createJob(parts, alice, input)]
  await pauseJob(parts, alice, { jobId: second.id })
  await archiveJob(parts, alice, { jobId: third.id, executions: 'CANCEL' })
  await rebuild(stage.database, jobsProjection, async (unit) => {
    expect(await differences(unit, jobsProjection)).toEqual([])
  })
  const rows = await stage.database.reader.all('select after_job_id, after_job_on from jobs order by id')
  const none = { after_job_id: null, after_job_on: null }
  expect(rows).toEqual([none, { after_job_id: job.id, after_job_on: 'ANY' }, none])
})
