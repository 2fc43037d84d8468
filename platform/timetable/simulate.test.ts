import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CalendarUse, defaultTimingOptions, type Timing, timetableOf } from '#platform/schedule'
import { recordsOf, timed } from './decide.fixture.ts'
import { decide } from './decide.ts'
import { continues, type Fire, isOfTimes, joined, type Skip } from './decision.ts'
import { jobChange } from './job-change.fixture.ts'
import { type SimulationInput, simulate } from './simulate.ts'
import { later, received, unknownJob } from './timetable.ts'

const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)
const input = (timing: Partial<Timing>, fields: Partial<SimulationInput> = {}): SimulationInput => ({
  jobId: 'job',
  timing: { ...defaultTimingOptions, schedule: '@every 10s', ...timing },
  createdAt: at('10:00:00'),
  from: at('10:00:00'),
  to: at('10:01:00'),
  outages: [],
  recordsMax: 1_000,
  ...fields,
})

describe('a simulation', () => {
  test('tells each fire, from its start (not included) to its end', () => {
    const { fires, skips, isTruncated } = simulate(input({}))
    expect(fires.map(({ nominalAt }) => nominalAt)).toEqual(
      [10, 20, 30, 40, 50, 60].map((second) => new Date(at('10:00:00').getTime() + second * 1_000)),
    )
    expect([skips, isTruncated]).toEqual([[], false])
    expect(fires[0]).toMatchObject({
      firedAt: at('10:00:10'),
      isLate: false,
      wallTime: '2026-11-23T10:00:10+00:00[UTC]',
    })
  })

  test('of a job that has been for years begins at its own start', () => {
    const { fires } = simulate(input({ schedule: '@every 1s' }, { createdAt: new Date('2020-01-01T00:00:00Z') }))
    expect(fires).toHaveLength(60)
  })

  test('of what fires at once begins with that', () => {
    expect(simulate(input({ schedule: '@now' })).fires).toMatchObject([{ nominalAt: at('10:00:00') }])
  })

  test('decides what an outage leaves when it is over, by what the job says', () => {
    const outages = [
      { from: at('10:00:15'), to: at('10:00:30') },
      { from: at('10:00:30'), to: at('10:00:51') },
    ]
    const { fires, skips } = simulate(input({}, { outages }))
    expect(fires.map(({ nominalAt, isLate }) => [nominalAt, isLate])).toEqual([
      [at('10:00:10'), false],
      [at('10:00:40'), true],
      [at('10:00:50'), false],
      [at('10:01:00'), false],
    ])
    expect(recordsOf({ fires: [], skips })).toEqual(['COLLAPSED 10:00:20..10:00:30 x2'])
  })

  test('joins what follows from one decision to the next', () => {
    const blackouts = [
      { kind: 'ONCE', fromMs: at('10:00:15').getTime(), toMs: at('12:00:00').getTime(), name: 'roof' },
    ] as const
    const rules = { timeZone: null, workDays: [1], holidays: [], blackouts }
    const calendars: CalendarUse[] = [{ name: 'works', version: 1, on: 'ANY_DAY', rules }]
    const { fires, skips } = simulate(input({ ...timed({ calendars }), schedule: '@every 1s' }, { to: at('11:00:00') }))
    expect(fires).toHaveLength(14)
    expect(skips).toHaveLength(1)
  })

  test('stops where calendars forbid everything for years', () => {
    const blackouts = [
      { kind: 'WEEKLY', days: [0, 1, 2, 3, 4, 5, 6], from: '00:00', to: '00:00', name: 'always' },
    ] as const
    const rules = { timeZone: null, workDays: [1], holidays: [], blackouts }
    const calendars: CalendarUse[] = [{ name: 'works', version: 1, on: 'ANY_DAY', rules }]
    const fields = { to: new Date('2036-11-23T00:00:00Z'), idleDecisionsMax: 20 }
    const never = simulate(input({ ...timed({ calendars }), schedule: '* * * * *' }, fields))
    expect([never.fires.length, never.skips.length, never.isTruncated]).toEqual([0, 1, true])
  })

  test('stops at as many records as are wanted', () => {
    const short = simulate(input({}, { recordsMax: 3 }))
    expect([short.fires.length, short.isTruncated]).toEqual([3, true])
  })
})

const SPRING_MS = Date.parse('2026-03-07T12:00:00Z')
const HOUR_MS = 3_600_000

const works = (fromMs: number, lengthMs: number): CalendarUse => ({
  name: 'works',
  version: 1,
  on: 'ANY_DAY',
  rules: {
    timeZone: null,
    workDays: [1, 2, 3, 4, 5],
    holidays: [{ from: '2026-03-09', to: '2026-03-09', name: 'feast' }],
    blackouts: [{ kind: 'ONCE', fromMs: SPRING_MS + fromMs, toMs: SPRING_MS + fromMs + lengthMs, name: 'roof' }],
  },
})

const timings = fc
  .record({
    schedule: fc.constantFrom('*/5 * * * *', '30 2 * * *', '0,20,40 1-3 * * *', '@every 7m', '0 */2 * * *', '@hourly'),
    timeZone: fc.constantFrom('UTC', 'America/New_York'),
    dstGap: fc.constantFrom<Timing['dstGap']>('FIRE_AFTER', 'SHIFT', 'SKIP'),
    dstOverlap: fc.constantFrom<Timing['dstOverlap']>('FIRST', 'LAST', 'BOTH'),
    catchup: fc.constantFrom<Timing['catchup']>('LAST', 'ALL', 'NONE'),
    catchupMax: fc.integer({ min: 0, max: 8 }),
    catchupWindowMs: fc.constantFrom(HOUR_MS, 24 * HOUR_MS),
    lateAfterMs: fc.constantFrom(5_000, 600_000),
    firesMax: fc.option(fc.integer({ min: 1, max: 30 })),
    jitterMs: fc.constantFrom(0, 0, 60_000, 2 * HOUR_MS),
    blackout: fc.option(fc.tuple(fc.integer({ min: 0, max: 48 * HOUR_MS }), fc.integer({ min: 1, max: 20 * HOUR_MS }))),
  })
  .map(({ blackout, ...fields }): Timing => {
    return { ...defaultTimingOptions, ...fields, calendars: blackout ? [works(...blackout)] : [] }
  })
const outages = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 60 * HOUR_MS }), fc.integer({ min: 1, max: 12 * HOUR_MS })), {
    maxLength: 3,
  })
  .map((drawn) =>
    drawn.map(([fromMs, lengthMs]) => ({
      from: new Date(SPRING_MS + fromMs),
      to: new Date(SPRING_MS + fromMs + lengthMs),
    })),
  )

/** Drives decisions by a clock that is moved: a little after each moment at which something is due, and in pieces. */
function driven({ timing: { schedule, ...timing }, createdAt, to, outages: away }: SimulationInput, pokesMs: number[]) {
  const change = jobChange({ schedule, timing, scheduledSince: createdAt })
  let timetable = received(unknownJob('job', 'workspace'), change, createdAt)
  const fires: Fire[] = []
  const skips: Skip[] = []
  let now = awake(createdAt)
  for (let looks = 0; now <= to; looks++) {
    expect(looks).toBeLessThan(5_000)
    const decision = decide(timetable, now, 1 + (looks % 3))
    timetable = decision.timetable
    fires.push(...decision.fires)
    skips.push(...decision.skips)
    if (!decision.next) break
    const due = later(decision.next, now)
    const poked = new Date(due.getTime() + (due > now ? (pokesMs[looks % pokesMs.length] ?? 0) : 0))
    // It was up when it was due, or comes up with the end of the outage.
    const isUp = awake(due) === due && awake(poked) === poked && poked <= to
    now = isUp ? poked : awake(due)
  }
  return { fires, skips }

  function awake(moment: Date): Date {
    const around = away.find((outage) => outage.from <= moment && moment < outage.to)
    return around ? awake(around.to) : moment
  }
}

/** Each nominal time in a line; those of the last minute may be yet to be told. */
function lines(
  { timing, createdAt, to }: SimulationInput,
  { fires, skips }: { fires: readonly Pick<Fire, 'nominalAt' | 'effectiveAt' | 'isLate'>[]; skips: readonly Skip[] },
) {
  const inForce = timetableOf(timing, createdAt, 'job')
  const before = new Date(to.getTime() - 60_001)
  const told = fires.map(({ nominalAt, effectiveAt, isLate }) => ({
    atMs: nominalAt.getTime(),
    line: `${nominalAt.toISOString()} FIRED ${effectiveAt.getTime()} ${isLate}`,
  }))
  const kept: Skip[] = []
  for (const skip of skips.filter(isOfTimes)) {
    const last = kept.at(-1)
    const hasFired = fires.some(({ nominalAt }) => last && nominalAt > last.through && nominalAt < skip.from)
    if (last && !hasFired && continues(last, skip)) kept[kept.length - 1] = joined(last, skip)
    else kept.push(skip)
  }
  const skipped = [...kept, ...skips.filter((skip) => !isOfTimes(skip))].map((skip) => ({
    atMs: skip.from.getTime(),
    line: skip.through > before ? `${skip.reason} ${skip.from.toISOString()}..` : JSON.stringify(skip),
  }))
  expect(inForce.since).toEqual(createdAt)
  return [...told, ...skipped]
    .filter(({ atMs }) => atMs <= before.getTime())
    .map(({ line }) => line)
    .sort()
}

test('a simulation is what a scheduler does by a clock that is moved, with the same outages', () => {
  const property = fc.property(
    timings,
    outages,
    fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 5 }),
    (timing, away, pokesMs) => {
      const createdAt = new Date(SPRING_MS)
      const story = input(timing, { createdAt, from: createdAt, to: new Date(SPRING_MS + 60 * HOUR_MS), outages: away })
      const simulated = simulate({ ...story, timing, recordsMax: 100_000 })
      expect(lines({ ...story, timing }, driven({ ...story, timing }, pokesMs))).toEqual(
        lines({ ...story, timing }, simulated),
      )
    },
  )
  fc.assert(property, { numRuns: 200 })
})
