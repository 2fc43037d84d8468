// Stories of a job that is changed and looked at, and the nominal times that there must be in each: independently.
// Never used outside of tests.
import fc from 'fast-check'
import { expect } from 'vitest'
import { type CalendarUse, defaultTimingOptions, type TimingOptions } from '#platform/schedule'
import type { decide } from './decide.ts'
import type { Fire, Skip } from './decision.ts'
import { jobChange } from './job-change.fixture.ts'
import { type JobChange, received, type Timetable, unknownJob } from './timetable.ts'

/** What decides in a story. */
export type Decide = typeof decide

/** A nominal time with what became of it. */
export type Observed = { readonly nominalMs: number; readonly jobVersion: number; readonly outcome: string }

/** Something that happens. */
export interface Step {
  readonly gapMs: number
  readonly act:
    | ('tick' | 'deliver' | 'redeliver' | 'edit' | 'params' | 'timing' | 'pause' | 'resume' | 'trigger')
    | 'archive'
  readonly schedule: string
  readonly timing: TimingOptions
  readonly untilMs: number | null
  readonly firesMax: number
}

/** When the job of a story is created. */
export const START_MS = Date.parse('2026-11-23T10:00:00.250Z')
const LATE_AT_MS = 60_001
/** As much as may fire. */
export const FOREVER = 1_000_000
const isoAt = (afterMs: number): string => new Date(START_MS - 250 + afterMs).toISOString()

/** The nominal times of each schedule by a definition that shares nothing with the one under test. */
export const nominalTimes: Readonly<Record<string, (sinceMs: number, toMs: number) => number[]>> = {
  '@every 1s': (since, to) => wholeSeconds(since, to, () => true),
  '@every 3s/1s': (since, to) => wholeSeconds(since, to, (second) => second % 3 === 1),
  '*/2 * * * * *': (since, to) => wholeSeconds(since, to, (second) => second % 2 === 0),
  '@now': (since) => [since],
  [`@at ${isoAt(4_000)}`]: (since) => [START_MS - 250 + 4_000].filter((ms) => ms > since - LATE_AT_MS),
  [`@at ${isoAt(15_300)}`]: (since) => [START_MS - 250 + 15_300].filter((ms) => ms > since - LATE_AT_MS),
  '@manually': () => [],
}

function wholeSeconds(afterMs: number, toMs: number, matches: (second: number) => boolean): number[] {
  const found: number[] = []
  for (let second = Math.floor(afterMs / 1_000) + 1; second * 1_000 <= toMs; second++) {
    if (matches(second)) found.push(second * 1_000)
  }
  return found
}

const calendar = (fromMs: number, lengthMs: number): CalendarUse => ({
  name: 'works',
  version: 1,
  on: 'ANY_DAY',
  rules: {
    timeZone: null,
    workDays: [1, 2, 3, 4, 5],
    holidays: [],
    blackouts: [{ kind: 'ONCE', fromMs: START_MS + fromMs, toMs: START_MS + fromMs + lengthMs, name: 'roof' }],
  },
})

/** What a job may say of time. */
export const timings = fc
  .record({
    catchup: fc.constantFrom<TimingOptions['catchup']>('LAST', 'ALL', 'NONE'),
    catchupMax: fc.integer({ min: 0, max: 5 }),
    catchupWindowMs: fc.constantFrom(3_000, 86_400_000),
    lateAfterMs: fc.constantFrom(0, 1_500, 5_000, 60_000),
    jitterMs: fc.constantFrom(0, 0, 900, 2_500),
    blackout: fc.option(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 15_000 }))),
  })
  .map(({ blackout, ...fields }): TimingOptions => {
    const calendars = blackout ? [calendar(...blackout)] : []
    return { ...defaultTimingOptions, ...fields, calendars }
  })

/** What may happen. */
export const steps = fc.array(
  fc.record<Step>({
    gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000 }), fc.constant(750), fc.constant(20_000)),
    act: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Step['act']>('tick') },
      { weight: 4, arbitrary: fc.constant<Step['act']>('deliver') },
      {
        weight: 4,
        arbitrary: fc.constantFrom<Step['act']>('edit', 'params', 'timing', 'pause', 'resume', 'trigger', 'redeliver'),
      },
      { weight: 1, arbitrary: fc.constant<Step['act']>('archive') },
    ),
    schedule: fc.constantFrom(...Object.keys(nominalTimes)),
    timing: timings,
    untilMs: fc.option(fc.integer({ min: 1, max: 9_000 })),
    firesMax: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 4 })),
  }),
  { maxLength: 40 },
)

/** Plays steps: changes are made at one moment, arrive at a later one, and time is looked at now and then. */
export function play(
  played: readonly Step[],
  schedule: string,
  timing: TimingOptions,
  decideBy: Decide,
  inPieces?: number,
) {
  let nowMs = START_MS
  let newest: JobChange = jobChange({ schedule, timing, params: '1', scheduledSince: new Date(nowMs) })
  const changes: JobChange[] = [newest]
  const fires: (Fire & { readonly firedAtMs: number })[] = []
  const skips: Skip[] = []
  const arrivedAtMs: number[] = []
  let delivered = 0
  let timetable: Timetable = unknownJob('job', 'workspace')

  function look(firesMax: number): void {
    for (let pieces = 0; pieces < 10_000; pieces++) {
      const decision = decideBy(timetable, new Date(nowMs), inPieces ?? firesMax)
      timetable = decision.timetable
      fires.push(...decision.fires.map((fire) => ({ ...fire, firedAtMs: nowMs })))
      skips.push(...decision.skips)
      if (inPieces === undefined || decision.next === null || decision.next.getTime() > nowMs) return
    }
    throw new Error('the pieces do not end')
  }
  function deliver(incoming: JobChange | undefined): void {
    if (incoming) timetable = received(timetable, incoming, new Date(nowMs))
  }
  function change(fields: Partial<JobChange>): void {
    newest = { ...newest, trigger: null, ...fields, version: newest.version + 1, changedAt: new Date(nowMs) }
    changes.push(newest)
  }
  function deliverNext(): void {
    deliver(changes[delivered])
    if (delivered < changes.length) arrivedAtMs[delivered++] = nowMs
  }
  function resumeIfOver(): void {
    const { pausedUntil, state } = newest
    if (state !== 'PAUSED' || !pausedUntil || pausedUntil.getTime() > nowMs) return
    change({ state: 'ACTIVE', scheduledSince: pausedUntil, pausedUntil: null })
  }

  for (const { gapMs, act, schedule: edited, timing: retimed, untilMs, firesMax } of played) {
    nowMs += gapMs
    resumeIfOver()
    const at = new Date(nowMs)
    if (act === 'deliver') deliverNext()
    if (act === 'redeliver') deliver(changes[Math.floor(delivered / 2)])
    if (act === 'tick' || act === 'deliver' || act === 'redeliver') look(firesMax)
    else if (newest.state === 'ARCHIVED') continue
    else if (act === 'edit' && edited !== newest.schedule) change({ schedule: edited, scheduledSince: at })
    else if (act === 'timing') change({ timing: retimed, scheduledSince: at })
    else if (act === 'params') change({ params: String(newest.version + 1) })
    else if (act === 'pause' && newest.state === 'ACTIVE') {
      change({ state: 'PAUSED', pausedUntil: untilMs === null ? null : new Date(nowMs + untilMs) })
    } else if (act === 'resume' && newest.state === 'PAUSED') {
      change({ state: 'ACTIVE', scheduledSince: at, pausedUntil: null })
    } else if (act === 'archive') change({ state: 'ARCHIVED' })
    else if (act === 'trigger') {
      const key = `k${newest.version}`
      change({ trigger: { executionId: key, key, params: 'by hand', triggeredAt: at } })
    }
  }
  // An open pause would leave its times without a record, as it should.
  if (newest.state === 'PAUSED') change({ state: 'ACTIVE', scheduledSince: new Date(nowMs), pausedUntil: null })
  while (delivered < changes.length) deliverNext()
  look(FOREVER)
  return { changes, fires, skips, arrivedAtMs, endMs: nowMs, timetable }
}

/** What was played. */
export type Story = ReturnType<typeof play>

/** Every nominal time with what became of it: ranges are taken apart by the list that shares nothing with them. */
export function recorded({ changes, fires, skips }: Story): Observed[] {
  const found: Observed[] = fires
    .filter(({ cause }) => cause === 'schedule')
    .map(({ nominalAt, jobVersion }) => ({ nominalMs: nominalAt.getTime(), jobVersion, outcome: 'FIRED' }))
  for (const { from, through, count, jobVersion, reason } of skips) {
    const { schedule, sinceMs } = versionOf(changes, jobVersion)
    const times = (nominalTimes[schedule]?.(sinceMs, through.getTime()) ?? []).filter(
      (ms) => ms >= from.getTime() && ms <= through.getTime(),
    )
    expect(times).toHaveLength(count)
    found.push(...times.map((nominalMs) => ({ nominalMs, jobVersion, outcome: reason })))
  }
  return found
}

/** What a version is about, and since when its schedule holds. */
function versionOf(changes: readonly JobChange[], version: number): { schedule: string; sinceMs: number } {
  let found = { schedule: '', sinceMs: 0 }
  for (const change of changes.slice(0, version)) {
    if (change.schedule !== found.schedule) {
      found = { schedule: change.schedule, sinceMs: change.scheduledSince.getTime() }
    }
  }
  return found
}

/**
 * The nominal times that must have a record, schedule by schedule, read off the changes alone; but while an edit was in
 * flight the schedule before it may have gone on, and the new one starts after that.
 */
export function expectedTimes({ changes, endMs }: Story, observed: readonly Observed[]): number[] {
  const expected: number[] = []
  let decidedMs = 0
  for (let index = 0; index < changes.length; ) {
    const { schedule, sinceMs } = versionOf(changes, index + 1)
    const until = changes.findIndex((change, at) => at > index && ends(change, schedule))
    const next = changes[until]
    const last = until === -1 ? changes.length : until
    const own = observed.filter(({ jobVersion }) => jobVersion > index && jobVersion <= last)
    const lastMs = Math.max(0, ...own.map(({ nominalMs }) => nominalMs))
    const toMs = next ? Math.max(next.changedAt.getTime(), lastMs) : endMs
    const fromMs = Math.max(decidedMs, sinceMs - LATE_AT_MS)
    const times = (nominalTimes[schedule]?.(sinceMs, toMs) ?? []).filter((ms) => ms > fromMs && ms <= toMs)
    expected.push(...times)
    decidedMs = Math.max(decidedMs, times.at(-1) ?? 0)
    if (!next || next.state === 'ARCHIVED') break
    index = until
  }
  return expected
}

const ends = (change: JobChange, schedule: string): boolean =>
  change.schedule !== schedule || change.state === 'ARCHIVED'
