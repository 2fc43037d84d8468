import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ExecutionLifecycle, executionChangedDefaults, fireDefaults, scheduleAdvancedDefaults } from '#avro'
import type { Row } from '#platform/database'
import { brokenLinks } from '#platform/event-store'
import { quarantined } from '#platform/messaging'
import { differences } from '#platform/projections'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import {
  createJob,
  createJobs,
  type Job,
  jobStatusProjection,
  pauseJob,
  rebuildJobStatus,
  resumeJob,
  triggerJob,
  updateJob,
} from './main.ts'

const alice = callerNamed('alice')
const T = Date.UTC(2026, 10, 23, 12)

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage()
  await stage.jobs.start()
})

afterEach(() => stage.close())

/** The scheduler's word on a job: what fired, and whether that was all. */
function advanced(
  { id: jobId, workspaceId }: Job,
  version: number,
  {
    fired = [],
    exhausted = false,
    appliedVersion = 1,
  }: { fired?: string[]; exhausted?: boolean; appliedVersion?: number } = {},
): ToldRecord {
  const fires = fired.map((executionId, index) => ({
    executionId,
    cause: 'schedule',
    scheduledFor: new Date(T + version * 10 + index),
    ...fireDefaults,
  }))
  const nextFireAt = exhausted ? null : new Date(T + version * 1_000)
  return {
    version,
    advanced: {
      jobId,
      workspaceId,
      appliedVersion,
      fired: fires,
      nextFireAt,
      exhausted,
      decidedAt: new Date(T + version),
      ...scheduleAdvancedDefaults,
    },
  }
}

/** The life of an execution, as it is told. */
function executed(
  { id: jobId, workspaceId }: Job,
  executionId: string,
  ...path: readonly ExecutionLifecycle[]
): ToldRecord[] {
  return path.map((status, index) => {
    const previousStatus = path[index - 1] ?? 'NONE'
    const times = { scheduledFor: new Date(T), changedAt: new Date(T + 100 + index) }
    const told = { previousStatus, status, attempt: 1, errorCode: null, ...executionChangedDefaults, ...times }
    const changed = { executionId, jobId, workspaceId, ...told }
    return { version: index + 1, changed }
  })
}

async function statusOf(job: Job): Promise<Row> {
  return (await stage.database.reader.get('select * from job_status where job_id = ?', [job.id])) ?? {}
}

async function settled(): Promise<void> {
  await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
}

async function jobOf(schedule = '@now'): Promise<Job> {
  return createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule })
}

test('a job that fires once is queued, runs, and is completed by its own event', async () => {
  const job = await jobOf()
  await stage.tell(advanced(job, 1, { fired: ['e'], exhausted: true }))
  await expect.poll(async () => (await statusOf(job))['phase']).toBe('QUEUED')
  await stage.tell(...executed(job, 'e', 'QUEUED', 'RUNNING', 'SUCCEEDED'))
  await settled()
  expect(await statusOf(job)).toMatchObject({
    phase: 'COMPLETED',
    job_state: 'COMPLETED',
    last_outcome: 'SUCCEEDED',
    last_execution_id: 'e',
    fired_count: 1,
    queued_count: 0,
    running_count: 0,
    succeeded_count: 1,
    failed_count: 0,
  })
  const row = await stage.database.reader.get('select state, version, sent_version from jobs')
  expect(row).toEqual({ state: 'COMPLETED', version: 2, sent_version: 1 })
  const events = await stage.database.reader.all('select type, actor, correlation_id from events where version = 2')
  expect(events).toEqual([{ type: 'JobCompleted', actor: 'jobs', correlation_id: 'c' }])
  expect(await brokenLinks(stage.database.reader, `job-${job.id}`)).toEqual([])
  // It follows from what the others said: they are not told.
  expect(await stage.database.reader.all('select * from outbox')).toHaveLength(1)
})

test('after a completion that nobody was told of, the next record follows the last that was', async () => {
  const job = await jobOf()
  await stage.tell(advanced(job, 1, { fired: ['e'], exhausted: true }), ...executed(job, 'e', 'FAILED'))
  await settled()
  await triggerJob(stage.jobs.parts, alice, { jobId: job.id })
  await updateJob(stage.jobs.parts, alice, { jobId: job.id, schedule: '@hourly' })
  const sent = await stage.database.reader.all('select version, previous from outbox order by position')
  expect(sent).toEqual([
    { version: 1, previous: 0 },
    { version: 3, previous: 1 },
    { version: 4, previous: 3 },
  ])
  expect(await statusOf(job)).toMatchObject({
    phase: 'WAITING',
    job_state: 'ACTIVE',
    last_outcome: 'FAILED',
    exhausted: 0,
  })
})

test('a job that others still run is not completed, and one that fires on never is', async () => {
  const [once, forever] = [await jobOf(), await jobOf('@every 1s')]
  await stage.tell(advanced(once, 1, { fired: ['a', 'b'], exhausted: true }), ...executed(once, 'a', 'SUCCEEDED'))
  await stage.tell(advanced(forever, 1, { fired: ['c'] }), ...executed(forever, 'c', 'RUNNING', 'SUCCEEDED'))
  await settled()
  expect(await statusOf(once)).toMatchObject({ phase: 'QUEUED', job_state: 'ACTIVE' })
  expect(await statusOf(forever)).toMatchObject({ phase: 'WAITING', job_state: 'ACTIVE', next_fire_at: T + 1_000 })
})

test('a job that ends while it is paused is completed once it is resumed', async () => {
  const job = await jobOf('@at 2100-01-01T00:00:00Z')
  await stage.tell(advanced(job, 1, { fired: ['e'], exhausted: true }))
  await settled()
  await pauseJob(stage.jobs.parts, alice, { jobId: job.id })
  await stage.tell(...executed(job, 'e', 'SUCCEEDED'))
  await settled()
  expect(await statusOf(job)).toMatchObject({ phase: 'PAUSED', job_state: 'PAUSED' })
  await resumeJob(stage.jobs.parts, alice, { jobId: job.id })
  expect(await statusOf(job)).toMatchObject({ phase: 'WAITING' })
  await stage.tell(advanced(job, 2, { exhausted: true, appliedVersion: 3 }))
  await expect.poll(async () => (await statusOf(job))['job_state']).toBe('COMPLETED')
})

test('records that come again, late or in another order leave the same status', async () => {
  const [straight, crooked] = await createJobs(
    stage.jobs.parts,
    alice,
    Array(2).fill({ jobType: 'ECHO', schedule: '@every 1s' }),
  )
  if (!straight || !crooked) throw new Error('no jobs')
  const storyOf = (job: Job): ToldRecord[] => [
    advanced(job, 1, { fired: [`1-${job.id}`, `2-${job.id}`] }),
    advanced(job, 2, { fired: [`3-${job.id}`] }),
    ...executed(job, `1-${job.id}`, 'QUEUED', 'RUNNING', 'SUCCEEDED'),
    ...executed(job, `2-${job.id}`, 'QUEUED', 'RUNNING', 'FAILED'),
    ...executed(job, `3-${job.id}`, 'RUNNING'),
  ]
  for (const record of storyOf(straight)) {
    await stage.tell(record)
    await settled()
  }
  const story = storyOf(crooked)
  // Backwards every record comes after a gap; then all comes again, twice.
  await stage.tell(...story.toReversed())
  await settled()
  await stage.tell(...story, ...story.toReversed())
  await settled()
  const [one, other] = [await statusOf(straight), await statusOf(crooked)]
  const told = (row: Row): object => JSON.parse(JSON.stringify(row).replaceAll(String(row['job_id']), '<id>'))
  expect(told(one)).toEqual(told(other))
  expect(one).toMatchObject({ fired_count: 3, running_count: 1, succeeded_count: 1, failed_count: 1, phase: 'RUNNING' })
})

test('a batch tells the watchers of a job once, however many records it has of it', async () => {
  const job = await jobOf('@every 1s')
  await stage.tell(...executed(job, 'e', 'QUEUED', 'RUNNING', 'SUCCEEDED'))
  await settled()
  const changes = await stage.database.reader.all<{ version: number }>('select version from changes order by position')
  expect(changes.at(-1)).toEqual({ version: 4 })
  expect(changes.length).toBeLessThanOrEqual(3)
})

test("a record of an unknown job, or under another's workspace, is parked, and others go on", async () => {
  const job = await jobOf('@every 1s')
  const stranger = { ...job, id: 'job-of-nobody' }
  const thief = { ...job, workspaceId: 'workspace-bob' }
  await stage.tell(
    ...executed(stranger, 'x', 'RUNNING'),
    ...executed(thief, 'y', 'RUNNING'),
    ...executed(job, 'z', 'RUNNING'),
  )
  await settled()
  await expect.poll(async () => (await quarantined(stage.database.reader)).length).toBe(2)
  expect(await statusOf(job)).toMatchObject({ running_count: 1, version: 2 })
})

async function busyStory(): Promise<void> {
  const { parts } = stage.jobs
  const inputs = Array.from({ length: 120 }, (_, index) => ({
    jobType: 'ECHO',
    schedule: index % 3 ? '@now' : '@every 1s',
  }))
  const jobs = await createJobs(parts, alice, inputs)
  for (const [index, job] of jobs.entries()) {
    const exhausted = job.schedule === '@now'
    await stage.tell(
      advanced(job, 1, { fired: [`a-${job.id}`], exhausted }),
      ...executed(job, `a-${job.id}`, 'QUEUED', 'RUNNING', index % 5 ? 'SUCCEEDED' : 'FAILED'),
    )
    if (index % 4 === 0) await pauseJob(parts, alice, { jobId: job.id })
    if (index % 8 === 0) await resumeJob(parts, alice, { jobId: job.id })
    if (index % 7 === 0) await updateJob(parts, alice, { jobId: job.id, schedule: '@every 2s' })
  }
  await settled()
}

const compare = (): Promise<readonly unknown[]> =>
  rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) => differences(unit, jobStatusProjection))

test('live equals rebuilt: the statuses from the own events and the topics', async () => {
  await busyStory()
  expect(await stage.database.reader.all("select * from job_status where job_state = 'COMPLETED'")).not.toEqual([])
  expect(await compare()).toEqual([])
  expect(await compare()).toEqual([])
  expect(await stage.database.reader.all("select * from inbox_marks where consumer <> 'jobs'")).toEqual([])
})

test.each([
  'update job_status set succeeded_count = succeeded_count + 1 where job_id in (select id from (select max(job_id) as id from job_status) last)',
  'delete from job_status where job_id in (select id from (select max(job_id) as id from job_status) last)',
  'update job_status set version = version - 1 where job_id in (select id from (select max(job_id) as id from job_status) last)',
])('a status that was lost or changed behind the facts is found: %s', async (harm) => {
  await busyStory()
  await stage.database.unit([], (unit) => unit.run(harm))
  expect(await compare()).toHaveLength(1)
})
