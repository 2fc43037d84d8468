import { afterEach, beforeEach, expect, test } from 'vitest'
import { executionChangedDefaults } from '#avro'
import { differences } from '#platform/projections'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { brief, decided, fire, ledgerOf, recordsOf } from './ledger.fixture.ts'
import { createJob, type Job, jobStatusProjection, rebuildJobStatus } from './main.ts'

const alice = callerNamed('alice')
const T = Date.UTC(2026, 10, 23, 12)
const HOUR_MS = 3_600_000
const hour = (n: number): Date => new Date(T + n * HOUR_MS)

let stage: JobsStage
let job: Job

beforeEach(async () => {
  stage = await openStage()
  await stage.jobs.start()
  job = await createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@hourly' })
})

afterEach(() => stage.close())

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
}

const fired = (): ToldRecord =>
  decided(job, 1, { fired: [fire(hour(0)), fire(hour(1), { isLate: true }), fire(hour(2))], decidedAt: hour(2) })

/** The executions context tells that an execution waited too long. */
function expired(n: number): ToldRecord[] {
  const { executionId, scheduledFor, cause } = fire(hour(n))
  const { id: jobId, workspaceId } = job
  const told = { executionId, jobId, workspaceId, attempt: 0, scheduledFor, errorCode: null, changedAt: hour(n + 1) }
  const changed = { ...executionChangedDefaults, ...told, cause, jobVersion: 1 }
  return [
    { version: 1, changed: { ...changed, previousStatus: 'NONE', status: 'QUEUED' } },
    { version: 2, changed: { ...changed, previousStatus: 'QUEUED', status: 'EXPIRED' } },
  ]
}

/** The executions context tells that an execution was not run, since another one stood in its way. */
function skipped(n: number, errorCode: 'SKIPPED_OVERLAP' | 'DROPPED_BUFFER', hasWaited = false): ToldRecord[] {
  const { executionId, scheduledFor, cause } = fire(hour(n))
  const { id: jobId, workspaceId } = job
  const told = { executionId, jobId, workspaceId, attempt: 0, scheduledFor, changedAt: hour(n), cause, jobVersion: 1 }
  const end = { ...executionChangedDefaults, ...told, errorCode, blockedBy: 'e-other', status: 'SKIPPED' } as const
  if (!hasWaited) return [{ version: 1, changed: { ...end, previousStatus: 'NONE' } }]
  const waits = { ...end, errorCode: null, previousStatus: 'NONE', status: 'WAITING' } as const
  return [
    { version: 1, changed: waits },
    { version: 2, changed: { ...end, previousStatus: 'WAITING' } },
  ]
}

test('what waited and was replaced within one commit says so', async () => {
  const [told] = skipped(1, 'DROPPED_BUFFER')
  if (!told || !('changed' in told)) throw new Error('nothing was told')
  await tell({ ...told, changed: { ...told.changed, hadWaited: true } })
  await tell(fired())
  const reasons = (await recordsOf(stage, job)).edges.map(({ node }) => node['reason'])
  expect(reasons).toContain('REPLACED')
  expect(reasons).not.toContain('BUFFER_FULL')
})

test.each([
  ['after the fires', () => [[fired()], skips()]],
  ['before the fires', () => [skips(), [fired()]]],
  ['together with the fires', () => [[...skips(), fired()]]],
])('what overlap leaves out is the outcome of its nominal time, told %s', async (_when, batches) => {
  for (const records of batches()) await tell(...records)
  const listed = await recordsOf(stage, job)
  expect(brief(listed)).toEqual(['14:00 DROPPED_BUFFER', '13:00 SKIPPED_OVERLAP', '12:00 DROPPED_BUFFER'])
  expect(listed.edges.map(({ node }) => node['reason'])).toEqual(['REPLACED', 'EXECUTION_OPEN', 'BUFFER_FULL'])
  expect(brief(await recordsOf(stage, job, { outcome: ['SKIPPED_OVERLAP'] }))).toEqual(['13:00 SKIPPED_OVERLAP'])
  expect(brief(await ledgerOf(stage, { filter: { isLate: true } }))).toEqual(['13:00 SKIPPED_OVERLAP'])
  const found = await rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) =>
    differences(unit, jobStatusProjection),
  )
  expect(found).toEqual([])
})

const skips = (): ToldRecord[] => [
  ...skipped(0, 'DROPPED_BUFFER'),
  ...skipped(1, 'SKIPPED_OVERLAP'),
  ...skipped(2, 'DROPPED_BUFFER', true),
]

test('what overlap leaves out is told as skipped once, is no failure, and is explained by what stood in its way', async () => {
  await tell(fired(), ...skips())
  await tell(...skips())
  const sql = 'select kind, reason, detail, execution_id from missed where kind <> ? order by scheduled_for'
  const { executionId: execution_id } = fire(hour(1))
  const missed = await stage.database.reader.all(sql, ['LATE'])
  expect(missed).toHaveLength(3)
  const detail = 'execution e-other of the job had not ended'
  expect(missed[1]).toEqual({ kind: 'SKIPPED', reason: 'EXECUTION_OPEN', detail, execution_id })
  const query = `query ($id: ID!) { job(id: $id) {
    status { skippedCount waitingCount failedCount consecutiveFailures lastOutcome phase }
    explain(at: "2026-11-23T13:00") { verdict message occurrence { outcome } } } }`
  expect(await stage.ask(query, { id: job.id })).toMatchObject({
    status: {
      ...{ skippedCount: 3, waitingCount: 0, failedCount: 0, consecutiveFailures: 0, lastOutcome: 'SKIPPED' },
      phase: 'WAITING',
    },
    explain: {
      verdict: 'SKIPPED',
      message: expect.stringContaining(`but it was not run: ${detail}`),
      occurrence: { outcome: 'SKIPPED_OVERLAP' },
    },
  })
})

test.each([
  ['after the fire', () => [[fired()], [...expired(0), ...expired(1)]]],
  ['before the fire', () => [[...expired(0), ...expired(1)], [fired()]]],
  ['together with the fire', () => [[...expired(0), ...expired(1), fired()]]],
])('an execution that expired is the outcome of its nominal time, told %s', async (_when, batches) => {
  for (const records of batches()) await tell(...records)
  const listed = await recordsOf(stage, job)
  expect(brief(listed)).toEqual(['14:00 FIRED', '13:00 EXPIRED', '12:00 EXPIRED'])
  expect(listed.edges[1]?.node).toMatchObject({ reason: 'SCHEDULE_TO_START', count: 1 })
  expect(brief(await recordsOf(stage, job, { outcome: ['EXPIRED'] }))).toHaveLength(2)
  expect(brief(await recordsOf(stage, job, { outcome: ['FIRED'] }))).toEqual(['14:00 FIRED'])
  expect(brief(await ledgerOf(stage, { filter: { isLate: true } }))).toEqual(['13:00 EXPIRED'])
  expect(listed.totalCount).toBe(3)
})

test('it is told as missed once, counts as expired and not as failed, and is explained', async () => {
  await tell(fired(), ...expired(0))
  await tell(...expired(0))
  const sql = 'select kind, scheduled_for, execution_id, reason, job_version from missed where kind <> ?'
  expect(await stage.database.reader.all(sql, ['LATE'])).toEqual([
    {
      kind: 'EXPIRED',
      scheduled_for: hour(0).getTime(),
      execution_id: fire(hour(0)).executionId,
      reason: 'SCHEDULE_TO_START',
      job_version: 1,
    },
  ])
  const query = `query ($id: ID!) { job(id: $id) {
    status { expiredCount failedCount consecutiveFailures lastOutcome phase }
    explain(at: "2026-11-23T12:00") { verdict message occurrence { outcome } } } }`
  expect(await stage.ask(query, { id: job.id })).toMatchObject({
    status: { expiredCount: 1, failedCount: 0, consecutiveFailures: 0, lastOutcome: 'EXPIRED', phase: 'QUEUED' },
    explain: {
      verdict: 'FIRED',
      message: expect.stringContaining('but its execution did not start within scheduleToStart'),
      occurrence: { outcome: 'EXPIRED' },
    },
  })
})

test('a ledger that is made again says the same', async () => {
  await tell(...expired(0), fired(), ...expired(1))
  const found = await rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) =>
    differences(unit, jobStatusProjection),
  )
  expect(found).toEqual([])
})
