import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from './decide.ts'
import { isOfTimes } from './decision.ts'
import { jobChange } from './job-change.fixture.ts'
import {
  type Decide,
  expectedTimes,
  FOREVER,
  nominalTimes,
  play,
  recorded,
  START_MS,
  type Story,
  steps,
  timings,
} from './story.fixture.ts'
import { received, unknownJob } from './timetable.ts'

function check(story: Story): void {
  const { changes, fires, endMs, arrivedAtMs, timetable } = story
  const observed = recorded(story)
  const times = observed.map(({ nominalMs }) => nominalMs).sort((one, other) => one - other)
  const expected = expectedTimes(story, observed)
  // The last one may be waiting for its jitter.
  const pending = expected.at(-1)
  const isPending = times.at(-1) !== pending && pending !== undefined && pending > endMs - timetable.timing.jitterMs
  expect(times).toEqual(isPending && timetable.state === 'ACTIVE' ? expected.slice(0, -1) : expected)

  const triggers = changes.flatMap(({ trigger, state }) => (trigger && state !== 'ARCHIVED' ? [trigger.key] : []))
  const ran = fires.filter(({ cause }) => cause !== 'schedule').map(({ cause }) => cause.slice('trigger:'.length))
  expect(ran.sort()).toEqual(triggers.sort())
  for (const { nominalAt, effectiveAt, firedAtMs, jobVersion, isLate, cause } of fires) {
    expect(effectiveAt.getTime()).toBeLessThanOrEqual(firedAtMs)
    expect(effectiveAt.getTime()).toBeGreaterThanOrEqual(nominalAt.getTime())
    if (isLate && cause === 'schedule') expect(changes[jobVersion - 1]?.timing.catchup).not.toBe('NONE')
    // A version that was replaced fires nothing that came after the edit had arrived.
    const replacedAtMs = arrivedAtMs[jobVersion] ?? Number.POSITIVE_INFINITY
    expect(nominalAt.getTime()).toBeLessThanOrEqual(replacedAtMs)
  }
}

const anyStory = (decideBy: Decide) =>
  fc.property(steps, fc.constantFrom(...Object.keys(nominalTimes)), timings, (played, schedule, timing) =>
    check(play(played, schedule, timing, decideBy)),
  )

test('whatever is changed whenever, each nominal time has one record: none lost, none twice, none early', () => {
  fc.assert(anyStory(decide), { numRuns: 3_000 })
})

/** Each nominal time in a line, whatever the decisions that it took. */
const lines = (story: Story): string[] => [
  ...story.fires.map(({ cause, nominalAt, isLate }) => `${cause} ${nominalAt.getTime()} ${isLate}`),
  ...recorded(story).map(({ nominalMs, jobVersion, outcome }) => `${nominalMs} v${jobVersion} ${outcome}`),
]

test('decisions in small pieces are one decision', () => {
  const property = fc.property(
    steps,
    fc.constantFrom(...Object.keys(nominalTimes)),
    timings,
    fc.integer({ min: 1, max: 3 }),
    (played, schedule, timing, piece) => {
      const whole = play(played, schedule, timing, decide, FOREVER)
      const pieces = play(played, schedule, timing, decide, piece)
      expect(lines(pieces).sort()).toEqual(lines(whole).sort())
      expect({ ...pieces.timetable, lastSkip: null }).toEqual({ ...whole.timetable, lastSkip: null })
    },
  )
  fc.assert(property, { numRuns: 1_000 })
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
  [
    'forgets what it skipped',
    (timetable, now, firesMax) => {
      const decision = decide(timetable, now, firesMax)
      return { ...decision, skips: decision.skips.filter((skip) => !isOfTimes(skip) || skip.reason !== 'PAUSED') }
    },
  ],
  [
    'decides a pause again when it is told of its end',
    (timetable, now, firesMax) => {
      const resumed = timetable.waiting.some(({ state }) => state === 'ACTIVE')
      const decidedThrough = resumed ? new Date(timetable.decidedThrough.getTime() - 3_000) : timetable.decidedThrough
      return decide({ ...timetable, decidedThrough }, now, firesMax)
    },
  ],
])('the property catches a decision that %s', (_name, mutant) => {
  expect(fc.check(anyStory(mutant), { numRuns: 3_000 }).failed).toBe(true)
})

test('a decision is caught that judges the rest of a backlog anew', () => {
  const forgetful: Decide = (timetable, now, firesMax) => {
    const decision = decide(timetable, now, firesMax)
    return { ...decision, timetable: { ...decision.timetable, backlogAsOf: null } }
  }
  const property = fc.property(timings, (timing) => {
    const job = jobChange({ schedule: '@every 1s', timing, scheduledSince: new Date(START_MS) })
    const once = received(unknownJob('job', 'workspace'), job, new Date(START_MS))
    const seen = (decideBy: Decide): string[] => {
      const first = decideBy(once, new Date(START_MS + 20_000), 1)
      const second = decideBy(first.timetable, new Date(START_MS + 30_000), FOREVER)
      return [...first.fires, ...second.fires].map(({ nominalAt, isLate }) => `${nominalAt.getTime()} ${isLate}`)
    }
    expect(seen(forgetful)).toEqual(seen(decide))
  })
  expect(fc.check(property, { numRuns: 300 }).failed).toBe(true)
})
