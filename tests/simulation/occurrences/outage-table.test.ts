import { expect, test } from 'vitest'
import { type CalendarUse, defaultTimingOptions, type Timing } from '#platform/schedule'
import { checkWhen } from './check-when.ts'
import type { JobStep, ToldSkip } from './job-history.ts'
import { type JobsDesk, openJobsDesk } from './jobs-desk.ts'
import { openWhenWorld } from './when-world.ts'

const MINUTE_MS = 60_000
const DAY = '2026-11-23'
const SCHEDULERS = 3

/** Every scheduler is killed at half past 10:00, and comes back at half past 10:10. */
interface Case {
  readonly timing?: Partial<Timing>
  /** What people do at half past these minutes of the outage. */
  readonly meanwhile?: Readonly<Record<number, (desk: JobsDesk) => void>>
  readonly ledger: string
}

const jobOf = (desk: JobsDesk) => [...desk.jobs.values()][0]!
const freeze: CalendarUse = {
  name: 'releases',
  version: 1,
  on: 'ANY_DAY',
  rules: {
    timeZone: null,
    workDays: [0, 1, 2, 3, 4, 5, 6],
    holidays: [],
    blackouts: [
      { kind: 'ONCE', fromMs: Date.parse(`${DAY}T10:08:30Z`), toMs: Date.parse(`${DAY}T10:20:00Z`), name: 'a freeze' },
    ],
  },
}

const CASES: Readonly<Record<string, Case>> = {
  'LAST fires the newest': {
    ledger: '09:59, 10:00, COLLAPSED 10:01-10:09 x9, 10:10 late, 10:11, 10:12',
  },
  'LAST that is to be late later fires all that is not': {
    timing: { lateAfterMs: 3 * MINUTE_MS },
    ledger: '09:59, 10:00, COLLAPSED 10:01-10:06 x6, 10:07 late, 10:08, 10:09, 10:10, 10:11, 10:12',
  },
  'ALL fires each in its order': {
    timing: { catchup: 'ALL' },
    ledger:
      '09:59, 10:00, 10:01 late, 10:02 late, 10:03 late, 10:04 late, 10:05 late, 10:06 late, 10:07 late, 10:08 late, 10:09 late, 10:10 late, 10:11, 10:12',
  },
  'ALL fires no more than it may': {
    timing: { catchup: 'ALL', catchupMax: 3 },
    ledger: '09:59, 10:00, OVER_CATCHUP_MAX 10:01-10:07 x7, 10:08 late, 10:09 late, 10:10 late, 10:11, 10:12',
  },
  'ALL leaves what is too old': {
    timing: { catchup: 'ALL', catchupWindowMs: 5 * MINUTE_MS },
    ledger:
      '09:59, 10:00, OUTSIDE_WINDOW 10:01-10:05 x5, 10:06 late, 10:07 late, 10:08 late, 10:09 late, 10:10 late, 10:11, 10:12',
  },
  'LAST leaves what is too old, and that may be all': {
    timing: { catchupWindowMs: 20_000 },
    ledger: '09:59, 10:00, OUTSIDE_WINDOW 10:01-10:10 x10, 10:11, 10:12',
  },
  'NONE fires nothing late': {
    timing: { catchup: 'NONE' },
    ledger: '09:59, 10:00, CATCHUP_NONE 10:01-10:10 x10, 10:11, 10:12',
  },
  'NONE fires what is not late yet': {
    timing: { catchup: 'NONE', lateAfterMs: 4 * MINUTE_MS },
    ledger: '09:59, 10:00, CATCHUP_NONE 10:01-10:06 x6, 10:07, 10:08, 10:09, 10:10, 10:11, 10:12',
  },
  'a calendar comes first, and LAST takes the newest that may fire': {
    timing: { calendars: [freeze] },
    ledger: '09:59, 10:00, COLLAPSED 10:01-10:07 x7, 10:08 late, CALENDAR 10:09-10:12 x4',
  },
  'a limit counts fires and ends with the last': {
    timing: { catchup: 'ALL', firesMax: 4 },
    ledger: '09:59, 10:00, 10:01 late, 10:02 late',
  },
  'an end is the last that may fire': {
    timing: { endAtMs: Date.parse(`${DAY}T10:05:00Z`) },
    ledger: '09:59, 10:00, COLLAPSED 10:01-10:04 x4, 10:05 late',
  },
  'nothing late before a pause is caught up after it': {
    meanwhile: {
      3: (desk) => desk.pause(jobOf(desk), null),
      6: (desk) => desk.resume(jobOf(desk)),
    },
    ledger:
      '09:59, 10:00, SUPERSEDED 10:01-10:03 x3, PAUSED 10:04-10:06 x3, COLLAPSED 10:07-10:09 x3, 10:10 late, 10:11, 10:12',
  },
  'a pause that ends by itself ends without anybody': {
    meanwhile: { 3: (desk) => desk.pause(jobOf(desk), Date.parse(`${DAY}T10:09:30Z`)) },
    ledger: '09:59, 10:00, SUPERSEDED 10:01-10:03 x3, PAUSED 10:04-10:09 x6, 10:10 late, 10:11, 10:12',
  },
  'an edit of the schedule is no miss, and loses nothing': {
    meanwhile: {
      5: (desk) => desk.update(jobOf(desk), { timing: { ...jobOf(desk).timing, schedule: '*/2 * * * *' } }),
    },
    ledger: '09:59, 10:00, SUPERSEDED 10:01-10:05 x5, COLLAPSED 10:06-10:08 x2, 10:10 late, 10:12',
  },
  'an edit of the params is no boundary': {
    meanwhile: { 5: (desk) => desk.update(jobOf(desk), { params: '{"new":true}' }) },
    ledger: '09:59, 10:00, COLLAPSED 10:01-10:09 x9, 10:10 late, 10:11, 10:12',
  },
  'an archive leaves nothing to come': {
    meanwhile: { 5: (desk) => desk.archive(jobOf(desk)) },
    ledger: '09:59, 10:00, SUPERSEDED 10:01-10:05 x5',
  },
}

test.each(Object.entries(CASES))(
  'after ten minutes without any scheduler: %s',
  async (_name, { timing, meanwhile = {}, ledger }) => {
    const world = await openWhenWorld({ seed: 1, startMs: Date.parse(`${DAY}T09:58:30Z`) })
    const desk = openJobsDesk(world)
    for (let count = 0; count < SCHEDULERS; count++) await world.start()
    desk.create({ ...defaultTimingOptions, schedule: '* * * * *', ...timing })
    await world.pass(2 * MINUTE_MS)
    for (const { process } of world.processes) process.kill()
    for (let minute = 1; minute <= 10; minute++) {
      await world.pass(MINUTE_MS)
      meanwhile[minute]?.(desk)
    }
    for (let count = 0; count < SCHEDULERS; count++) await world.start()
    await world.pass(2 * MINUTE_MS)

    const { findings, steps } = await checkWhen(world, desk.changes)
    expect(linesOf([...steps.values()].flat())).toBe(ledger)
    expect(findings).toEqual([])
    await world.close()
  },
)

test('a wall time that fell into a gap and an outage at once is one record, as the job says', async () => {
  const ledgers = ['FIRE_AFTER', 'SHIFT', 'SKIP'] as const
  const found = ledgers.map(async (dstGap) => {
    const world = await openWhenWorld({ seed: 1, startMs: Date.parse('2026-03-08T06:50:30Z') })
    const desk = openJobsDesk(world)
    await world.start()
    desk.create({ ...defaultTimingOptions, schedule: '5,8,20 2 * * *', timeZone: 'America/New_York', dstGap })
    await world.pass(5 * MINUTE_MS)
    for (const { process } of world.processes) process.kill()
    await world.pass(15 * MINUTE_MS)
    await world.start()
    await world.pass(15 * MINUTE_MS)
    const { findings, steps } = await checkWhen(world, desk.changes)
    expect(findings).toEqual([])
    await world.close()
    return linesOf([...steps.values()].flat())
  })
  expect(await Promise.all(found)).toEqual([
    '07:00 late',
    'COLLAPSED 07:05-07:05 x1, 07:08 late, 07:20',
    'DST_GAP 07:00-07:00 x3',
  ])
})

/** The ledger in the order of its times: fires by the minute, ranges of skips with how many are in them. */
function linesOf(steps: readonly JobStep[]): string {
  const advances = steps.flatMap((step) => (step.type === 'advanced' ? [step.advance] : []))
  const fires = advances.flatMap(({ fired }) =>
    fired.map(({ nominalMs, isLate }) => ({ atMs: nominalMs, line: `${minuteOf(nominalMs)}${isLate ? ' late' : ''}` })),
  )
  const skips = joined(advances.flatMap(({ skipped }) => skipped)).map(({ reason, fromMs, throughMs, count }) => ({
    atMs: fromMs,
    line: `${reason} ${minuteOf(fromMs)}-${minuteOf(throughMs)} x${count}`,
  }))
  const lines = [...fires, ...skips].sort((one, other) => one.atMs - other.atMs)
  return lines.map(({ line }) => line).join(', ')
}

/** Ranges that go on where another one ended are one. */
function joined(skips: readonly ToldSkip[]): readonly ToldSkip[] {
  const ranges: ToldSkip[] = []
  for (const skip of skips.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const last = ranges.at(-1)
    if (last?.reason === skip.reason && last.jobVersion === skip.jobVersion) {
      ranges[ranges.length - 1] = { ...last, throughMs: skip.throughMs, count: last.count + skip.count }
    } else ranges.push(skip)
  }
  return ranges
}

function minuteOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16)
}
