import { decidedThroughAtStart, type Timing } from '#platform/schedule'
import { decide } from './decide.ts'
import { type Decision, type Fire, isOfTimes, joined, type Skip } from './decision.ts'
import { earlier, later, type Timetable, unknownJob } from './timetable.ts'

/** A job that is imagined, and the time in which it is. */
export interface SimulationInput {
  /** What jitter and `H` are hashes of. */
  readonly jobId: string
  readonly timing: Timing
  readonly createdAt: Date
  /** Not included. */
  readonly from: Date
  /** Included. */
  readonly to: Date
  /** When no scheduler runs: from the first moment to the one at which it is back. */
  readonly outages: readonly { readonly from: Date; readonly to: Date }[]
  /** Of fires and skips together. */
  readonly recordsMax: number
  /** How many decisions may do no more than go on with a skip; 1,000 when left out. */
  readonly idleDecisionsMax?: number
}

/** A fire as it would be. */
export interface SimulatedFire extends Pick<Fire, 'nominalAt' | 'effectiveAt' | 'isLate' | 'wallTime'> {
  readonly firedAt: Date
}

/** What would happen. */
export interface Simulated {
  readonly fires: readonly SimulatedFire[]
  readonly skips: readonly Skip[]
  /** A limit left something. */
  readonly isTruncated: boolean
}

// Calendars may take many decisions to get over a long time, and may never let anything.
const IDLE_DECISIONS_MAX = 1_000
// Nobody waits for the record of what they forbid.
const LOOK_AHEAD = { looksMax: 100, patienceMs: Number.POSITIVE_INFINITY }

/**
 * What a scheduler would decide by the end of a time if it ran all of it but for the outages: the same decisions, one
 * after another, with nothing but the clock made up.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function simulate(input: SimulationInput): Simulated {
  const decisions = simulation(input)
  for (;;) {
    const step = decisions.next()
    if (step.done) return step.value
  }
}

/**
 * The same, a decision at a time: whoever simulates for others gives them their turn in between.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function* simulation(input: SimulationInput): Generator<undefined, Simulated> {
  const { createdAt, from, to, outages, recordsMax, idleDecisionsMax = IDLE_DECISIONS_MAX } = input
  const fires: SimulatedFire[] = []
  const skips: Skip[] = []
  let timetable = startOf(input)
  let now: Date | null = awake(later(createdAt, from), outages)
  let idleDecisions = 0
  while (now !== null && now <= to) {
    const left = recordsMax - fires.length - skips.length
    if (left <= 0 || idleDecisions === idleDecisionsMax) return { fires, skips, isTruncated: true }
    const firedAt: Date = now
    const decision = decide(timetable, firedAt, left, undefined, LOOK_AHEAD)
    timetable = decision.timetable
    add(skips, decision)
    for (const { nominalAt, effectiveAt, isLate, wallTime } of decision.fires) {
      fires.push({ nominalAt, effectiveAt, isLate, wallTime, firedAt })
    }
    if (recordsMax - fires.length - skips.length === left) idleDecisions += 1
    yield
    now = decision.next && awake(earlier(later(decision.next, firedAt), lastLook(input, firedAt)), outages)
  }
  return { fires, skips, isTruncated: false }
}

/** The last moment before the next outage, or the end: what calendars forbid until then has its record. */
function lastLook({ outages, to }: SimulationInput, now: Date): Date {
  const ends = [to.getTime(), ...outages.map(({ from }) => from.getTime() - 1)].filter((end) => end > now.getTime())
  return new Date(Math.min(...ends))
}

/** When the scheduler is there again. */
function awake(at: Date, outages: SimulationInput['outages']): Date {
  let up = at
  // One may begin where another one ends.
  for (let left = outages.length; left > 0; left--) {
    const around = outages.find((outage) => outage.from <= up && up < outage.to)
    if (!around) return up
    up = around.to
  }
  return up
}

function startOf({ jobId, timing: { schedule, ...timing }, createdAt, from }: SimulationInput): Timetable {
  const atStart = decidedThroughAtStart(createdAt)
  return {
    ...unknownJob(jobId, ''),
    jobVersion: 1,
    schedule,
    timing,
    state: 'ACTIVE',
    scheduledSince: createdAt,
    // What is due at its creation is in a time that begins with it.
    decidedThrough: from > createdAt ? later(from, atStart) : atStart,
  }
}

/** Adds the skips of a decision: the first may go on where the last one ended. */
function add(skips: Skip[], { skips: more, continued }: Decision): void {
  const last = skips.findLastIndex(isOfTimes)
  const first = more.findIndex(isOfTimes)
  const [before, next] = [skips[last], more[first]]
  if (!continued || !before || !next) {
    skips.push(...more)
    return
  }
  skips[last] = joined(before, next)
  skips.push(...more.toSpliced(first, 1))
}
