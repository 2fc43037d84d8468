import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { brief, decided, fire, type Listed, ledgerOf, recordsOf, skip } from './ledger.fixture.ts'
import { createJob, type Job, pauseJob, updateJob } from './main.ts'

const alice = callerNamed('alice')
const CREATED = '2026-11-23T11:30:00Z'
const HOUR_MS = 3_600_000

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

const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)

function jobOf(schedule: string, token = 'alice'): Promise<Job> {
  return createJob(stage.jobs.parts, callerNamed(token), { jobType: 'ECHO', schedule })
}

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await clock.advance(1_000)
}

const ofJob = (variables: object = {}): Promise<Listed> => recordsOf(stage, job, variables)
const ledger = (variables: object = {}, token = 'alice'): Promise<Listed> => ledgerOf(stage, variables, token)

describe('what is not decided yet', () => {
  test('is pending when it is due, and newer than what is decided', async () => {
    clock.setWall(at('14:30:00'))
    await tell(
      decided(job, 1, { fired: [fire(at('12:00:00'))], nextFireAt: at('13:00:00'), decidedAt: at('12:00:00') }),
    )
    expect(brief(await ofJob())).toEqual(['13:00x2 PENDING', '12:00 FIRED'])
    const [first] = (await ofJob({ first: 1, outcome: ['PENDING', 'FIRED'] })).edges
    expect(first?.node).toMatchObject({ outcome: 'PENDING', reason: 'SCHEDULER_BEHIND', count: 2 })
    expect(brief(await ofJob({ first: 1, after: first?.cursor }))).toEqual(['12:00 FIRED'])
    expect(brief(await ledger({ filter: { jobIds: [job.id], outcome: ['PENDING'] } }))).toEqual(['13:00x2 PENDING'])
  })

  test('is the pause that goes on, one row however long, clipped and expanded', async () => {
    const often = await jobOf('@every 1s')
    await pauseJob(stage.jobs.parts, alice, { jobId: often.id, note: 'night' })
    await tell(decided(often, 1, { appliedVersion: 2, decidedAt: at('11:30:00') }))
    clock.setWall(new Date(Date.parse(CREATED) + 365 * 24 * HOUR_MS))
    const query = `query ($id: ID!, $from: DateTime, $to: DateTime) { job(id: $id) {
      occurrences(from: $from, to: $to) { edges { node { count outcome decidedAt detail times(first: 2) } } } } }`
    const listed = async (variables: object = {}): Promise<unknown> =>
      (await stage.ask<{ occurrences: Listed }>(query, { id: often.id, ...variables })).occurrences.edges
    expect(await listed()).toMatchObject([
      { node: { count: 365 * 24 * 3_600, outcome: 'SKIPPED_PAUSED', detail: 'night' } },
    ])
    const second = '2026-11-24T00:00:01.000Z'
    expect(await listed({ from: '2026-11-24T00:00:00Z', to: '2026-11-24T00:01:00Z' })).toEqual([
      {
        node: {
          count: 60,
          outcome: 'SKIPPED_PAUSED',
          decidedAt: null,
          detail: 'night',
          times: [second, '2026-11-24T00:00:02.000Z'],
        },
      },
    ])
  })
})

describe('why did it not run?', () => {
  const EXPLAIN = `query ($id: ID!, $at: String!) { job(id: $id) { explain(at: $at) {
    verdict message at wallTime previous next occurrence { outcome count } } } }`
  const explained = async (moment: string): Promise<Record<string, unknown>> =>
    (await stage.ask<{ explain: Record<string, unknown> }>(EXPLAIN, { id: job.id, at: moment })).explain

  test('is one query, at an instant or a local time', async () => {
    clock.setWall(at('20:30:00'))
    const paused = { through: at('19:00:00'), count: 3, outcome: 'SKIPPED_PAUSED', reason: 'PAUSED' } as const
    const skipped = [skip(at('17:00:00'), paused)]
    const [nextFireAt, decidedAt] = [at('21:00:00'), at('20:00:00')]
    await tell(decided(job, 1, { fired: [fire(at('12:00:00'))], skipped, nextFireAt, decidedAt }))
    expect(await explained('2026-11-23T18:00')).toEqual({
      verdict: 'SKIPPED',
      message: 'The job was paused.',
      at: '2026-11-23T18:00:00.000Z',
      wallTime: '2026-11-23T18:00:00+00:00[UTC]',
      previous: '2026-11-23T17:00:00.000Z',
      next: '2026-11-23T19:00:00.000Z',
      occurrence: { outcome: 'SKIPPED_PAUSED', count: 1 },
    })
    expect(await explained('2026-11-23T12:00:00Z')).toMatchObject({ verdict: 'FIRED', occurrence: { count: 1 } })
    expect(await explained('2026-11-23T21:00:00Z')).toMatchObject({ verdict: 'FUTURE', occurrence: null })
    expect(await explained('2026-11-23T11:00:00Z')).toMatchObject({ verdict: 'BEFORE_CREATION' })
    await expect(explained('half past two')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  test('takes a local time as one of the zone that the job had then', async () => {
    clock.setWall(at('12:10:00'))
    await updateJob(stage.jobs.parts, alice, { jobId: job.id, timeZone: 'Asia/Kolkata' })
    clock.setWall(at('20:10:00'))
    expect(await explained('2026-11-23T12:00')).toMatchObject({ wallTime: '2026-11-23T12:00:00+00:00[UTC]' })
    const found = await explained('2026-11-23T22:00')
    expect(found).toMatchObject({ verdict: 'PENDING', at: '2026-11-23T16:30:00.000Z' })
    expect(found['message']).toBe('It was due and is not decided yet: no scheduler has decided it yet.')
  })
})
