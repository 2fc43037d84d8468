import { afterEach, beforeEach, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { archiveJob, type CreateJobInput, createJob, createJobs, triggerJob, updateJob } from './main.ts'

const alice = callerNamed('alice')
const echo: CreateJobInput = { jobType: 'ECHO', schedule: '@hourly', idempotencyKey: 'k' }
const clock = movedClock(new Date('2026-11-23T12:00:00Z'))

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage(clock)
})

afterEach(() => stage.close())

async function eventCount(): Promise<number> {
  const row = await stage.database.reader.get<{ total: number }>('select count(*) as total from events')
  return row?.total ?? -1
}

test('the same key with the same input gives the job of then, as it is now', async () => {
  const { parts } = stage.jobs
  const at = { ...echo, schedule: '@at 2026-11-23T11:59:01Z', params: { a: 1, b: [{ c: 2, d: 3 }] } }
  const job = await createJob(parts, alice, at)
  const renamed = await updateJob(parts, alice, { jobId: job.id, name: 'renamed' })
  await clock.advance(2_000)
  // By now its time lies too far back for a new job.
  const fresh = createJob(parts, alice, { ...at, idempotencyKey: 'new' })
  await expect(fresh).rejects.toMatchObject({ code: 'INVALID_SCHEDULE' })
  const again = { name: null, ...at, params: { b: [{ d: 3, c: 2 }], a: 1 } }
  expect(await createJob(parts, alice, again)).toEqual(renamed)
  await archiveJob(parts, alice, { jobId: job.id })
  expect(await createJob(parts, alice, again)).toMatchObject({ id: job.id, state: 'ARCHIVED' })
  expect(await eventCount()).toBe(3)
})

test('another input under the key is refused, and makes nothing', async () => {
  const { parts } = stage.jobs
  await createJob(parts, alice, { ...echo, params: { a: null } })
  for (const other of [{ schedule: '@daily' }, { params: {} }, { name: 'n' }, { timeouts: { startToClose: null } }]) {
    const refused = createJob(parts, alice, { ...echo, params: { a: null }, ...other })
    await expect(refused).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', details: { path: 'idempotencyKey' } })
  }
  expect(await eventCount()).toBe(1)
})

test('a key that is reused is all that is told of a request, however wrong that is in itself', async () => {
  const { parts } = stage.jobs
  const job = await createJob(parts, alice, echo)
  const wrong = { ...echo, jobType: 'NOPE', schedule: 'soon', afterJob: { jobId: 'none' } }
  const [code, path] = ['IDEMPOTENCY_KEY_REUSED', 'idempotencyKey']
  await expect(createJob(parts, alice, wrong)).rejects.toMatchObject({ code, details: { path } })
  await expect(createJobs(parts, alice, [wrong])).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    details: { errors: [{ index: 0, path, code }] },
  })
  const trigger = (params: unknown) => triggerJob(parts, alice, { jobId: job.id, idempotencyKey: 'k', params })
  await trigger({})
  await expect(trigger([])).rejects.toMatchObject({ code })
})

test('two who create under one key at once get one job', async () => {
  const { parts } = stage.jobs
  const jobs = await Promise.all(Array.from({ length: 5 }, () => createJob(parts, alice, echo)))
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
  const results = await Promise.allSettled([
    createJob(parts, alice, { ...echo, idempotencyKey: 'other' }),
    createJob(parts, alice, { ...echo, idempotencyKey: 'other', name: 'n' }),
  ])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'IDEMPOTENCY_KEY_REUSED' },
  })
  expect(await eventCount()).toBe(2)
})

test('the key of another workspace is another key', async () => {
  const { parts } = stage.jobs
  const [mine, yours] = [await createJob(parts, alice, echo), await createJob(parts, callerNamed('bob'), echo)]
  expect(mine.id).not.toBe(yours.id)
})

test('of many inputs those that are there stay as they are, in the order of the inputs', async () => {
  const { parts } = stage.jobs
  const first = await createJob(parts, alice, echo)
  const named = (idempotencyKey: string | null, name: string) => ({ ...echo, idempotencyKey, name })
  const inputs = [named('a', 'one'), echo, named(null, 'two'), named('a', 'one'), named(null, 'two')]
  const jobs = await createJobs(parts, alice, inputs)
  expect(jobs.map(({ name }) => name)).toEqual(['one', first.name, 'two', 'one', 'two'])
  expect(jobs[1]).toEqual(first)
  expect(jobs[3]).toEqual(jobs[0])
  expect(await eventCount()).toBe(4)
  const [one, again] = await createJobs(parts, alice, inputs)
  expect([one, again]).toEqual([jobs[0], first])
  expect(await eventCount()).toBe(6)
})

test('a key that was used for something else, or is too long, is told by the index of its input', async () => {
  const { parts } = stage.jobs
  await createJob(parts, alice, echo)
  const twice = { ...echo, idempotencyKey: 'twice' }
  const long = { ...echo, idempotencyKey: 'x'.repeat(101), schedule: 'soon' }
  const inputs = [twice, { ...twice, name: 'n' }, { ...echo, name: 'n' }, long, { ...echo, idempotencyKey: '' }]
  await expect(createJobs(parts, alice, inputs)).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    details: {
      errors: [
        { index: 1, path: 'idempotencyKey', code: 'IDEMPOTENCY_KEY_REUSED' },
        { index: 2, path: 'idempotencyKey', code: 'IDEMPOTENCY_KEY_REUSED' },
        { index: 3, path: 'idempotencyKey', code: 'BAD_USER_INPUT' },
        { index: 3, path: 'schedule', code: 'INVALID_SCHEDULE' },
        { index: 4, path: 'idempotencyKey', code: 'BAD_USER_INPUT' },
      ],
    },
  })
  expect(await eventCount()).toBe(1)
})

test('what nobody can see has no place in a key or a name; a schedule over two lines still gives a name', async () => {
  const { parts } = stage.jobs
  for (const bad of [
    { idempotencyKey: 'a\u0000b' },
    { idempotencyKey: 'k ' },
    { idempotencyKey: '\ud800' },
    { name: 'a\u001b[31mb' },
    { name: 'two\nlines' },
  ]) {
    const refused = createJob(parts, alice, { ...echo, ...bad })
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { path: Object.keys(bad)[0] } })
  }
  const { name } = await createJob(parts, alice, { ...echo, schedule: '0 *\n* * *', name: null })
  expect(name).toBe('ECHO 0 * * * *')
})
