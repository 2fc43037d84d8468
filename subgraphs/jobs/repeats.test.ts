import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ExecutionLifecycle, executionChangedDefaults } from '#avro'
import { differences } from '#platform/projections'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { brief, decided, fire, recordsOf } from './ledger.fixture.ts'
import { createJob, type Job, jobStatusProjection, rebuildJobStatus } from './main.ts'

const T = Date.UTC(2026, 10, 23, 12)
const AT = new Date(T)

let stage: JobsStage
let job: Job

beforeEach(async () => {
  stage = await openStage()
  await stage.jobs.start()
  job = await createJob(stage.jobs.parts, callerNamed('alice'), { jobType: 'ECHO', schedule: '@now' })
})

afterEach(() => stage.close())

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
}

/** The life of an execution, as it is told. */
function lived(executionId: string, cause: string, ...path: readonly ExecutionLifecycle[]): ToldRecord[] {
  const { id: jobId, workspaceId } = job
  return path.map((status, index) => {
    const previousStatus = path[index - 1] ?? 'NONE'
    const times = { scheduledFor: AT, changedAt: new Date(T + 100 + index) }
    const told = { previousStatus, status, attempt: 1, errorCode: null, ...executionChangedDefaults, ...times }
    return { version: index + 1, changed: { executionId, jobId, workspaceId, ...told, cause, jobVersion: 1 } }
  })
}

const fired = (): ToldRecord =>
  decided(job, 1, { fired: [fire(AT, { executionId: 'first' })], exhausted: true, decidedAt: AT })

async function statusNow(): Promise<object> {
  const query = 'query ($id: ID!) { job(id: $id) { state status { phase succeededCount failedCount } } }'
  return stage.ask(query, { id: job.id })
}

test.each(['retry:first', 'replay:r'])(
  'what %s has run hides nothing that is open, and completes nothing',
  async (cause) => {
    await tell(...lived('again', cause, 'QUEUED', 'RUNNING', 'SUCCEEDED'), fired())
    // The execution that fired was not told of yet: it is open all the same.
    expect(await statusNow()).toMatchObject({ state: 'ACTIVE', status: { phase: 'QUEUED', succeededCount: 1 } })
    await tell(...lived('first', 'schedule', 'QUEUED', 'RUNNING', 'FAILED'))
    expect(await statusNow()).toMatchObject({ state: 'COMPLETED', status: { succeededCount: 1, failedCount: 1 } })
    await tell(...lived('third', cause, 'QUEUED', 'RUNNING'))
    expect(await statusNow()).toMatchObject({ state: 'COMPLETED', status: { phase: 'RUNNING' } })
    await tell(...lived('third', cause, 'QUEUED', 'RUNNING', 'SUCCEEDED'))
    expect(await statusNow()).toMatchObject({ state: 'COMPLETED', status: { phase: 'COMPLETED', succeededCount: 2 } })
  },
)

test('the ledger has nominal times alone, also where a retry has expired; made again it says the same', async () => {
  const retried = lived('again', 'retry:first', 'QUEUED', 'EXPIRED')
  await tell(fired(), ...lived('first', 'schedule', 'QUEUED', 'RUNNING', 'FAILED'), ...retried)
  await tell(...retried)
  expect(brief(await recordsOf(stage, job))).toEqual(['12:00 FIRED'])
  const missed = await stage.database.reader.all('select cause, execution_id from missed where kind = ?', ['EXPIRED'])
  expect(missed).toEqual([{ cause: 'retry:first', execution_id: 'again' }])
  const found = await rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) =>
    differences(unit, jobStatusProjection),
  )
  expect(found).toEqual([])
})
