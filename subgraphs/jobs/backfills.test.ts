import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BackfillProgress } from '#avro'
import { quarantined } from '#platform/messaging'
import { differences } from '#platform/projections'
import { type MovedClock, movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { decided, fire, type Listed } from './ledger.fixture.ts'
import {
  archiveJob,
  createJob,
  type Job,
  jobStatusProjection,
  pauseJob,
  rebuildJobStatus,
  resumeJob,
  updateJob,
} from './main.ts'

const alice = callerNamed('alice')
const CREATED = '2026-11-23T12:00:00Z'
const DAY = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' }

let clock: MovedClock
let stage: JobsStage
let job: Job

beforeEach(async () => {
  clock = movedClock(new Date(CREATED))
  stage = await openStage(clock)
  await stage.jobs.start()
  job = await jobOf('@hourly')
})

afterEach(() => stage.close())

function jobOf(schedule: string): Promise<Job> {
  return createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule })
}

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await clock.advance(1_000)
}

const FIELDS = `id state rerun expectedCount leftOutCount firedCount firesPerMinuteMax requestedAt from to job { id }
  occurrences(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { scheduledFor outcome reason cause wallTime } } }`
const BACKFILL = `mutation ($jobId: ID!, $from: DateTime!, $to: DateTime!, $rerun: Boolean, $dryRun: Boolean,
  $firesPerMinuteMax: Int, $first: Int, $after: String) { backfill(jobId: $jobId, from: $from, to: $to,
  rerun: $rerun, dryRun: $dryRun, firesPerMinuteMax: $firesPerMinuteMax) { ${FIELDS} } }`
const OF_JOB = `query ($id: ID!, $first: Int, $after: String) { job(id: $id) { backfills {
  edges { node { ${FIELDS} } } } } }`
const CANCEL = 'mutation ($id: ID!) { cancelBackfill(id: $id) { id state } }'

interface Asked {
  readonly id: string
  readonly state: string
  readonly expectedCount: number
  readonly leftOutCount: number
  readonly occurrences: Listed
}

const backfill = (variables: object = {}): Promise<Asked> =>
  stage.ask<Asked>(BACKFILL, { jobId: job.id, ...DAY, ...variables })

async function listed(): Promise<readonly Asked[]> {
  const { backfills } = await stage.ask<{ backfills: { edges: { node: Asked }[] } }>(OF_JOB, { id: job.id })
  return backfills.edges.map(({ node }) => node)
}

const events = () =>
  stage.database.reader.all("select type, version from events where type like 'JobBackfill%' order by id")
const hour = (n: number): Date => new Date(Date.parse(DAY.from) + n * 3_600_000)

function progress(
  backfillId: string,
  version: number,
  changes: Partial<BackfillProgress>,
  fired: readonly number[] = [],
): ToldRecord {
  const decidedThrough = hour(fired.at(-1) ?? 0)
  return decided(job, version, {
    fired: fired.map((n) => fire(hour(n), { cause: `backfill:${backfillId}` })),
    backfills: [{ backfillId, state: 'RUNNING', firedCount: 0, leftOutCount: 0, decidedThrough, ...changes }],
    decidedAt: new Date(CREATED),
  })
}

describe('a dry run', () => {
  test('lists the exact times, page by page, and writes nothing', async () => {
    await tell(decided(job, 1, { fired: [fire(hour(3)), fire(hour(4), { cause: 'trigger:k' })], decidedAt: hour(4) }))
    const before = await stage.database.reader.all('select count(*) as n from events')
    const times: unknown[] = []
    let after: string | null = null
    do {
      const { occurrences, ...rest }: Asked = await backfill({ dryRun: true, first: 10, after })
      expect(rest).toMatchObject({ id: null, state: 'DRY_RUN', expectedCount: 24, leftOutCount: 1 })
      expect(occurrences.totalCount).toBe(23)
      times.push(...occurrences.edges.map(({ node }) => node['scheduledFor']))
      after = occurrences.pageInfo.hasNextPage ? occurrences.pageInfo.endCursor : null
    } while (after !== null)
    const expected = Array.from({ length: 24 }, (_, n) => n + 1).filter((n) => n !== 3)
    expect(times).toEqual(expected.map((n) => hour(n).toISOString()))
    expect(await stage.database.reader.all('select count(*) as n from events')).toEqual(before)
  })

  test('leaves out nothing when all is to be run again', async () => {
    await tell(decided(job, 1, { fired: [fire(hour(3))], decidedAt: hour(4) }))
    const { occurrences } = await backfill({ dryRun: true, rerun: true })
    expect(occurrences.totalCount).toBe(24)
    expect(occurrences.edges[0]?.node).toEqual({
      scheduledFor: hour(1).toISOString(),
      outcome: 'PENDING',
      reason: 'DRY_RUN',
      cause: 'backfill:',
      wallTime: '2026-11-20T01:00:00+00:00[UTC]',
    })
  })
})

describe('a backfill', () => {
  test('is asked for, runs as the scheduler says, and keeps the schedule that it was asked for by', async () => {
    const { id, ...asked } = await backfill({ firesPerMinuteMax: 600 })
    expect(asked).toMatchObject({ state: 'REQUESTED', expectedCount: 24, firesPerMinuteMax: 600, firedCount: 0 })
    await updateJob(stage.jobs.parts, alice, { jobId: job.id, schedule: '@daily' })
    await tell(progress(id, 1, { firedCount: 2, leftOutCount: 1 }, [2, 3]))
    expect(await listed()).toMatchObject([
      {
        id,
        state: 'RUNNING',
        expectedCount: 24,
        firedCount: 2,
        leftOutCount: 1,
        occurrences: {
          totalCount: 2,
          edges: [
            { node: { scheduledFor: hour(3).toISOString(), outcome: 'FIRED', reason: 'BACKFILLED' } },
            { node: { scheduledFor: hour(2).toISOString() } },
          ],
        },
      },
    ])
    await tell(progress(id, 2, { state: 'COMPLETED', firedCount: 23, leftOutCount: 1 }))
    expect(await listed()).toMatchObject([{ id, state: 'COMPLETED', firedCount: 23 }])
    expect(await events()).toEqual([{ type: 'JobBackfillRequested', version: 2 }])
  })

  test('is cancelled, however often that is asked, and says what it had run', async () => {
    const { id } = await backfill()
    expect(await stage.ask(CANCEL, { id })).toEqual({ id, state: 'CANCELLED' })
    expect(await stage.ask(CANCEL, { id })).toEqual({ id, state: 'CANCELLED' })
    await tell(progress(id, 1, { firedCount: 2 }, [1, 2]), progress(id, 2, { state: 'CANCELLED', firedCount: 2 }))
    expect(await listed()).toMatchObject([{ state: 'CANCELLED', firedCount: 2 }])
    expect((await events()).map(({ type }) => type)).toEqual(['JobBackfillRequested', 'JobBackfillCancelled'])
  })

  test('that was completed before it was cancelled is completed', async () => {
    const { id } = await backfill()
    await stage.ask(CANCEL, { id })
    await tell(progress(id, 1, { state: 'COMPLETED', firedCount: 24 }))
    expect(await stage.ask(CANCEL, { id })).toEqual({ id, state: 'COMPLETED' })
  })

  test('that belongs to no job of its record is parked', async () => {
    await tell(progress('of-nobody', 1, {}))
    await expect.poll(async () => (await quarantined(stage.database.reader)).length).toBe(1)
  })

  test.each([
    [{ from: DAY.to, to: DAY.from }, 'BAD_USER_INPUT'],
    [{ from: DAY.to, to: DAY.to }, 'BAD_USER_INPUT'],
    [{ to: '2026-11-24T00:00:00Z' }, 'BAD_USER_INPUT'],
    [{ from: '2010-01-01T00:00:00Z' }, 'BAD_USER_INPUT'],
    [{ firesPerMinuteMax: 0 }, 'BAD_USER_INPUT'],
    [{ firesPerMinuteMax: 6_001 }, 'BAD_USER_INPUT'],
    [{ jobId: 'none' }, 'JOB_NOT_FOUND'],
    [{ from: '2025-01-01T00:00:00Z' }, 'LIMIT_EXCEEDED'],
  ])('of %j is refused with %s, dry or not', async (variables, code) => {
    for (const dryRun of [false, true]) await expect(backfill({ ...variables, dryRun })).rejects.toMatchObject({ code })
    expect(await events()).toEqual([])
  })

  test('of more than 10,000 times says how many they are', async () => {
    await expect(backfill({ from: '2025-01-01T00:00:00Z' })).rejects.toMatchObject({
      details: { limit: 10_000, count: 16_536 },
    })
  })

  test('of an archived job is refused, a dry run as well', async () => {
    await archiveJob(stage.jobs.parts, alice, { jobId: job.id })
    await expect(backfill()).rejects.toMatchObject({ code: 'JOB_ARCHIVED' })
    await expect(backfill({ dryRun: true })).rejects.toMatchObject({ code: 'JOB_ARCHIVED' })
    await expect(stage.ask(CANCEL, { id: 'none' })).rejects.toMatchObject({ code: 'BACKFILL_NOT_FOUND' })
  })
})

describe('resuming with what the pause left out', () => {
  test('is a backfill of the pause', async () => {
    await pauseJob(stage.jobs.parts, alice, { jobId: job.id })
    clock.setWall(new Date('2026-11-23T18:00:00Z'))
    await resumeJob(stage.jobs.parts, alice, { jobId: job.id, catchUp: true })
    expect(await listed()).toMatchObject([
      { from: '2026-11-23T12:00:00.000Z', to: '2026-11-23T18:00:00.000Z', expectedCount: 6 },
    ])
  })

  test('is refused when it is too much, and the job stays paused', async () => {
    job = await jobOf('@every 1s')
    await pauseJob(stage.jobs.parts, alice, { jobId: job.id })
    clock.setWall(new Date('2026-11-24T18:00:00Z'))
    const resuming = resumeJob(stage.jobs.parts, alice, { jobId: job.id, catchUp: true })
    await expect(resuming).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { count: 108_000 } })
    expect(await stage.database.reader.get('select state from jobs where id = ?', [job.id])).toEqual({
      state: 'PAUSED',
    })
  })
})

test('live equals rebuilt: the backfills, cancelled, completed and running', async () => {
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.push((await backfill()).id)
  const [first = '', second = '', third = ''] = ids
  await stage.ask(CANCEL, { id: second })
  await tell(
    progress(first, 1, { firedCount: 1 }, [1]),
    progress(second, 2, { state: 'CANCELLED' }),
    progress(first, 3, { state: 'COMPLETED', firedCount: 24 }),
    progress(third, 4, { firedCount: 2 }, [1, 2]),
  )
  const comparing = rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) =>
    differences(unit, jobStatusProjection),
  )
  await clock.advance(5_000)
  expect(await comparing).toEqual([])
  expect(await stage.database.reader.all('select * from backfills_rebuilt')).toHaveLength(3)
})
