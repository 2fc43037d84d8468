import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { brief, decided, fire, type Listed, ledgerOf, recordsOf, skip } from './ledger.fixture.ts'
import { createJob, type Job, updateJob } from './main.ts'

const alice = callerNamed('alice')
const CREATED = '2026-11-23T11:30:00Z'

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

const ranged = (from: string, through: string, count: number, outcome: 'SKIPPED_PAUSED' | 'SKIPPED_CATCHUP') =>
  skip(at(from), {
    through: at(through),
    count,
    outcome,
    reason: outcome === 'SKIPPED_PAUSED' ? 'PAUSED' : 'COLLAPSED',
  })

/** 12 fired, 13 to 15 collapsed, 16 late, 17 to 19 paused, a trigger at 17:30, 20 on a holiday; 21 comes next. */
async function day(): Promise<void> {
  clock.setWall(at('20:30:00'))
  await tell(
    decided(job, 1, { fired: [fire(at('12:00:00'))], decidedAt: at('12:00:00') }),
    decided(job, 2, {
      fired: [fire(at('16:00:00'), { isLate: true })],
      skipped: [ranged('13:00:00', '15:00:00', 3, 'SKIPPED_CATCHUP')],
      decidedAt: at('16:10:00'),
    }),
    decided(job, 3, {
      fired: [fire(at('17:30:00'), { cause: 'trigger:k' })],
      skipped: [
        ranged('17:00:00', '19:00:00', 3, 'SKIPPED_PAUSED'),
        skip(at('20:00:00'), { outcome: 'SKIPPED_CALENDAR', reason: 'CALENDAR' }),
      ],
      nextFireAt: at('21:00:00'),
      decidedAt: at('20:00:00'),
    }),
  )
}

const ALL = [
  '20:00 SKIPPED_CALENDAR',
  '17:30 FIRED',
  '17:00x3 SKIPPED_PAUSED',
  '16:00 FIRED',
  '13:00x3 SKIPPED_CATCHUP',
  '12:00 FIRED',
]

describe('the records of a job', () => {
  beforeEach(day)

  test('come the newest first, and are counted', async () => {
    const all = await ofJob()
    expect(brief(all)).toEqual(ALL)
    expect(all.totalCount).toBe(ALL.length)
    expect(all.pageInfo.hasNextPage).toBe(false)
  })

  test('come by pages that fit together, whatever their size', async () => {
    for (const first of [1, 2, 4]) {
      const found: string[] = []
      let after: string | null = null
      for (let page = 0; page < ALL.length; page++) {
        const listed: Listed = await ofJob({ first, after })
        found.push(...brief(listed))
        after = listed.pageInfo.endCursor
        if (!listed.pageInfo.hasNextPage) break
      }
      expect(found).toEqual(ALL)
    }
  })

  test.each([
    [['FIRED'], ['17:30 FIRED', '16:00 FIRED', '12:00 FIRED']],
    [
      ['SKIPPED_CALENDAR', 'SKIPPED_CATCHUP'],
      ['20:00 SKIPPED_CALENDAR', '13:00x3 SKIPPED_CATCHUP'],
    ],
    [['SKIPPED_DST'], []],
    [['PENDING'], []],
    [[], []],
  ])('are those of the outcomes %j', async (outcome, expected) => {
    const found = await ofJob({ outcome })
    expect(brief(found)).toEqual(expected)
    expect(found.totalCount).toBe(expected.length)
  })

  test.each([
    ['12:00:00', '13:00:00', ['13:00 SKIPPED_CATCHUP']],
    ['13:00:00', '16:00:00', ['16:00 FIRED', '14:00x2 SKIPPED_CATCHUP']],
    ['14:00:00', '14:59:59', []],
    ['17:00:00', '18:00:00', ['17:30 FIRED', '18:00 SKIPPED_PAUSED']],
    ['20:00:00', '23:00:00', []],
  ])('after %s up to %s are clipped to that', async (from, to, expected) => {
    expect(brief(await ofJob({ from: at(from), to: at(to) }))).toEqual(expected)
  })

  test('say how late it was, and what the clocks of the job showed', async () => {
    const query = `query ($id: ID!) { job(id: $id) { occurrences(outcome: [FIRED], first: 2) { edges { node {
      isLate lateBy wallTime effectiveAt decidedAt cause detail jobVersion job { id } execution { id } } } } } }`
    const { occurrences } = await stage.ask<{ occurrences: Listed }>(query, { id: job.id })
    expect(occurrences.edges[1]?.node).toEqual({
      isLate: true,
      lateBy: '10m',
      wallTime: '2026-11-23T16:00:00+00:00[UTC]',
      effectiveAt: '2026-11-23T16:00:00.000Z',
      decidedAt: '2026-11-23T16:10:00.000Z',
      cause: 'schedule',
      detail: '',
      jobVersion: 1,
      job: { id: job.id },
      execution: { id: 'execution-at-2026-11-23T16:00:00.000Z' },
    })
  })

  test('are expanded to their nominal times, by the schedule that held then', async () => {
    await updateJob(stage.jobs.parts, alice, { jobId: job.id, schedule: '@daily', timeZone: 'Asia/Tokyo' })
    const query = `query ($id: ID!, $first: Int, $after: DateTime) { job(id: $id) {
      occurrences(outcome: [SKIPPED_PAUSED]) { edges { node { times(first: $first, after: $after) } } } } }`
    const times = async (variables: object): Promise<unknown> => {
      const { occurrences } = await stage.ask<{ occurrences: Listed }>(query, { id: job.id, ...variables })
      return occurrences.edges[0]?.node['times']
    }
    const all = ['17:00', '18:00', '19:00'].map((time) => `2026-11-23T${time}:00.000Z`)
    expect(await times({})).toEqual(all)
    expect(await times({ first: 1, after: all[0] })).toEqual([all[1]])
    await expect(times({ first: 1_001 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  test.each([{ first: 0 }, { first: 101 }, { after: 'nonsense' }, { from: at('13:00:00'), to: at('12:00:00') }])(
    'are not asked for by %j',
    async (variables) => {
      await expect(ofJob(variables)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    },
  )
})

describe('the ledger over all jobs', () => {
  let other: Job

  beforeEach(async () => {
    await day()
    other = await jobOf('@hourly')
    const strange = await jobOf('@hourly', 'bob')
    await tell(
      decided(other, 1, {
        fired: [fire(at('16:00:00')), fire(at('18:00:00'), { isLate: true })],
        decidedAt: at('19:00:00'),
      }),
      decided(strange, 1, { fired: [fire(at('16:00:00'))], decidedAt: at('16:00:00') }),
    )
  })

  test('has the records of the workspace, by pages', async () => {
    const found: string[] = []
    let after: string | null = null
    do {
      const listed: Listed = await ledger({ first: 3, after })
      found.push(...brief(listed))
      after = listed.pageInfo.hasNextPage ? listed.pageInfo.endCursor : null
    } while (after !== null)
    expect(found).toEqual([ALL[0], '18:00 FIRED', ...ALL.slice(1, 4), '16:00 FIRED', ...ALL.slice(4)])
    expect((await ledger()).totalCount).toBe(ALL.length + 2)
  })

  test('finds by lateness, jobs, outcome and time', async () => {
    expect(brief(await ledger({ filter: { isLate: true } }))).toEqual(['18:00 FIRED', '16:00 FIRED'])
    expect(brief(await ledger({ filter: { isLate: true, jobIds: [other.id] } }))).toEqual(['18:00 FIRED'])
    expect(brief(await ledger({ filter: { jobIds: [] } }))).toEqual([])
    const between = { from: at('14:00:00'), to: at('16:00:00') }
    expect(brief(await ledger({ filter: between }))).toEqual(['16:00 FIRED', '16:00 FIRED', '15:00 SKIPPED_CATCHUP'])
    const skipped = { outcome: ['SKIPPED_PAUSED'], ...between, to: at('18:00:00') }
    expect(brief(await ledger({ filter: skipped }))).toEqual(['17:00x2 SKIPPED_PAUSED'])
    await expect(ledger({ filter: { jobIds: Array(101).fill(job.id) } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    })
  })

  test('has nothing of another workspace, also when its jobs are named', async () => {
    expect(brief(await ledger({}, 'bob'))).toEqual(['16:00 FIRED'])
    expect(await ledger({ filter: { jobIds: [job.id] } }, 'bob')).toMatchObject({ totalCount: 0, edges: [] })
  })

  test('finds what reaches into a time from long before it', async () => {
    const long = skip(new Date('2026-01-01T00:00:00Z'), {
      through: at('11:00:00'),
      count: 7_836,
      outcome: 'SKIPPED_PAUSED',
      reason: 'PAUSED',
    })
    await tell(decided(other, 2, { skipped: [long], decidedAt: at('19:00:00') }))
    const found = await ledger({ filter: { from: at('09:00:00'), to: at('12:00:00') } })
    expect(brief(found)).toEqual(['12:00 FIRED', '10:00x2 SKIPPED_PAUSED'])
  })
})
