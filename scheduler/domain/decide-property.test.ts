import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide, type Fire } from './decide.ts'
import { type JobChange, received, type Timetable, unknownJob } from './timetable.ts'

type Decide = typeof decide
type Observed = Fire & { readonly firedAtMs: number }

interface Step {
  readonly gapMs: number
  readonly act: 'tick' | 'deliver' | 'redeliver' | 'edit' | 'params' | 'pause' | 'resume' | 'trigger' | 'archive'
  readonly schedule: string
  readonly firesMax: number
}

const START_MS = Date.parse('2026-11-23T10:00:00.250Z')
const LATE_AT_MS = 60_001
const FOREVER = 1_000_000
const isoAt = (afterMs: number): string => new Date(START_MS - 250 + afterMs).toISOString()

/** The nominal times of each schedule by a definition that shares nothing with the one under test. */
const nominalTimes: Readonly<Record<string, (sinceMs: number, toMs: number) => number[]>> = {
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

const steps = fc.array(
  fc.record<Step>({
    gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000 }), fc.constant(750)),
    act: fc.oneof(
      { weight: 4, arbitrary: fc.constant<Step['act']>('tick') },
      { weight: 4, arbitrary: fc.constant<Step['act']>('deliver') },
      {
        weight: 4,
        arbitrary: fc.constantFrom<Step['act']>('edit', 'params', 'pause', 'resume', 'trigger', 'redeliver'),
      },
      { weight: 1, arbitrary: fc.constant<Step['act']>('archive') },
    ),
    schedule: fc.constantFrom(...Object.keys(nominalTimes)),
    firesMax: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 4 })),
  }),
  { maxLength: 40 },
)

/** Plays steps: changes are made at one moment, arrive at a later one, and time is looked at now and then. */
function play(played: readonly Step[], schedule: string, decideBy: Decide) {
  let nowMs = START_MS
  let newest: JobChange = {
    version: 1,
    jobType: 'ECHO',
    schedule,
    params: '1',
    state: 'ACTIVE',
    scheduledSince: new Date(nowMs),
    changedAt: new Date(nowMs),
    trigger: null,
  }
  const changes: JobChange[] = [newest]
  const observed: Observed[] = []
  const arrivedAtMs: number[] = []
  let delivered = 0
  let timetable: Timetable = unknownJob('job', 'workspace')

  function look(firesMax: number): void {
    const decision = decideBy(timetable, new Date(nowMs), firesMax)
    timetable = decision.timetable
    observed.push(...decision.fires.map((fire) => ({ ...fire, firedAtMs: nowMs })))
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

  for (const { gapMs, act, schedule: edited, firesMax } of played) {
    nowMs += gapMs
    const isArchived = newest.state === 'ARCHIVED'
    if (act === 'deliver') deliverNext()
    if (act === 'redeliver') deliver(changes[Math.floor(delivered / 2)])
    if (act === 'tick' || act === 'deliver' || act === 'redeliver') look(firesMax)
    else if (isArchived) continue
    else if (act === 'edit' && edited !== newest.schedule) change({ schedule: edited, scheduledSince: new Date(nowMs) })
    else if (act === 'params') change({ params: String(newest.version + 1) })
    else if (act === 'pause' && newest.state === 'ACTIVE') change({ state: 'PAUSED' })
    else if (act === 'resume' && newest.state === 'PAUSED') change({ state: 'ACTIVE', scheduledSince: new Date(nowMs) })
    else if (act === 'archive') change({ state: 'ARCHIVED' })
    else if (act === 'trigger') {
      const key = `k${newest.version}`
      change({ trigger: { executionId: key, key, params: 'by hand', triggeredAt: new Date(nowMs) } })
    }
  }
  while (delivered < changes.length) deliverNext()
  look(FOREVER)
  return { changes, observed, arrivedAtMs, endMs: nowMs }
}

/** What must have fired, version by version; read off the changes alone, but for what fired while an edit was in flight. */
function expectedTimes({ changes, observed, endMs }: ReturnType<typeof play>): string[] {
  const expected: string[] = []
  let fromMs = 0
  let holdsSinceMs = 0
  for (const [index, change] of changes.entries()) {
    const before = changes[index - 1]
    const after = changes[index + 1]
    const sinceMs = change.scheduledSince.getTime()
    const isNewSchedule = change.schedule !== before?.schedule
    if (isNewSchedule) holdsSinceMs = sinceMs
    fromMs = Math.max(fromMs, isNewSchedule ? sinceMs - LATE_AT_MS : sinceMs)
    if (change.trigger && change.state !== 'ARCHIVED') expected.push(`trigger:${change.trigger.key}`)
    if (change.state !== 'ACTIVE') continue
    const ofVersion = observed.filter((fire) => fire.cause === 'schedule' && fire.jobVersion === change.version)
    const lastFiredMs = Math.max(0, ...ofVersion.map(({ nominalAt }) => nominalAt.getTime()))
    const toMs = after ? Math.max(after.changedAt.getTime(), lastFiredMs) : endMs
    for (const nominalMs of nominalTimes[change.schedule]?.(holdsSinceMs, toMs) ?? []) {
      if (nominalMs <= fromMs || nominalMs > toMs) continue
      expected.push(`v${change.version} ${nominalMs}`)
      fromMs = nominalMs
    }
  }
  return expected
}

function check(played: readonly Step[], schedule: string, decideBy: Decide): void {
  const story = play(played, schedule, decideBy)
  const fired = story.observed.map(({ cause, jobVersion, nominalAt }) =>
    cause === 'schedule' ? `v${jobVersion} ${nominalAt.getTime()}` : cause,
  )
  expect([...fired].sort()).toEqual(expectedTimes(story).sort())
  const identities = story.observed.map(({ cause, nominalAt }) => `${cause} ${nominalAt.getTime()}`)
  expect(new Set(identities).size).toBe(identities.length)
  for (const { nominalAt, firedAtMs, jobVersion } of story.observed) {
    expect(nominalAt.getTime()).toBeLessThanOrEqual(firedAtMs)
    // A version that was replaced fires nothing that came after the edit had arrived.
    const replacedAtMs = story.arrivedAtMs[jobVersion] ?? Number.POSITIVE_INFINITY
    expect(nominalAt.getTime()).toBeLessThanOrEqual(replacedAtMs)
  }
}

const anyStory = (decideBy: Decide) =>
  fc.property(steps, fc.constantFrom(...Object.keys(nominalTimes)), (played, schedule) =>
    check(played, schedule, decideBy),
  )

test('whatever is changed whenever, each nominal time fires once: none lost, none twice, none early', () => {
  fc.assert(anyStory(decide), { numRuns: 2_000 })
})

test.each<[string, Decide]>([
  [
    'applies an edit without closing the version before it',
    (timetable, now, firesMax) => {
      const waiting = timetable.waiting.map((change) => ({ ...change, changedAt: new Date(0) }))
      return decide({ ...timetable, waiting }, now, firesMax)
    },
  ],
  [
    'starts again from the creation with each edit',
    (timetable, now, firesMax) => {
      const since = new Date(START_MS)
      const waiting = timetable.waiting.map((change) => ({ ...change, scheduledSince: since }))
      const decidedThrough = waiting.length > 0 ? new Date(0) : timetable.decidedThrough
      return decide({ ...timetable, waiting, decidedThrough }, now, firesMax)
    },
  ],
  ['fires a second early', (timetable, now, firesMax) => decide(timetable, new Date(now.getTime() + 1_000), firesMax)],
  [
    'loses what a limit leaves',
    (timetable, now, firesMax) => {
      const decision = decide(timetable, now, firesMax)
      return { ...decision, timetable: { ...decision.timetable, decidedThrough: now } }
    },
  ],
])('the property catches a decision that %s', (_name, mutant) => {
  expect(fc.check(anyStory(mutant), { numRuns: 2_000 }).failed).toBe(true)
})
