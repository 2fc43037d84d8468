import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ExecutionLifecycle, executionChangedDefaults, fireDefaults, scheduleAdvancedDefaults } from '#avro'
import type { Row } from '#platform/database'
import { brokenLinks } from '#platform/event-store'
import { differences, rebuild } from '#platform/projections'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import {
  type CreateJobInput,
  createJob,
  type Job,
  jobStatusProjection,
  jobsProjection,
  pauseJob,
  rebuildJobStatus,
  resumeJob,
  updateJob,
} from './main.ts'

const alice = callerNamed('alice')
// The executions of a test end before the job is resumed by the system's clock, or long after.
const PAST = Date.UTC(2020, 0, 1)
const FUTURE = Date.UTC(2100, 0, 1)

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage()
  await stage.jobs.start()
})

afterEach(() => stage.close())

const jobOf = (input: Partial<CreateJobInput> = {}): Promise<Job> =>
  createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@every 1s', pauseOnFailures: 3, ...input })

/** An execution that ended. */
function ended({ id: jobId, workspaceId }: Job, status: ExecutionLifecycle, endedMs: number): ToldRecord {
  const executionId = `${endedMs}-${jobId}`
  const times = { scheduledFor: new Date(PAST), changedAt: new Date(endedMs) }
  const lifecycle = {
    previousStatus: 'RUNNING',
    status,
    attempt: 1,
    errorCode: null,
    ...executionChangedDefaults,
  } as const
  return { version: 1, changed: { executionId, jobId, workspaceId, ...lifecycle, ...times } }
}

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
}

async function rowsOf({ id }: Job): Promise<Row> {
  const sql = `select jobs.state, pause_reason, pause_note, pause_by, phase, job_state from jobs
    join job_status on job_status.job_id = jobs.id where jobs.id = ?`
  return (await stage.database.reader.get(sql, [id])) ?? {}
}

const rebuildBoth = async (): Promise<unknown> => [
  await rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) => differences(unit, jobStatusProjection)),
  await rebuild(stage.database, jobsProjection, (unit) => differences(unit, jobsProjection)),
]

const PAUSED = { state: 'PAUSED', phase: 'PAUSED', job_state: 'PAUSED', pause_reason: 'FAILURES' }

test('so many failures in a row pause a job, once, and everybody is told', async () => {
  const job = await jobOf()
  await tell(ended(job, 'FAILED', PAST + 1), ended(job, 'FAILED', PAST + 2))
  expect(await rowsOf(job)).toMatchObject({ state: 'ACTIVE' })
  await tell(ended(job, 'FAILED', PAST + 3))
  expect(await rowsOf(job)).toEqual({ ...PAUSED, pause_note: '3 failures in a row', pause_by: 'jobs' })
  await tell(ended(job, 'FAILED', PAST + 4), ended(job, 'FAILED', PAST + 5))
  const events = await stage.database.reader.all('select type, actor, correlation_id from events where version > 1')
  expect(events).toEqual([{ type: 'JobPaused', actor: 'jobs', correlation_id: 'c' }])
  const sent = await stage.database.reader.all('select version, previous, record_key from outbox where version > 1')
  expect(sent).toEqual([{ version: 2, previous: 1, record_key: job.id }])
  const query =
    'query ($id: ID!) { job(id: $id) { pause { by user { id } reason note } status { phase consecutiveFailures } } }'
  expect(await stage.ask(query, { id: job.id })).toEqual({
    pause: { by: 'jobs', user: null, reason: 'FAILURES', note: '3 failures in a row' },
    status: { phase: 'PAUSED', consecutiveFailures: 5 },
  })
  expect(await brokenLinks(stage.database.reader, `job-${job.id}`)).toEqual([])
  expect(await rebuildBoth()).toEqual([[], []])
})

test('a success begins the count anew, by the order in which executions ended', async () => {
  const [job, other] = [await jobOf(), await jobOf()]
  await tell(ended(job, 'FAILED', PAST + 1), ended(job, 'FAILED', PAST + 2), ended(job, 'SUCCEEDED', PAST + 3))
  await tell(ended(job, 'FAILED', PAST + 4), ended(job, 'FAILED', PAST + 5))
  expect(await rowsOf(job)).toMatchObject({ state: 'ACTIVE' })
  // Told late, it ended before: two of these failures came after it.
  await tell(ended(other, 'FAILED', PAST + 1), ended(other, 'FAILED', PAST + 4), ended(other, 'SUCCEEDED', PAST + 3))
  await tell(ended(other, 'FAILED', PAST + 5))
  expect(await rowsOf(other)).toMatchObject({ state: 'ACTIVE' })
  await tell(ended(other, 'FAILED', PAST + 6))
  expect(await rowsOf(other)).toMatchObject(PAUSED)
  expect(await rebuildBoth()).toEqual([[], []])
})

test('a time-out counts as a failure; what was cancelled or expired neither counts nor begins anew', async () => {
  const job = await jobOf()
  await tell(ended(job, 'FAILED', PAST + 1), ended(job, 'CANCELLED', PAST + 2), ended(job, 'TIMED_OUT', PAST + 3))
  await tell(ended(job, 'EXPIRED', PAST + 4), ended(job, 'CANCELLED', PAST + 5))
  expect(await rowsOf(job)).toMatchObject({ state: 'ACTIVE' })
  await tell(ended(job, 'TIMED_OUT', PAST + 6))
  expect(await rowsOf(job)).toMatchObject(PAUSED)
  expect(await rebuildBoth()).toEqual([[], []])
})

test('a resume begins the count anew', async () => {
  const job = await jobOf()
  await tell(...[1, 2, 3].map((ms) => ended(job, 'FAILED', PAST + ms)))
  await resumeJob(stage.jobs.parts, alice, { jobId: job.id })
  await tell(ended(job, 'FAILED', PAST + 4), ended(job, 'FAILED', FUTURE + 1), ended(job, 'FAILED', FUTURE + 2))
  expect(await rowsOf(job)).toMatchObject({ state: 'ACTIVE' })
  await tell(ended(job, 'FAILED', FUTURE + 3))
  expect(await rowsOf(job)).toMatchObject(PAUSED)
  expect(await rebuildBoth()).toEqual([[], []])
})

test('an edit counts from the next failure on, and null never pauses', async () => {
  const job = await jobOf({ pauseOnFailures: null })
  await tell(...[1, 2, 3, 4].map((ms) => ended(job, 'FAILED', PAST + ms)))
  expect(await rowsOf(job)).toMatchObject({ state: 'ACTIVE' })
  await updateJob(stage.jobs.parts, alice, { jobId: job.id, pauseOnFailures: 1 })
  expect(await rowsOf(job)).toMatchObject({ state: 'ACTIVE' })
  await tell(ended(job, 'FAILED', PAST + 5))
  expect(await rowsOf(job)).toMatchObject({ ...PAUSED, pause_note: '1 failure' })
  expect(await rebuildBoth()).toEqual([[], []])
})

test('a pause that somebody asked for stays theirs, and a job that is over is completed', async () => {
  const [paused, over] = [await jobOf(), await jobOf({ schedule: '@now', pauseOnFailures: 1 })]
  await pauseJob(stage.jobs.parts, alice, { jobId: paused.id, note: 'mine' })
  await tell(...[1, 2, 3].map((ms) => ended(paused, 'FAILED', PAST + ms)))
  expect(await rowsOf(paused)).toMatchObject({ state: 'PAUSED', pause_reason: 'ASKED', pause_note: 'mine' })
  const { id: jobId, workspaceId } = over
  const decided = {
    jobId,
    workspaceId,
    appliedVersion: 1,
    nextFireAt: null,
    exhausted: true,
    decidedAt: new Date(PAST),
  }
  const [run] = [ended(over, 'FAILED', PAST + 1)]
  const fired = [{ executionId: `${PAST + 1}-${jobId}`, cause: 'schedule', scheduledFor: new Date(PAST) }]
  await tell(
    {
      version: 1,
      advanced: { ...scheduleAdvancedDefaults, ...decided, fired: fired.map((fire) => ({ ...fireDefaults, ...fire })) },
    },
    run,
  )
  expect(await rowsOf(over)).toMatchObject({ state: 'COMPLETED', phase: 'COMPLETED' })
  expect(await rebuildBoth()).toEqual([[], []])
})
