import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DomainError, isDomainError } from '#platform/domain'
import { defaultTimingOptions } from '#platform/schedule'
import { type MovedClock, movedClock } from '#platform/testing'
import { type CreateJobInput, inputChecker } from './commands/job-input.ts'
import { resolveCalendars, type TimingInput } from './commands/timing-input.ts'
import { callerNamed, type JobsStage, openStage, stageJobTypes } from './jobs.fixture.ts'
import { createJob, createJobs, type Job, type UpdateJobInput, updateJob } from './main.ts'

const alice = callerNamed('alice')
const start = new Date('2026-11-23T12:00:00Z')
const DAY_MS = 86_400_000
const rules = { timeZone: null, workDays: [1, 2, 3, 4, 5], holidays: [], blackouts: [] }

let clock: MovedClock
let stage: JobsStage

beforeEach(async () => {
  clock = movedClock(start)
  stage = await openStage(clock)
})

afterEach(() => stage.close())

const create = (input: Partial<CreateJobInput>): Promise<Job> =>
  createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@hourly', ...input })
const update = (jobId: string, input: Omit<UpdateJobInput, 'jobId'>): Promise<Job> =>
  updateJob(stage.jobs.parts, alice, { jobId, ...input })

async function refusalOf(promise: Promise<unknown>): Promise<DomainError> {
  const outcome = await promise.catch((error: unknown) => error)
  if (isDomainError(outcome)) return outcome
  throw new Error(`not refused: ${JSON.stringify(outcome)}`)
}

describe('what is wrong is told with its place and a suggestion', () => {
  test.each<[string, Partial<CreateJobInput>, object]>([
    [
      'a zone that does not exist',
      { timeZone: 'Europe/Berln' },
      { code: 'INVALID_TIME_ZONE', details: { path: 'timeZone', suggestion: 'Europe/Berlin' } },
    ],
    [
      'an offset for a zone',
      { timeZone: '+02:00' },
      { code: 'INVALID_TIME_ZONE', details: { path: 'timeZone', suggestion: 'Etc/GMT-2' } },
    ],
    [
      'a sixth field meant as a year',
      { schedule: '0 9 1 1 * 2027' },
      { code: 'INVALID_SCHEDULE', details: { path: 'schedule', position: expect.any(Number) } },
    ],
    [
      'a range that runs backwards',
      { schedule: '0 22-2 * * *' },
      { code: 'INVALID_SCHEDULE', details: { path: 'schedule', position: 2, suggestion: expect.any(String) } },
    ],
    [
      'an expression that never fires',
      { schedule: '0 0 30 2 *' },
      { code: 'INVALID_SCHEDULE', details: { path: 'schedule', position: expect.any(Number) } },
    ],
    [
      'an end before the start',
      { startAt: new Date('2027-01-02'), endAt: new Date('2027-01-01') },
      { code: 'BAD_USER_INPUT', details: { path: 'endAt' } },
    ],
    [
      'an end that has passed',
      { endAt: new Date('2026-11-23T11:00:00Z') },
      { code: 'INVALID_SCHEDULE', details: { path: 'endAt' } },
    ],
    [
      'a window without a nominal time',
      { schedule: '@daily', startAt: new Date('2026-12-01T01:00Z'), endAt: new Date('2026-12-01T23:00Z') },
      { code: 'INVALID_SCHEDULE', details: { path: 'endAt' } },
    ],
    [
      'a start that is too far away',
      { startAt: new Date('2040-01-01') },
      { code: 'INVALID_SCHEDULE', details: { path: 'startAt' } },
    ],
    ['no fires at all', { firesMax: 0 }, { code: 'BAD_USER_INPUT', details: { path: 'firesMax', suggestion: '1' } }],
    [
      'a jitter of more than a day',
      { jitter: DAY_MS + 1 },
      { code: 'BAD_USER_INPUT', details: { path: 'jitter', suggestion: '1d' } },
    ],
    [
      'a catch-up of more than a year',
      { catchupWindow: 367 * DAY_MS },
      { code: 'BAD_USER_INPUT', details: { path: 'catchupWindow', suggestion: '366d' } },
    ],
    [
      'too many to catch up',
      { catchupMax: 1_001 },
      { code: 'BAD_USER_INPUT', details: { path: 'catchupMax', suggestion: '1000' } },
    ],
    [
      'nothing to catch up',
      { catchupMax: 0 },
      { code: 'BAD_USER_INPUT', details: { path: 'catchupMax', suggestion: '1' } },
    ],
    [
      'what would make every fire late',
      { lateAfter: 0 },
      { code: 'BAD_USER_INPUT', details: { path: 'lateAfter', suggestion: '1s' } },
    ],
    [
      'what would make none late',
      { lateAfter: 3_600_001 },
      { code: 'BAD_USER_INPUT', details: { path: 'lateAfter', suggestion: '1h' } },
    ],
    [
      'more failures than are counted',
      { pauseOnFailures: 1_001 },
      { code: 'BAD_USER_INPUT', details: { path: 'pauseOnFailures' } },
    ],
    [
      'a calendar that does not exist',
      { calendars: [{ name: 'none' }] },
      { code: 'UNKNOWN_CALENDAR', details: { path: 'calendars[0].name' } },
    ],
    [
      'too many calendars',
      { calendars: Array(11).fill({ name: 'none' }) },
      { code: 'BAD_USER_INPUT', details: { path: 'calendars' } },
    ],
  ])('%s', async (_what, input, refusal) => {
    expect(await refusalOf(create(input))).toMatchObject(refusal)
    const { id } = await create({})
    expect(await refusalOf(update(id, input as Omit<UpdateJobInput, 'jobId'>))).toMatchObject(refusal)
    expect(await update(id, {})).toMatchObject({ version: 1 })
  })

  test('all of it at once, of one job and of many', async () => {
    const wrong = {
      name: ' ',
      schedule: '61 * * * *',
      timeZone: 'Mars',
      jitter: -1,
      catchupMax: 0,
      endAt: new Date(5),
      startAt: new Date(9),
    }
    const errors = [
      { path: 'name', code: 'BAD_USER_INPUT' },
      { path: 'catchupMax', code: 'BAD_USER_INPUT', suggestion: '1' },
      { path: 'timeZone', code: 'INVALID_TIME_ZONE' },
      { path: 'jitter', code: 'BAD_USER_INPUT', suggestion: '0s' },
      { path: 'endAt', code: 'BAD_USER_INPUT' },
      { path: 'schedule', code: 'INVALID_SCHEDULE', position: 0 },
    ]
    const sorted = (found: unknown): unknown =>
      (found as { path: string }[]).toSorted((a, b) => a.path.localeCompare(b.path))
    const one = await refusalOf(create(wrong))
    expect(one).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('6 things are wrong') })
    expect(sorted(one.details['errors'])).toMatchObject(sorted(errors) as object)
    const { id } = await create({})
    expect((await refusalOf(update(id, wrong))).details).toEqual(one.details)
    const echo = { jobType: 'ECHO', schedule: '@hourly' }
    const many = await refusalOf(createJobs(stage.jobs.parts, alice, [echo, { ...echo, ...wrong }]))
    expect(sorted(many.details['errors'])).toMatchObject(
      sorted(errors.map((error) => ({ index: 1, ...error }))) as object,
    )
  })
})

test('a position counts in the text as it was sent', async () => {
  const padded = { schedule: '   61 * * * *' }
  const { id } = await create({})
  for (const refused of [create(padded), update(id, padded)]) {
    expect(await refusalOf(refused)).toMatchObject({ details: { position: 3 } })
  }
})

test('a job keeps what it says of time, and the defaults where it says nothing', async () => {
  const said: TimingInput = {
    ...{ timeZone: 'europe/berlin', dstGap: 'SHIFT', dstOverlap: 'BOTH', firesMax: 3, jitter: 90_000 },
    ...{ catchup: 'ALL', catchupWindow: 0, catchupMax: 7, lateAfter: 1_000, pauseOnFailures: 2, calendars: [] },
  }
  const [startAt, endAt] = [new Date('2027-01-01'), new Date('2027-02-01')]
  const job = await create({ ...said, startAt, endAt })
  expect(job).toMatchObject({
    pauseOnFailures: 2,
    policy: '{}',
    timing: {
      ...{ timeZone: 'Europe/Berlin', dstGap: 'SHIFT', dstOverlap: 'BOTH', firesMax: 3, jitterMs: 90_000 },
      ...{ catchup: 'ALL', catchupWindowMs: 0, catchupMax: 7, lateAfterMs: 1_000, calendars: [] },
      ...{ startAtMs: startAt.getTime(), endAtMs: endAt.getTime() },
    },
  })
  const { timing, pauseOnFailures } = await create({ timeZone: null, catchup: null, firesMax: null })
  expect({ timing, pauseOnFailures }).toEqual({ timing: defaultTimingOptions, pauseOnFailures: null })
  expect(await stage.database.reader.all('select timing is null as is_default from jobs order by id')).toEqual([
    { is_default: 0 },
    { is_default: 1 },
  ])
})

test('an edit keeps what it does not name; null takes away what may be empty', async () => {
  const { id, timing: before } = await create({
    timeZone: 'Asia/Tokyo',
    firesMax: 3,
    endAt: new Date('2030-01-01'),
    pauseOnFailures: 4,
    catchup: 'ALL',
  })
  clock.setWall(new Date('2026-11-23T12:30:00Z'))
  expect(await update(id, { catchupMax: 9 })).toMatchObject({
    version: 2,
    timing: { ...before, catchupMax: 9 },
    scheduledSince: clock.now(),
  })
  expect(await update(id, { catchupMax: 9, timeZone: 'ASIA/TOKYO' })).toMatchObject({ version: 2 })
  const kept: TimingInput = {
    timeZone: null,
    dstGap: null,
    catchup: null,
    catchupMax: null,
    jitter: null,
    lateAfter: null,
  }
  expect(await update(id, kept)).toMatchObject({ version: 2 })
  clock.setWall(new Date('2026-11-23T12:45:00Z'))
  const cleared: TimingInput = { firesMax: null, endAt: null, startAt: null, pauseOnFailures: null, calendars: null }
  expect(await update(id, cleared)).toMatchObject({
    version: 3,
    pauseOnFailures: null,
    timing: { ...before, catchupMax: 9, firesMax: null, endAtMs: null },
    scheduledSince: clock.now(),
  })
})

test('an edit of what does not say when it runs leaves the schedule counting', async () => {
  const { id } = await create({})
  clock.setWall(new Date('2026-11-23T12:30:00Z'))
  expect(await update(id, { name: 'x', pauseOnFailures: 3 })).toMatchObject({ version: 2, scheduledSince: start })
})

test('a schedule that is over may stay as it is, but gets no other zone or window without a future', async () => {
  const { id } = await create({ schedule: '@at 2026-11-23T13:00:00' })
  clock.setWall(new Date('2026-11-23T14:00:00Z'))
  expect(await update(id, { catchup: 'NONE' })).toMatchObject({ version: 2 })
  expect(await refusalOf(update(id, { timeZone: 'Europe/Berlin' }))).toMatchObject({
    code: 'INVALID_SCHEDULE',
    details: { path: 'schedule' },
  })
  // There it is still 09:00.
  expect(await update(id, { timeZone: 'America/New_York' })).toMatchObject({ version: 3, state: 'ACTIVE' })
})

test('a window may be one instant, which is included, and must hold a time', async () => {
  const window = (at: string): TimingInput => ({ startAt: new Date(at), endAt: new Date(at) })
  expect(await create({ schedule: '@daily', ...window('2027-01-02') })).toMatchObject({ version: 1 })
  expect(await refusalOf(create({ schedule: '@daily', ...window('2027-01-02T01:00Z') }))).toMatchObject({
    code: 'INVALID_SCHEDULE',
    details: { path: 'endAt' },
  })
})

test('two edits that each fit what they saw cannot make a window that is none', async () => {
  const { id } = await create({})
  const edits = [{ startAt: new Date('2028-01-01') }, { endAt: new Date('2027-06-01') }]
  const outcomes = await Promise.allSettled(edits.map((edit) => update(id, edit)))
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('what H stands for is decided by the job, in its check, too', async () => {
  const inputs = Array.from({ length: 50 }, () => ({ jobType: 'ECHO', schedule: 'H H * * *' }))
  const jobs = await createJobs(stage.jobs.parts, alice, inputs)
  const query = 'query ($id: ID!) { job(id: $id) { nextFireTimes(count: 1) } }'
  const times = await Promise.all(jobs.map(({ id }) => stage.ask<{ nextFireTimes: string[] }>(query, { id })))
  expect(new Set(times.map(({ nextFireTimes }) => nextFireTimes[0])).size).toBeGreaterThan(40)
})

test('calendars are resolved to their versions and rules, each once for the same days', () => {
  const daysOff = { version: 3, rules }
  const calendars = { get: (name: string) => (name === 'days-off' ? daysOff : undefined), names: [] }
  expect(resolveCalendars([{ name: 'days-off' }, { name: 'days-off', on: 'BUSINESS_DAYS' }], calendars)).toEqual([
    { name: 'days-off', version: 3, on: 'ANY_DAY', rules },
    { name: 'days-off', version: 3, on: 'BUSINESS_DAYS', rules },
  ])
  expect(() => resolveCalendars([{ name: 'days-off' }, { name: 'days-off', on: null }], calendars)).toThrow(
    'named twice',
  )
  const checked = inputChecker(stageJobTypes, start, calendars).job(
    { jobType: 'ECHO', schedule: '@hourly', calendars: [{ name: 'days-off' }] },
    'j',
  )
  expect(checked).toMatchObject({ job: { timing: { calendars: [{ version: 3 }] } } })
})

test('an edit of what clocks do to a schedule is refused when it would leave the job no time', async () => {
  const { id } = await create({ schedule: '30 2 * 3 0#2', timeZone: 'America/New_York' })
  const { id: once } = await create({ schedule: '@at 2027-03-14T02:30', timeZone: 'America/New_York' })
  for (const each of [id, once]) {
    expect(await refusalOf(update(each, { dstGap: 'SKIP' }))).toMatchObject({ code: 'INVALID_SCHEDULE' })
  }
})
