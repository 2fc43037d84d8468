import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Skip } from '#avro'
import type { Row } from '#platform/database'
import { quarantined } from '#platform/messaging'
import { differences } from '#platform/projections'
import { callerNamed, type JobsStage, openStage, type ToldRecord } from './jobs.fixture.ts'
import { decided, fire, skip } from './ledger.fixture.ts'
import { createJob, createJobs, type Job, jobStatusProjection, rebuildJobStatus } from './main.ts'

const alice = callerNamed('alice')
const HOUR_MS = 3_600_000
const T = Date.UTC(2026, 10, 23, 12)

let stage: JobsStage
let job: Job

beforeEach(async () => {
  stage = await openStage()
  await stage.jobs.start()
  job = await createJob(stage.jobs.parts, alice, { jobType: 'ECHO', schedule: '@hourly' })
})

afterEach(() => stage.close())

/** The nominal time of an hour, counted from T. */
const hour = (n: number): Date => new Date(T + n * HOUR_MS)
const decidedAt = new Date(T + 100 * HOUR_MS)

async function tell(...records: readonly ToldRecord[]): Promise<void> {
  await stage.tell(...records)
  await expect.poll(() => stage.messaging.lag('jobs'), { timeout: 10_000 }).toBe(0)
}

async function rows(columns: string): Promise<readonly Row[]> {
  return stage.database.reader.all(`select ${columns} from occurrences order by job_id, scheduled_for, line`)
}

const paused = (from: number, through: number, changes: Partial<Skip> = {}): Skip =>
  skip(hour(from), {
    through: hour(through),
    count: through - from + 1,
    outcome: 'SKIPPED_PAUSED',
    reason: 'PAUSED',
    ...changes,
  })

test('what fired and what was skipped is written down, each with its reason', async () => {
  const late = fire(hour(1), { isLate: true, effectiveAt: new Date(T + HOUR_MS + 1_000), wallTime: 'W' })
  const skips = [
    skip(hour(2)),
    skip(hour(3), { outcome: 'SKIPPED_CALENDAR', reason: 'CALENDAR', detail: 'holiday Christmas of calendar nyse' }),
    skip(hour(4), { outcome: 'SKIPPED_DST', reason: 'DST_GAP', wallTime: '02:15', count: 2 }),
    paused(5, 9),
  ]
  const triggered = fire(hour(10), { cause: 'trigger:monday' })
  await tell(decided(job, 1, { fired: [fire(hour(0)), late, fire(hour(4)), triggered], skipped: skips, decidedAt }))
  const found = await rows(
    'scheduled_for, through, nominal_count n, outcome, reason, wall_time, is_late, effective_at, cause',
  )
  const [one, n] = [{ n: 1, is_late: 0, wall_time: null, effective_at: null, cause: 'schedule' }, hour]
  const at = (from: Date, through = from) => ({ scheduled_for: from.getTime(), through: through.getTime() })
  expect(found).toEqual([
    { ...one, ...at(n(0)), outcome: 'FIRED', reason: 'ON_TIME', effective_at: T },
    {
      ...one,
      ...at(n(1)),
      outcome: 'FIRED',
      reason: 'LATE',
      is_late: 1,
      effective_at: T + HOUR_MS + 1_000,
      wall_time: 'W',
    },
    { ...one, ...at(n(2)), outcome: 'SKIPPED_CATCHUP', reason: 'CATCHUP_NONE' },
    { ...one, ...at(n(3)), outcome: 'SKIPPED_CALENDAR', reason: 'CALENDAR' },
    { ...one, ...at(n(4)), outcome: 'SKIPPED_DST', reason: 'DST_GAP', wall_time: '02:15', n: 2 },
    { ...one, ...at(n(4)), outcome: 'FIRED', reason: 'ON_TIME', effective_at: n(4).getTime() },
    { ...one, ...at(n(5), n(9)), outcome: 'SKIPPED_PAUSED', reason: 'PAUSED', n: 5 },
    {
      ...one,
      ...at(n(10)),
      outcome: 'FIRED',
      reason: 'TRIGGERED',
      cause: 'trigger:monday',
      effective_at: n(10).getTime(),
    },
  ])
})

test('a record of before, without the newer fields, belongs to the version that was applied', async () => {
  const old = { ...fire(hour(0)), jobVersion: 0, effectiveAt: null, wallTime: '' }
  await tell(decided(job, 1, { fired: [old], appliedVersion: 7, decidedAt }))
  expect(await rows('job_version, effective_at, wall_time')).toEqual([
    { job_version: 7, effective_at: T, wall_time: null },
  ])
})

test('equal skips that go on where the last record ended become one run, within a record and over many', async () => {
  await tell(decided(job, 1, { skipped: [paused(0, 3), paused(4, 4)], decidedAt }))
  await tell(
    decided(job, 2, { skipped: [paused(5, 5)], fired: [fire(hour(5), { cause: 'trigger:k' })], decidedAt }),
    decided(job, 3, { skipped: [paused(6, 8)], decidedAt: new Date(decidedAt.getTime() + 1) }),
  )
  expect(await rows('scheduled_for, through, nominal_count, decided_at')).toEqual([
    { scheduled_for: T, through: hour(8).getTime(), nominal_count: 9, decided_at: decidedAt.getTime() + 1 },
    expect.objectContaining({ nominal_count: 1 }),
  ])
})

test.each([
  ['a fire is between them', [later(2, { fired: [1] }), later(3, { skipped: [2] })], 3],
  ['the reason is another one', [later(2, { skipped: [1], change: { reason: 'OUTSIDE_WINDOW' } })], 2],
  ['the detail is another one', [later(2, { skipped: [1], change: { detail: 'by bob' } })], 2],
  ['the version is another one', [later(2, { skipped: [1], change: { jobVersion: 2 } })], 2],
  ['the edition of the zones is another one', [later(2, { skipped: [1], tzdbVersion: '2027a' })], 2],
  ['the cause is another one', [later(2, { skipped: [1], change: { cause: 'backfill:b' } })], 2],
])('skips stay apart when %s', async (_why, records, expected) => {
  await tell(decided(job, 1, { skipped: [skip(hour(0))], decidedAt }))
  await tell(...records.map((make) => make(job)))
  expect(await rows('scheduled_for')).toHaveLength(expected)
})

interface Later {
  readonly fired?: readonly number[]
  readonly skipped?: readonly number[]
  readonly change?: Partial<Skip>
  readonly tzdbVersion?: string
}

function later(version: number, { fired = [], skipped = [], change = {}, tzdbVersion = '' }: Later) {
  return (of: Job): ToldRecord =>
    decided(of, version, {
      fired: fired.map((n) => fire(hour(n))),
      skipped: skipped.map((n) => skip(hour(n), change)),
      tzdbVersion,
      decidedAt,
    })
}

test('a per-second job that is paused for a year, told by the hour, costs one row', async () => {
  const hours = 365 * 24
  const records = Array.from({ length: hours }, (_, n) =>
    decided(job, n + 1, {
      skipped: [
        paused(n, n, { from: new Date(T + n * HOUR_MS + 1_000), through: hour(n + 1), count: 3_600, detail: 'night' }),
      ],
      decidedAt,
    }),
  )
  await tell(...records)
  expect(await rows('nominal_count')).toEqual([{ nominal_count: hours * 3_600 }])
}, 60_000)

test('a skip for a reason that nobody here knows is parked', async () => {
  await tell(decided(job, 1, { skipped: [skip(hour(0), { outcome: 'UNKNOWN' })], decidedAt }))
  await expect.poll(async () => (await quarantined(stage.database.reader)).length).toBe(1)
  expect(await rows('*')).toEqual([])
})

const MISSED = 'select kind, reason, nominal_count n, late_by_ms, execution_id from missed order by scheduled_for'

test('late fires, and skips that nobody asked for, are missed; pauses and calendars are not', async () => {
  const late = fire(hour(0), { isLate: true, executionId: 'e' })
  const wanted = skip(hour(1), { outcome: 'SKIPPED_CALENDAR', reason: 'CALENDAR' })
  const unwanted = skip(hour(7), { through: hour(9), count: 3 })
  await tell(decided(job, 1, { fired: [late, fire(hour(10))], skipped: [wanted, paused(2, 6), unwanted], decidedAt }))
  expect(await stage.database.reader.all(MISSED)).toEqual([
    { kind: 'LATE', reason: 'LATE', n: 1, late_by_ms: decidedAt.getTime() - T, execution_id: 'e' },
    { kind: 'SKIPPED', reason: 'CATCHUP_NONE', n: 3, late_by_ms: null, execution_id: null },
  ])
})

async function busyStory(): Promise<void> {
  const inputs = Array.from({ length: 40 }, () => ({ jobType: 'ECHO', schedule: '@hourly' }))
  const records = (await createJobs(stage.jobs.parts, alice, inputs)).flatMap((each, index) => [
    decided(each, 1, { fired: [fire(hour(0))], skipped: [paused(1, 3)], decidedAt }),
    decided(each, 2, { skipped: [paused(4, 4 + (index % 5))], decidedAt }),
    decided(each, 3, { fired: [fire(hour(20), { isLate: index % 2 === 0 })], skipped: [skip(hour(19))], decidedAt }),
    decided(each, 4, { skipped: [skip(hour(21))], decidedAt }),
  ])
  // Each comes twice, and the streams come mixed and backwards: what comes after a gap waits.
  await tell(...records.toReversed(), ...records)
}

const compare = (): Promise<readonly unknown[]> =>
  rebuildJobStatus(stage.jobs.parts, stage.messaging, (unit) => differences(unit, jobStatusProjection))

test('live equals rebuilt, however the records came', async () => {
  await busyStory()
  expect(await rows('nominal_count')).toHaveLength(40 * 5)
  expect(await compare()).toEqual([])
})

test.each([
  "update occurrences set nominal_count = nominal_count + 1 where outcome = 'SKIPPED_PAUSED' and job_id in (select id from (select max(job_id) as id from occurrences) last)",
  "delete from occurrences where outcome = 'FIRED' and job_id in (select id from (select max(job_id) as id from occurrences) last)",
])('a record that was lost or changed behind the topics is found: %#', async (harm) => {
  await busyStory()
  await stage.database.unit([], (unit) => unit.run(harm))
  expect((await compare()).length).toBeGreaterThan(0)
})
