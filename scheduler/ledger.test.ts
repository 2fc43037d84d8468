import { afterEach, describe, expect, test } from 'vitest'
import type { JobChanged } from '#avro'
import { differences, rebuild } from '#platform/projections'
import { defaultTimingOptions, tzdbVersion } from '#platform/schedule'
import { openMetrics } from '#platform/telemetry'
import { type MovedClock, movedClock } from '#platform/testing'
import { simulate } from '#platform/timetable'
import { occurrences } from './main.ts'
import {
  created,
  openWorld,
  requested,
  runDry,
  send,
  timed,
  told,
  type World,
  type WorldOptions,
} from './scheduler.fixture.ts'

const START = new Date('2026-11-23T10:00:00.500Z')
const startPlus = (seconds: number): Date => new Date(START.getTime() + seconds * 1_000)
const YEAR_SECONDS = 365 * 86_400

const open: World[] = []
afterEach(async () => {
  for (const world of open.splice(0)) {
    // Whatever was decided: what is kept is what its events say.
    const found = await rebuild(world.database, occurrences, (unit) => differences(unit, occurrences as never))
    expect(found).toEqual([])
    await world.close()
  }
})

async function openAt(clock: MovedClock = movedClock(START), options: Partial<WorldOptions> = {}) {
  const world = await openWorld({ clock, ...options })
  open.push(world)
  return {
    ...world,
    clock,
    changed: (...changes: JobChanged[]): Promise<void> => send(world, clock.settle, ...changes),
    /** Runs rounds as time goes by. */
    async pass(seconds: number): Promise<void> {
      for (let second = 0; second < seconds; second++) {
        await clock.advance(1_000)
        await runDry(world.scheduler)
      }
    },
    /** Nobody runs a round. */
    async miss(seconds: number): Promise<void> {
      clock.setWall(new Date(clock.now().getTime() + seconds * 1_000))
    },
    async ledger(jobId: string): Promise<readonly string[]> {
      const rows = await world.database.reader.all<Record<'nominal_at' | 'through_at' | 'slot_count', number> & Row>(
        'select * from occurrences where job_id = ? order by nominal_at, wall_key',
        [jobId],
      )
      return rows.map(
        ({ outcome, reason, nominal_at, through_at, slot_count, is_late }) =>
          `${reason ?? outcome} ${secondsAfter(nominal_at)}..${secondsAfter(through_at)} x${slot_count}${is_late ? ' late' : ''}`,
      )
    },
  }
}

interface Row {
  readonly outcome: string
  readonly reason: string | null
  readonly is_late: number
}

const secondsAfter = (ms: number): number => (ms - START.getTime() + 500) / 1_000

test('a job of each second that is paused for a year leaves a handful of rows, events and records', async () => {
  const world = await openAt()
  const job = created('job', START, '* * * * * *')
  await world.changed(job)
  await world.pass(2)
  await world.changed({ ...job, version: 2, state: 'PAUSED', pauseNote: 'roof', recordedAt: startPlus(2) })
  await world.miss(YEAR_SECONDS)
  await runDry(world.scheduler)
  const resumedAt = startPlus(2 + YEAR_SECONDS)
  await world.changed({ ...job, version: 3, recordedAt: resumedAt, scheduledSince: resumedAt })
  await world.pass(1)
  expect(await world.ledger('job')).toEqual([
    'FIRED 1..1 x1',
    'FIRED 2..2 x1',
    `PAUSED 3..${YEAR_SECONDS + 2} x${YEAR_SECONDS}`,
    `FIRED ${YEAR_SECONDS + 3}..${YEAR_SECONDS + 3} x1`,
  ])
  const advances = await told(world, 'schedule-events')
  expect(advances.length).toBeLessThan(8)
  const skipped = advances.flatMap(({ value }) => value.skipped)
  expect(skipped).toMatchObject([{ outcome: 'SKIPPED_PAUSED', reason: 'PAUSED', detail: 'roof', count: YEAR_SECONDS }])
})

test('a year that nobody ran is decided at once, by what the job says', async () => {
  const world = await openAt()
  await world.changed(
    created('last', START, '* * * * * *'),
    created('none', START, '* * * * * *', timed({ catchup: 'NONE' })),
    created('all', START, '* * * * * *', timed({ catchup: 'ALL', catchupMax: 3, lateAfterMs: 1_000 })),
  )
  await world.miss(YEAR_SECONDS)
  await runDry(world.scheduler)
  const end = YEAR_SECONDS
  expect(await world.ledger('none')).toEqual([
    `CATCHUP_NONE 1..${end - 5} x${end - 5}`,
    ...[4, 3, 2, 1, 0].map((before) => `FIRED ${end - before}..${end - before} x1`),
  ])
  expect((await world.ledger('all')).slice(1, 4)).toEqual([
    `OVER_CATCHUP_MAX ${end - 86_399}..${end - 4} x${86_396}`,
    `FIRED ${end - 3}..${end - 3} x1 late`,
    `FIRED ${end - 2}..${end - 2} x1 late`,
  ])
  expect((await world.ledger('last')).slice(0, 3)).toEqual([
    `OUTSIDE_WINDOW 1..${end - 86_400} x${end - 86_400}`,
    `COLLAPSED ${end - 86_399}..${end - 6} x${86_394}`,
    `FIRED ${end - 5}..${end - 5} x1 late`,
  ])
})

test('skips that go on are one row, however many decisions they take', async () => {
  const rules = JSON.stringify({
    timeZone: null,
    workDays: [1],
    holidays: [],
    blackouts: [{ kind: 'ONCE', fromMs: startPlus(3).getTime(), toMs: startPlus(90).getTime(), name: 'roof' }],
  })
  const world = await openAt()
  const calendars = [{ name: 'works', version: 1, on: 'ANY_DAY' as const, rules }]
  await world.changed(created('job', START, '@every 1s', timed({ calendars })))
  await world.pass(92)
  expect(await world.ledger('job')).toEqual([
    ...[1, 2, 3].map((second) => `FIRED ${second}..${second} x1`),
    'CALENDAR 4..90 x87',
    'FIRED 91..91 x1',
    'FIRED 92..92 x1',
  ])
  const skipped = (await told(world, 'schedule-events')).flatMap(({ value }) => value.skipped)
  expect(skipped.length).toBeLessThan(5)
  expect(skipped.reduce((sum, { count }) => sum + count, 0)).toBe(87)
})

test('a wall time that was jumped over has a row beside the time that shares its moment', async () => {
  const spring = new Date('2026-03-08T06:30:00Z')
  const world = await openAt(movedClock(spring))
  const zone = timed({ timeZone: 'America/New_York', dstGap: 'SKIP' })
  await world.changed(created('job', spring, '0,30 2,3 * * *', zone))
  await world.miss(1_800)
  await runDry(world.scheduler)
  const rows = await world.database.reader.all(
    'select outcome, wall_time, slot_count, nominal_at from occurrences order by wall_key',
  )
  const nominal_at = Date.parse('2026-03-08T07:00:00Z')
  expect(rows).toEqual([
    { outcome: 'FIRED', wall_time: '2026-03-08T03:00:00-04:00[America/New_York]', slot_count: 1, nominal_at },
    { outcome: 'SKIPPED_DST', wall_time: '2026-03-08T02:00:00[America/New_York]', slot_count: 2, nominal_at },
  ])
  const [, advance] = await told(world, 'schedule-events')
  expect(advance?.value.tzdbVersion).toBe(tzdbVersion())
})

test('what was run by a moved clock is what a simulation says, with the same outages', async () => {
  const world = await openAt()
  const options = { catchup: 'ALL', catchupMax: 3, catchupWindowMs: 40_000, firesMax: 30, jitterMs: 700 } as const
  await world.changed(created('job', START, '*/2 * * * * *', timed(options)))
  const outages: { from: Date; to: Date }[] = []
  for (const [up, away] of [
    [7, 31],
    [12, 60],
    [25, 9],
  ] as const) {
    await world.pass(up)
    const from = new Date(world.clock.now().getTime() + 1)
    await world.miss(away)
    outages.push({ from, to: world.clock.now() })
    await runDry(world.scheduler)
  }
  const timing = { ...defaultTimingOptions, ...options, schedule: '*/2 * * * * *' }
  const input = { jobId: 'job', timing, createdAt: START, from: START, to: world.clock.now(), outages, recordsMax: 100 }
  const { fires, skips } = simulate(input)
  const range = (from: Date, through: Date, count: number): string =>
    `${secondsAfter(from.getTime())}..${secondsAfter(through.getTime())} x${count}`
  const lines = [
    ...fires.map(({ nominalAt, isLate }) => `FIRED ${range(nominalAt, nominalAt, 1)}${isLate ? ' late' : ''}`),
    ...skips.map(({ reason, from, through, count }) => `${reason} ${range(from, through, count)}`),
  ]
  expect((await world.ledger('job')).toSorted()).toEqual(lines.toSorted())
  expect(lines.length).toBeGreaterThan(20)
})

describe('a backfill', () => {
  const backfill = {
    backfillId: 'b',
    from: startPlus(-3_600),
    to: startPlus(4),
    rerun: false,
    firesPerMinuteMax: 60,
    overlap: null,
    requestedAt: startPlus(4),
  }

  test('fires what the ledger does not hold, at its own pace, and tells how far it is', async () => {
    const world = await openAt()
    const job = created('job', START, '@every 2s')
    await world.changed(job)
    await world.pass(5)
    const from = startPlus(-5)
    const asked = { ...job, version: 2, change: 'BACKFILL_REQUESTED' as const, recordedAt: startPlus(5) }
    await world.changed({ ...asked, backfill: { ...backfill, from } })
    await world.pass(6)
    const runs = (await requested(world)).filter((identity) => identity.includes('backfill:b'))
    expect(runs).toEqual(['09:59:56', '09:59:58', '10:00:00'].map((time) => `job backfill:b 2026-11-23T${time}.000Z`))
    const progress = (await told(world, 'schedule-events')).flatMap(({ value }) => value.backfills)
    expect(progress.at(0)).toMatchObject({ backfillId: 'b', state: 'RUNNING', firedCount: 0 })
    expect(progress.at(-1)).toMatchObject({ state: 'COMPLETED', firedCount: 3, leftOutCount: 2 })
  })

  test('that is cancelled goes no further', async () => {
    const world = await openAt()
    const job = created('job', START, '@manually')
    const seconds = { ...job, schedule: '@every 1s' }
    await world.changed(seconds)
    const asked = { ...seconds, version: 2, change: 'BACKFILL_REQUESTED' as const, backfill }
    await world.changed(asked)
    await world.pass(3)
    await world.changed({ ...asked, version: 3, change: 'BACKFILL_CANCELLED', recordedAt: startPlus(3) })
    const before = (await requested(world)).length
    await world.pass(3)
    const after = (await requested(world)).filter((identity) => identity.includes('backfill'))
    expect([before, after.length]).toEqual([7, 4])
  })
})

test('rows of another tz database are found anew when nothing is due, and only what changed is told', async () => {
  const metrics = openMetrics({ ofProcess: false })
  const world = await openAt(movedClock(START), { metrics })
  const zone = timed({ timeZone: 'Europe/Berlin' })
  const jobs = ['a', 'b', 'utc'].map((name) => created(name, START, '0 9 * * *', name === 'utc' ? {} : zone))
  await world.changed(...jobs)
  await world.database.unit([], async (unit) => {
    await unit.run("update timetable set tzdb_version = '2020a' where tzdb_version <> ''")
    await unit.run("update timetable set next_fire_at = next_fire_at + 3600000 where job_id = 'a'")
  })
  await runDry(world.scheduler)
  const rows = await world.database.reader.all<{ tzdb_version: string; next_fire_at: number }>(
    'select tzdb_version, next_fire_at from timetable order by job_id',
  )
  expect(rows.map(({ next_fire_at }) => new Date(next_fire_at).toISOString().slice(5, 16))).toEqual([
    '11-24T08:00',
    '11-24T08:00',
    '11-24T09:00',
  ])
  expect(rows.map(({ tzdb_version }) => tzdb_version)).toEqual([tzdbVersion(), tzdbVersion(), ''])
  const advances = (await told(world, 'schedule-events')).map(({ value }) => value.jobId)
  expect(advances.toSorted()).toEqual(['a', 'a', 'b', 'utc'])
  expect((await metrics.expose()).text).toContain('carillon_schedule_recomputed_total 2')
})

describe('a record that says what no job can be is parked', () => {
  const rules = { timeZone: null, workDays: [1], holidays: [], blackouts: [] }
  const using = (text: string): Partial<JobChanged> =>
    timed({ calendars: [{ name: 'works', version: 1, on: 'ANY_DAY', rules: text }] })
  const backfill = {
    backfillId: 'b',
    from: START,
    to: START,
    rerun: false,
    firesPerMinuteMax: 1,
    overlap: null,
    requestedAt: START,
  }

  test.each<[string, Partial<JobChanged>]>([
    ['a zone that does not exist', timed({ timeZone: 'Europe/Bielefeld' })],
    ['a calendar that cannot be read', using('{')],
    ['a calendar without its lists', using('{}')],
    ['a calendar with a day that does not exist', using(JSON.stringify({ ...rules, workDays: [9] }))],
    ['a backfill that is neither asked for nor cancelled', { change: 'UNKNOWN', backfill }],
    [
      'a backfill whose id is no key',
      { change: 'BACKFILL_REQUESTED', backfill: { ...backfill, backfillId: 'b'.repeat(200) } },
    ],
  ])('%s', async (_name, fields) => {
    const world = await openAt()
    await world.changed(created('bad', START, '@now', fields), created('good', START, '@now'))
    expect(await requested(world)).toEqual(['good schedule 2026-11-23T10:00:00.500Z'])
    const parked = await world.database.reader.all<{ reason: string }>('select reason from quarantine')
    expect(parked.map(({ reason }) => reason)).toEqual(['RULE_BROKEN'])
  })
})
