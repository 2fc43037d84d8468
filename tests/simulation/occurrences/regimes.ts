import type { Change } from './job-history.ts'
import { isOfSeconds, type SlowTimes, slowTimes } from './slow-times.ts'

/** A stretch of a job's life in which the same rules of time hold, and what was decided of it. */
export interface Regime {
  readonly state: 'ACTIVE' | 'PAUSED' | 'ARCHIVED'
  readonly timing: Change['timing']
  /** Its nominal times come after this. */
  readonly fromMs: number
  readonly sinceMs: number
  /** Up to here, included; null while it lasts. */
  endMs: number | null
  /** At an edit nothing is put off any longer: what jitter still held back is due then. */
  dueByMs: number | null
  /** When a pause ends by itself. */
  untilMs: number | null
  pauseNote: string
  /** The versions that leave its time alone; each holds from after its instant. */
  readonly versions: { readonly version: number; readonly cutMs: number; readonly knownMs: number }[]
  /** Fires are counted anew where the limit changes. */
  readonly limit: { firedCount: number }
  /** When the scheduler heard of it, and of its end. */
  readonly knownMs: number
  endKnownMs: number | null
  /** How far it was told to be decided. */
  toldThroughMs: number
  /** Nominal times up to here may be missing: the clock had been ahead, and decided so far. */
  readonly optionalThroughMs: number
}

/** What the next regime stands on. */
export interface Standing {
  /** The latest nominal time that has a record. */
  readonly lastDecidedMs: number
  /** How far the scheduler said it is, if its clock was ahead then. */
  readonly optionalThroughMs: number
  /** The nominal time of a regime that jitter puts off beyond an instant, if there is one: it is one at most. */
  readonly putOff: (regime: Regime, atMs: number) => number | null
  /** The last nominal time of a regime that was due by an instant. */
  readonly lastOf: (regime: Regime, atMs: number) => number
}

const AT_LATENESS_MS = 60_000
/** So far beyond its end the times of a regime are known, for whoever asks what comes next. */
const BEYOND_MS = 9 * 86_400_000
const BEYOND_OF_SECONDS_MS = 6 * 3_600_000

/** Takes a change in, which may begin a new regime. */
export function enter(regimes: Regime[], change: Change, nowMs: number, standing: Standing): void {
  const cutMs = Math.min(change.atMs, nowMs)
  resumeByItself(regimes, cutMs, standing)
  const current = regimes.at(-1)
  const version = { version: change.version, cutMs, knownMs: nowMs }
  const state = stateOf(change, cutMs)
  if (current && current.state === state && isSameTiming(current, change)) {
    current.versions.push(version)
    // Who pauses what is paused puts off its end.
    if (state === 'PAUSED') current.untilMs = change.pausedUntilMs
    current.pauseNote = change.pauseNote
    return
  }
  const isNewSchedule = current?.timing.schedule !== change.timing.schedule
  const fromMs = current
    ? close(current, { ...change, state }, version, regimes.slice(0, -1), standing)
    : cutMs - AT_LATENESS_MS - 1
  const isLimitKept = current?.timing.firesMax === change.timing.firesMax
  regimes.push({
    state,
    timing: change.timing,
    fromMs,
    sinceMs: current && !isNewSchedule ? current.sinceMs : Math.min(change.sinceMs, nowMs),
    endMs: null,
    dueByMs: null,
    untilMs: state === 'PAUSED' ? change.pausedUntilMs : null,
    pauseNote: change.pauseNote,
    knownMs: nowMs,
    endKnownMs: null,
    toldThroughMs: Number.NEGATIVE_INFINITY,
    versions: [version],
    limit: current && isLimitKept ? current.limit : { firedCount: 0 },
    optionalThroughMs: standing.optionalThroughMs,
  })
}

/**
 * Ends a regime. Whether a nominal time lies in a pause is a matter of when it is due; an edit cuts between nominal times.
 *
 * @returns after what the next one begins
 */
function close(
  current: Regime,
  change: Change,
  { cutMs, knownMs }: Regime['versions'][number],
  earlier: readonly Regime[],
  standing: Standing,
): number {
  // A schedule that fires once fires at the very instant of an edit, too.
  const afterMs = current.timing.schedule === change.timing.schedule ? cutMs : cutMs - 1
  const isEdit = current.state === 'ACTIVE' && change.state === 'ACTIVE'
  const isStop = current.state !== change.state && change.state !== 'ARCHIVED'
  const putOff = isStop ? standing.putOff(current, cutMs) : null
  if (isEdit) current.dueByMs = cutMs
  current.endKnownMs = knownMs
  // What was taken in together is done one after another, whatever the clocks were set to meanwhile.
  const together = current.versions.slice(1).filter((version) => version.knownMs === knownMs)
  const doneMs = Math.max(
    ...earlier.map((regime) => standing.lastOf(regime, Number(regime.endMs))),
    ...together.map((version) => standing.lastOf(current, version.cutMs)),
  )
  const fromMs = Math.max(putOff === null ? afterMs : putOff - 1, standing.lastDecidedMs, doneMs)
  current.endMs = putOff === null ? Math.max(cutMs, fromMs) : fromMs
  return fromMs
}

/** Ends a pause whose time has come. */
export function resumeByItself(regimes: Regime[], nowMs: number, standing: Standing): void {
  const current = regimes.at(-1)
  if (current?.state !== 'PAUSED' || current.untilMs === null || current.untilMs > nowMs) return
  const { lastDecidedMs, optionalThroughMs } = standing
  const putOff = standing.putOff(current, current.untilMs)
  const fromMs = Math.max(putOff === null ? current.untilMs : putOff - 1, lastDecidedMs, current.fromMs)
  current.endMs = fromMs
  const versions = current.versions.slice(-1)
  const { timing, sinceMs, limit } = current
  const plain = {
    state: 'ACTIVE',
    untilMs: null,
    endMs: null,
    dueByMs: null,
    pauseNote: '',
    knownMs: fromMs,
    endKnownMs: null,
    toldThroughMs: fromMs,
  } as const
  regimes.push({ ...plain, timing, sinceMs, limit, fromMs, versions, optionalThroughMs })
}

/** A pause whose end had come is none, whoever has not heard of that. */
function stateOf({ state, pausedUntilMs }: Change, cutMs: number): Change['state'] {
  return state === 'PAUSED' && pausedUntilMs !== null && pausedUntilMs <= cutMs ? 'ACTIVE' : state
}

function isSameTiming({ timing }: Regime, change: Change): boolean {
  return JSON.stringify(timing) === JSON.stringify(change.timing)
}

/** The times of regimes up to a horizon, each list made once. */
export type TimesOf = (regime: Regime) => SlowTimes

/** Opens the lists; nothing beyond `horizonMs` is asked for, but what comes next after it. */
export function openTimes(horizonMs: number): TimesOf {
  const known = new Map<Regime, SlowTimes>()
  return (regime) => {
    const found =
      known.get(regime) ?? slowTimes(regime.timing, regime.sinceMs, regime.fromMs, horizonMs + beyondMs(regime.timing))
    known.set(regime, found)
    return found
  }
}

function beyondMs({ schedule }: Change['timing']): number {
  if (schedule.startsWith('@every') || isOfSeconds(schedule)) return BEYOND_OF_SECONDS_MS
  return BEYOND_MS
}

/** Those times of a regime that are its own so far. */
export function ownTimes(timesOf: TimesOf, regime: Regime, throughMs: number): readonly number[] {
  return timesWithin(timesOf(regime).times, regime.fromMs + 1, Math.min(regime.endMs ?? throughMs, throughMs))
}

/** The first of sorted times after this one. */
export function nextOf(times: readonly number[], afterMs: number): number | null {
  return times[indexAfter(times, afterMs)] ?? null
}

/** The times from one to another, both included. */
export function timesWithin(times: readonly number[], fromMs: number, throughMs: number): readonly number[] {
  return times.slice(indexAfter(times, fromMs - 1), indexAfter(times, throughMs))
}

function indexAfter(times: readonly number[], afterMs: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) > afterMs) high = middle
    else low = middle + 1
  }
  return low
}
