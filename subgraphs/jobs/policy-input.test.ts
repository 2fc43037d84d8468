import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import type { CreateJobInput } from './commands/job-input.ts'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { createJob, createJobs, type Job, updateJob } from './main.ts'

const alice = callerNamed('alice')
const DAY_MS = 86_400_000

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage(movedClock(new Date('2026-11-23T12:00:00Z')))
})

afterEach(() => stage.close())

const create = (input: Partial<CreateJobInput> = {}): Promise<Job> =>
  createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@hourly', ...input })

const SHOWN = `query ($id: ID!) { job(id: $id) {
  retry { attemptsMax backoff backoffMax nonRetryable }
  timeouts { scheduleToStart startToClose scheduleToClose heartbeat }
  onUnknown cancelGrace overlap bufferMax retention { executions logs }
  priority concurrencyKey concurrencyMax rate { perMinute burst } } }`

const whole = {
  retry: { attemptsMax: 5, backoff: 2_000, backoffMax: 60_000, nonRetryable: ['NO', 'BAD', 'NO'] },
  timeouts: { scheduleToStart: 1_000, startToClose: 60_000, scheduleToClose: DAY_MS, heartbeat: 30_000 },
  onUnknown: 'HOLD',
  cancelGrace: 0,
  retention: { executions: 90 * DAY_MS, logs: DAY_MS },
  priority: 9,
  concurrencyKey: 'params.customer',
  concurrencyMax: 3,
  rate: { perMinute: 90 },
  overlap: 'BUFFER_ALL',
  bufferMax: 7,
} as const

describe('how executions are run', () => {
  test('is the default where a job says nothing', async () => {
    const job = await create()
    expect(job.policy).toBe('{}')
    expect(await stage.ask(SHOWN, { id: job.id })).toEqual({
      retry: { attemptsMax: 1, backoff: '1s', backoffMax: '15m', nonRetryable: [] },
      timeouts: { scheduleToStart: null, startToClose: '1h', scheduleToClose: null, heartbeat: null },
      onUnknown: 'RETRY',
      cancelGrace: '10s',
      retention: { executions: null, logs: null },
      ...{ priority: 5, concurrencyKey: null, concurrencyMax: null, rate: null },
      overlap: 'SKIP',
      bufferMax: 1_000,
    })
  })

  test('is what its job says', async () => {
    const job = await create(whole)
    expect(await stage.ask(SHOWN, { id: job.id })).toEqual({
      retry: { attemptsMax: 5, backoff: '2s', backoffMax: '1m', nonRetryable: ['BAD', 'NO'] },
      timeouts: { scheduleToStart: '1s', startToClose: '1m', scheduleToClose: '1d', heartbeat: '30s' },
      onUnknown: 'HOLD',
      cancelGrace: '0s',
      retention: { executions: '90d', logs: '1d' },
      ...{ priority: 9, concurrencyKey: 'params.customer', concurrencyMax: 3, rate: { perMinute: 90, burst: 2 } },
      overlap: 'BUFFER_ALL',
      bufferMax: 7,
    })
    const record = await stage.database.reader.get<{ policy: string }>('select policy from jobs where id = ?', [job.id])
    expect(JSON.parse(record?.policy ?? '')).toMatchObject({ attemptsMax: 5, onUnknown: 'HOLD', cancelGraceMs: 0 })
  })

  test('changes by what an update names; a null takes a time-out away', async () => {
    const { parts } = stage.jobs
    const { id: jobId } = await create(whole)
    const after = await updateJob(parts, alice, {
      jobId,
      retry: { attemptsMax: 9, backoff: null },
      timeouts: { startToClose: null, heartbeat: 5_000 },
      onUnknown: null,
      retention: { executions: null },
      ...{ priority: 0, concurrencyMax: null },
    })
    expect([after.version, JSON.parse(after.policy)]).toEqual([
      2,
      {
        attemptsMax: 9,
        backoffMs: 2_000,
        backoffMsMax: 60_000,
        nonRetryable: ['BAD', 'NO'],
        scheduleToStartMs: 1_000,
        startToCloseMs: null,
        scheduleToCloseMs: DAY_MS,
        heartbeatMs: 5_000,
        onUnknown: 'HOLD',
        cancelGraceMs: 0,
        logsKeptMs: DAY_MS,
        ...{ priority: 0, concurrencyKey: 'params.customer', rate: { perMinute: 90, burst: 2 } },
        overlap: 'BUFFER_ALL',
        bufferMax: 7,
      },
    ])
    // The schedule counts on, and saying the same again changes nothing.
    expect(after.scheduledSince).toEqual(new Date('2026-11-23T12:00:00Z'))
    expect((await updateJob(parts, alice, { jobId, retry: { attemptsMax: 9 } })).version).toBe(2)
    expect((await updateJob(parts, alice, { jobId, name: 'another' })).policy).toBe(after.policy)
  })

  test('is in the history, as the graph writes it', async () => {
    const { id: jobId } = await create()
    await updateJob(stage.jobs.parts, alice, {
      jobId,
      retry: { attemptsMax: 3 },
      cancelGrace: 1_000,
      overlap: 'ALLOW_ALL',
    })
    const query = `query ($id: ID!) { job(id: $id) { history(first: 1) { edges { node { changes { field before after } } } } } }`
    const retry = { attemptsMax: 1, backoff: '1s', backoffMax: '15m', nonRetryable: [] }
    expect(await stage.ask(query, { id: jobId })).toMatchObject({
      history: {
        edges: [
          {
            node: {
              changes: [
                { field: 'retry', before: retry, after: { ...retry, attemptsMax: 3 } },
                { field: 'cancelGrace', before: '10s', after: '1s' },
                { field: 'overlap', before: 'SKIP', after: 'ALLOW_ALL' },
              ],
            },
          },
        ],
      },
    })
  })
})

describe('what is wrong is told with its place and its bounds', () => {
  test.each<[Partial<CreateJobInput>, string, string | undefined]>([
    [{ retry: { attemptsMax: 0 } }, 'retry.attemptsMax', '1'],
    [{ retry: { attemptsMax: 101 } }, 'retry.attemptsMax', '100'],
    [{ retry: { backoff: 0 } }, 'retry.backoff', '1ms'],
    [{ retry: { backoff: DAY_MS + 1 } }, 'retry.backoff', '1d'],
    [{ retry: { backoffMax: 0 } }, 'retry.backoffMax', '1ms'],
    [{ retry: { backoff: 5_000, backoffMax: 4_999 } }, 'retry.backoffMax', undefined],
    [{ retry: { nonRetryable: ['OK', 'not a code'] } }, 'retry.nonRetryable[1]', undefined],
    [{ retry: { nonRetryable: Array.from({ length: 51 }, (_, n) => `C${n}`) } }, 'retry.nonRetryable', undefined],
    [{ timeouts: { scheduleToStart: 999 } }, 'timeouts.scheduleToStart', '1s'],
    [{ timeouts: { startToClose: 367 * DAY_MS } }, 'timeouts.startToClose', '366d'],
    [{ timeouts: { scheduleToClose: 0 } }, 'timeouts.scheduleToClose', '1s'],
    [{ timeouts: { heartbeat: 10 } }, 'timeouts.heartbeat', '1s'],
    [{ cancelGrace: 3_600_001 }, 'cancelGrace', '1h'],
    [{ retention: { executions: 3_599_999 } }, 'retention.executions', '1h'],
    [{ retention: { logs: 36_501 * DAY_MS } }, 'retention.logs', '36500d'],
    [{ priority: 10 }, 'priority', '9'],
    [{ priority: -1 }, 'priority', '0'],
    [{ concurrencyMax: 0 }, 'concurrencyMax', '1'],
    [{ concurrencyMax: 1_001 }, 'concurrencyMax', '1000'],
    [{ rate: { perMinute: 0 } }, 'rate.perMinute', '1'],
    [{ rate: { perMinute: 60, burst: 60_001 } }, 'rate.burst', '60000'],
    [{ concurrencyKey: 'customer.id', concurrencyMax: 1 }, 'concurrencyKey', 'params.customer.id'],
    [{ concurrencyKey: 'params.a b', concurrencyMax: 1 }, 'concurrencyKey', undefined],
    [{ concurrencyKey: 'params.customer' }, 'concurrencyKey', undefined],
    [{ unique: { key: 'a..b', window: 60_000 } }, 'unique.key', undefined],
    [{ unique: { key: 'params.', window: 60_000 } }, 'unique.key', undefined],
    [{ unique: { key: 'x'.repeat(201), window: 60_000 } }, 'unique.key', undefined],
    [{ unique: { key: 'a', window: 999 } }, 'unique.window', '1s'],
    [{ bufferMax: 0 }, 'bufferMax', '1'],
    [{ bufferMax: 1_001 }, 'bufferMax', '1000'],
  ])('%j', async (input, path, suggestion) => {
    const refused = expect(create(input)).rejects
    await refused.toMatchObject({ code: 'BAD_USER_INPUT', details: { path, ...(suggestion && { suggestion }) } })
    const { id: jobId } = await create()
    const changed = expect(updateJob(stage.jobs.parts, alice, { jobId, ...input })).rejects
    await changed.toMatchObject({ code: 'BAD_USER_INPUT', details: { path } })
  })

  test('all of it together, for each of many inputs', async () => {
    const input = { jobType: 'ECHO', schedule: '@hourly' }
    const wrong = { ...input, retry: { attemptsMax: 0 }, timeouts: { heartbeat: 1 } }
    await expect(createJobs(stage.jobs.parts, alice, [input, wrong])).rejects.toMatchObject({
      details: {
        errors: [
          { index: 1, path: 'retry.attemptsMax' },
          { index: 1, path: 'timeouts.heartbeat' },
        ],
      },
    })
  })
})
