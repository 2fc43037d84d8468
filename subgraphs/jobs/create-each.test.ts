import { afterEach, beforeEach, expect, test } from 'vitest'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { archiveJob, type CreateJobInput, createJob } from './main.ts'

const alice = callerNamed('alice')
const echo: CreateJobInput = { jobType: 'ECHO', schedule: '@hourly' }

let stage: JobsStage

beforeEach(async () => {
  stage = await openStage()
})

afterEach(() => stage.close())

/** What each of some calls made at once came to: the name of its job, or the code of its refusal. */
async function outcomesOf(inputs: readonly CreateJobInput[]): Promise<readonly unknown[]> {
  const calls = inputs.map((input) => createJob(stage.jobs.parts, alice, input))
  const settled = await Promise.allSettled(calls)
  return settled.map((each) => (each.status === 'fulfilled' ? each.value.name : each.reason.code))
}

async function count(table: string): Promise<number> {
  return (await stage.database.reader.get<{ total: number }>(`select count(*) as total from ${table}`))?.total ?? -1
}

test('calls that are made at once are answered each for itself, and written together', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `job ${index}`)
  let commits = 0
  const stopCounting = stage.database.onCommit(() => (commits += 1))
  expect(await outcomesOf(names.map((name) => ({ ...echo, name })))).toEqual(names)
  stopCounting()
  expect(commits).toBeLessThan(20)
  expect(await count('jobs')).toBe(40)
  expect(await stage.database.reader.all('select distinct correlation_id from events')).toHaveLength(40)
})

test('what is wrong with one is told to that one alone', async () => {
  const outcomes = await outcomesOf([
    { ...echo, name: 'first' },
    { ...echo, name: 'second' },
    { ...echo, schedule: 'soon' },
    { ...echo, jobType: 'NONE' },
    { ...echo, name: 'third', idempotencyKey: 'k' },
    { ...echo, name: 'third', idempotencyKey: 'k' },
    { ...echo, name: 'other', idempotencyKey: 'k' },
    { ...echo, schedule: 'soon', idempotencyKey: 'bad' },
    { ...echo, schedule: 'soon', idempotencyKey: 'bad' },
    { ...echo, name: 'fourth' },
  ])
  const [refused, keyed] = ['INVALID_SCHEDULE', 'IDEMPOTENCY_KEY_REUSED']
  const wanted = ['first', 'second', refused, 'UNKNOWN_JOB_TYPE', 'third', 'third', keyed, refused, refused, 'fourth']
  expect(outcomes).toEqual(wanted)
  expect(await count('jobs')).toBe(4)
  // An honest repetition is none of whoever asks for something else under its key.
  const third = { ...echo, name: 'third', idempotencyKey: 'k' }
  expect(await outcomesOf([echo, { ...third, name: 'other' }, third])).toEqual(['ECHO @hourly', keyed, 'third'])
  const fifth = { ...echo, name: 'fifth', idempotencyKey: 'free' }
  expect(await outcomesOf([echo, { ...fifth, schedule: 'soon' }, fifth])).toEqual(['ECHO @hourly', refused, 'fifth'])
  // A key under which nothing was made is free.
  expect(await outcomesOf([{ ...echo, name: 'good', idempotencyKey: 'bad' }])).toEqual(['good'])
})

test('what the database alone can tell of one does not undo the others', async () => {
  const { parts } = stage.jobs
  const upstream = await createJob(parts, alice, echo)
  const followers = Array.from({ length: 21 }, (_, index) => ({
    ...echo,
    schedule: '@manually',
    name: `follower ${index}`,
    afterJob: { jobId: upstream.id },
  }))
  const outcomes = await outcomesOf([...followers, { ...echo, name: 'alone' }])
  expect(outcomes.filter((outcome) => outcome === 'LIMIT_EXCEEDED')).toHaveLength(1)
  expect(outcomes.at(-1)).toBe('alone')
  await archiveJob(parts, alice, { jobId: upstream.id })
  expect(await outcomesOf([{ ...echo, name: 'one' }, ...followers.slice(0, 2), { ...echo, name: 'two' }])).toEqual([
    'one',
    'JOB_ARCHIVED',
    'JOB_ARCHIVED',
    'two',
  ])
})
