import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '#platform/database'
import { differences, rebuild } from '#platform/projections'
import { type MovedClock, movedClock } from '#platform/testing'
import { endPauses } from './commands/end-pauses.ts'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { createJobs, type Job, jobsProjection, pauseJob, updateJob } from './main.ts'

const alice = callerNamed('alice')
const start = new Date('2026-11-23T12:00:00Z')
const until = new Date('2026-11-23T13:00:00Z')

let clock: MovedClock
let stage: JobsStage
let jobs: readonly Job[]

beforeEach(async () => {
  clock = movedClock(start)
  stage = await openStage(clock)
  const { parts } = stage.jobs
  jobs = await createJobs(parts, alice, Array(3).fill({ jobType: 'ECHO', schedule: '@hourly' }))
  const [first, second, third] = jobs.map(({ id: jobId }) => jobId) as [string, string, string]
  await pauseJob(parts, alice, { jobId: first, until, note: 'moving' })
  await pauseJob(parts, alice, { jobId: second, until: new Date('2026-11-23T14:00:00Z') })
  await pauseJob(parts, alice, { jobId: third })
})

afterEach(() => stage.close())

const states = (): Promise<unknown> => stage.database.reader.all('select state, scheduled_since from jobs order by id')
const lastEvents = (): Promise<unknown> =>
  stage.database.reader.all("select type, actor, version from events where type = 'JobResumed' order by id")

test('a pause ends at the moment that was said, by the clock, and each once', async () => {
  await stage.jobs.start()
  clock.setWall(new Date(until.getTime() - 600))
  await clock.advance(599)
  expect(await lastEvents()).toEqual([])
  await clock.advance(600)
  expect(await lastEvents()).toEqual([{ type: 'JobResumed', actor: 'clock', version: 3 }])
  expect(await states()).toEqual([
    { state: 'ACTIVE', scheduled_since: until.getTime() },
    { state: 'PAUSED', scheduled_since: start.getTime() },
    { state: 'PAUSED', scheduled_since: start.getTime() },
  ])
  clock.setWall(new Date('2026-11-23T15:00:00Z'))
  await clock.advance(600)
  expect(await lastEvents()).toHaveLength(2)
  expect(await stage.ask('query ($id: ID!) { job(id: $id) { status { phase } } }', { id: jobs[0]?.id })).toEqual({
    status: { phase: 'WAITING' },
  })
  expect(await rebuild(stage.database, jobsProjection, (unit) => differences(unit, jobsProjection))).toEqual([])
})

test('a process that dies before the commit leaves the pause to the next one', async () => {
  const { parts } = stage.jobs
  clock.setWall(new Date('2026-11-23T13:30:00Z'))
  const dying: Database = {
    ...parts.database,
    claim: (query, work) =>
      parts.database.claim(query, async (unit, rows) => {
        await work(unit, rows as never)
        throw new Error('killed')
      }),
  }
  await expect(endPauses({ ...parts, database: dying })).rejects.toThrow('killed')
  expect(await lastEvents()).toEqual([])
  expect(await endPauses(parts)).toBe(1)
  expect(await endPauses(parts)).toBe(0)
  expect(await lastEvents()).toHaveLength(1)
  const [record] = await stage.database.reader.all('select version, previous from outbox where version = 3')
  expect(record).toEqual({ version: 3, previous: 2 })
})

test('whoever changes a job between the end of its pause and the clock finds it resumed', async () => {
  const { parts } = stage.jobs
  clock.setWall(new Date('2026-11-23T13:00:01Z'))
  const jobId = jobs[0]?.id ?? ''
  expect(await updateJob(parts, alice, { jobId, name: 'x' })).toMatchObject({
    state: 'ACTIVE',
    version: 4,
    pause: null,
    scheduledSince: until,
  })
  expect(await lastEvents()).toEqual([{ type: 'JobResumed', actor: 'clock', version: 3 }])
  expect(await endPauses(parts)).toBe(0)
})

test('a clock that is set back ends no pause again, and none too early', async () => {
  const { parts } = stage.jobs
  clock.setWall(new Date('2026-11-23T13:00:00Z'))
  expect(await endPauses(parts)).toBe(1)
  clock.setWall(new Date('2026-11-23T12:00:00Z'))
  expect(await endPauses(parts)).toBe(0)
  expect(await lastEvents()).toHaveLength(1)
})
