import { describe, expect, test } from 'vitest'
import { decide } from './decide.ts'
import { type JobChange, received, type Timetable, unknownJob } from './timetable.ts'

const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)
const CREATED_AT = at('10:00:00.500')

function changed(version: number, time: Date, fields: Partial<JobChange> = {}): JobChange {
  const kept = { jobType: 'ECHO', schedule: '@every 10s', params: '{}', state: 'ACTIVE', trigger: null } as const
  return { version, ...kept, scheduledSince: CREATED_AT, changedAt: time, ...fields }
}

/** Takes changes in as one batch at a moment, after the decisions that were made before. */
function given(...changes: readonly JobChange[]) {
  return {
    decidedAt(now: Date, firesMax = 100, before: Timetable = unknownJob('job', 'workspace')) {
      const decision = decide(
        changes.reduce((reached, change) => received(reached, change, now), before),
        now,
        firesMax,
      )
      return {
        ...decision,
        fired: decision.fires.map(({ cause, nominalAt, jobVersion }) => `v${jobVersion} ${cause} ${timeOf(nominalAt)}`),
        nextTime: decision.next && timeOf(decision.next),
      }
    },
  }
}

const timeOf = (date: Date): string => date.toISOString().slice(11, 23)
const trigger = (key: string, triggeredAt: Date): NonNullable<JobChange['trigger']> => ({
  executionId: `execution-${key}`,
  key,
  params: '{"by":"hand"}',
  triggeredAt,
})

describe('a job that was created', () => {
  test.each([
    ['@every 10s', ['v1 schedule 10:00:10.000', 'v1 schedule 10:00:20.000'], '10:00:30.000', false],
    ['*/15 * * * * *', ['v1 schedule 10:00:15.000'], '10:00:30.000', false],
    ['@now', ['v1 schedule 10:00:00.500'], null, true],
    ['@at 2026-11-23T10:00:07Z', ['v1 schedule 10:00:07.000'], null, true],
    ['@at 2026-11-23T09:59:30Z', ['v1 schedule 09:59:30.000'], null, true],
    ['@at 2026-11-23T11:00:00Z', [], '11:00:00.000', false],
    ['@manually', [], null, false],
  ])('by %s fires each nominal time since its creation', (schedule, fired, nextTime, exhausted) => {
    const decision = given(changed(1, CREATED_AT, { schedule })).decidedAt(at('10:00:25'))
    expect(decision).toMatchObject({ fired, nextTime, exhausted })
  })

  test('fires a nominal time at its very instant, and not a millisecond before', () => {
    const created = given(changed(1, CREATED_AT))
    expect(created.decidedAt(at('10:00:09.999')).fired).toEqual([])
    expect(created.decidedAt(at('10:00:10.000')).fired).toEqual(['v1 schedule 10:00:10.000'])
  })

  test('fires nothing again that was decided', () => {
    const { timetable } = given(changed(1, CREATED_AT)).decidedAt(at('10:00:25'))
    expect(given().decidedAt(at('10:00:25'), 100, timetable).fired).toEqual([])
    expect(given().decidedAt(at('10:00:30'), 100, timetable).fired).toEqual(['v1 schedule 10:00:30.000'])
    expect(given().decidedAt(at('09:00:00'), 100, timetable).fired).toEqual([])
  })

  test('fires no more than it may, and goes on where it stopped', () => {
    const first = given(changed(1, CREATED_AT)).decidedAt(at('10:01:00'), 4)
    expect(first).toMatchObject({ nextTime: '10:00:50.000', exhausted: false })
    const second = given().decidedAt(at('10:01:00'), 4, first.timetable)
    expect([...first.fired, ...second.fired]).toHaveLength(6)
    expect(second).toMatchObject({ nextTime: '10:01:10.000' })
  })
})

describe('an edit', () => {
  const created = changed(1, CREATED_AT)
  const edited = changed(2, at('10:00:25'), {
    schedule: '@every 7s',
    scheduledSince: at('10:00:25'),
    params: '{"n":2}',
  })

  test('leaves what was due before it to the version before it', () => {
    const { fired, fires, nextTime } = given(created, edited).decidedAt(at('10:00:30'))
    expect(fired).toEqual(['v1 schedule 10:00:10.000', 'v1 schedule 10:00:20.000', 'v2 schedule 10:00:26.000'])
    expect(fires.map(({ params }) => params)).toEqual(['{}', '{}', '{"n":2}'])
    expect(nextTime).toBe('10:00:33.000')
  })

  test('that arrives late takes nothing back and starts after what has fired', () => {
    const { timetable } = given(created).decidedAt(at('10:00:41'))
    expect(timetable.decidedThrough).toEqual(at('10:00:40'))
    const after = given(edited).decidedAt(at('10:00:48'), 100, timetable)
    expect(after.fired).toEqual(['v2 schedule 10:00:47.000'])
  })

  test('of the params alone goes on with the same times', () => {
    const renamed = changed(2, at('10:00:15'), { params: '{"n":2}' })
    expect(given(created, renamed).decidedAt(at('10:00:25')).fired).toEqual([
      'v1 schedule 10:00:10.000',
      'v2 schedule 10:00:20.000',
    ])
  })

  test('to @now fires once, at the edit', () => {
    const now = changed(2, at('10:00:15'), { schedule: '@now', scheduledSince: at('10:00:15') })
    expect(given(created, now).decidedAt(at('10:00:25'))).toMatchObject({
      fired: ['v1 schedule 10:00:10.000', 'v2 schedule 10:00:15.000'],
      exhausted: true,
    })
  })

  test('waits until the limit lets what was due before it fire', () => {
    const first = given(created, edited).decidedAt(at('10:00:34'), 1)
    expect(first).toMatchObject({ fired: ['v1 schedule 10:00:10.000'], nextTime: '10:00:20.000' })
    expect(first.timetable).toMatchObject({ jobVersion: 1, waiting: [{ version: 2 }] })
    const second = given().decidedAt(at('10:00:30'), 100, first.timetable)
    expect(second.fired).toEqual(['v1 schedule 10:00:20.000', 'v2 schedule 10:00:26.000'])
    expect(second.timetable).toMatchObject({ jobVersion: 2, waiting: [] })
  })

  test('from a clock that is ahead cuts the time now: nothing fires early and nothing is lost', () => {
    const { timetable } = given(created).decidedAt(at('10:00:11'))
    const ahead = changed(2, at('11:00:00'), { schedule: '@every 5s', scheduledSince: at('11:00:00') })
    const applied = given(ahead).decidedAt(at('10:00:12'), 100, timetable)
    expect(applied).toMatchObject({ fired: [], nextTime: '10:00:15.000' })
  })

  test('that comes again, or late behind a newer one, changes nothing', () => {
    const { timetable } = given(created, edited).decidedAt(at('10:00:34'))
    for (const stale of [created, edited]) expect(received(timetable, stale, at('10:00:35'))).toBe(timetable)
  })
})

describe('a pause', () => {
  const created = changed(1, CREATED_AT)
  const paused = changed(2, at('10:00:15'), { state: 'PAUSED' })
  const resumed = changed(3, at('10:00:45'), { scheduledSince: at('10:00:45') })

  test('passes over what comes while it lasts', () => {
    const held = given(created, paused).decidedAt(at('10:00:40'))
    expect(held).toMatchObject({ fired: ['v1 schedule 10:00:10.000'], nextTime: null, exhausted: false })
    const after = given(resumed).decidedAt(at('10:00:55'), 100, held.timetable)
    expect(after).toMatchObject({ fired: ['v3 schedule 10:00:50.000'], nextTime: '10:01:00.000' })
  })

  test('gives the same when all of it arrives at once and late', () => {
    const { fired } = given(created, paused, resumed).decidedAt(at('10:00:55'))
    expect(fired).toEqual(['v1 schedule 10:00:10.000', 'v3 schedule 10:00:50.000'])
  })

  test('does not make @now fire again', () => {
    const schedule = '@now'
    const { timetable } = given({ ...created, schedule }).decidedAt(at('10:00:01'))
    const after = given({ ...paused, schedule }, { ...resumed, schedule }).decidedAt(at('10:00:55'), 100, timetable)
    expect(after).toMatchObject({ fired: [], exhausted: true })
  })

  test('lets a trigger through', () => {
    const run = changed(3, at('10:00:20'), { state: 'PAUSED', trigger: trigger('a', at('10:00:20')) })
    const { fires, fired } = given(created, paused, run).decidedAt(at('10:00:21'))
    expect(fired).toEqual(['v1 schedule 10:00:10.000', 'v3 trigger:a 10:00:20.000'])
    expect(fires[1]).toMatchObject({ executionId: 'execution-a', params: '{"by":"hand"}' })
  })
})

describe('a trigger', () => {
  test('fires beside the schedule, also at a nominal time of it', () => {
    const run = changed(2, at('10:00:10'), { trigger: trigger('a', at('10:00:10')) })
    const { fired } = given(changed(1, CREATED_AT), run).decidedAt(at('10:00:11'))
    expect(fired).toEqual(['v1 schedule 10:00:10.000', 'v2 trigger:a 10:00:10.000'])
  })

  test('waits when nothing may fire, and is lost by no limit', () => {
    const run = changed(2, at('10:00:05'), { trigger: trigger('a', at('10:00:05')) })
    const held = given(changed(1, CREATED_AT), run).decidedAt(at('10:00:06'), 0)
    expect(held).toMatchObject({ fired: [], nextTime: '10:00:05.000' })
    expect(given().decidedAt(at('10:00:07'), 1, held.timetable).fired).toEqual(['v2 trigger:a 10:00:05.000'])
  })
})

describe('an archive', () => {
  const archived = changed(2, at('10:00:15'), { state: 'ARCHIVED' })

  test('ends what comes after it, and not what was due before', () => {
    expect(given(changed(1, CREATED_AT), archived).decidedAt(at('10:00:30'))).toMatchObject({
      fired: ['v1 schedule 10:00:10.000'],
      nextTime: null,
      exhausted: false,
    })
  })

  test('lets no trigger through', () => {
    const run = { ...archived, version: 3, trigger: trigger('a', at('10:00:16')) }
    expect(given(changed(1, CREATED_AT), archived, run).decidedAt(at('10:00:17')).fired).toHaveLength(1)
  })
})
