import { nextOf, ownTimes, type Regime, type TimesOf } from './regimes.ts'
import { forbiddenBy } from './slow-calendar.ts'

/** What must become of a nominal time when it is decided at some instant. */
export interface Expected {
  readonly nominalMs: number
  readonly effectiveMs: number
  readonly regime: Regime
  /** `FIRED`, or the outcome of a skip with its reason. */
  readonly what: string
  /** Of a skip: a word that its detail must hold. */
  readonly detail: string
  readonly isLate: boolean
}

/** When a nominal time of a job is to fire; `nextMs` is the one after it. */
export type EffectiveOf = (nominalMs: number, jitterMs: number, nextMs: number | null) => number

/** What the oracle knows of a job at some moment. */
export interface Known {
  readonly regimes: readonly Regime[]
  readonly timesOf: TimesOf
  readonly effectiveOf: EffectiveOf
  readonly decided: ReadonlySet<number>
  /** How many are about to fire that are not asked for here. */
  readonly aboutToFire?: ReadonlyMap<Regime['limit'], number>
}

/**
 * All that has no record yet and is due, with what must become of it when it is judged at this instant: a pause comes before
 * a calendar, a calendar before catch-up, and only the last regime catches up.
 */
export function expectedAt(known: Known, asOfMs: number): readonly Expected[] {
  const expected: Expected[] = []
  const left = new Map<Regime['limit'], number>()
  for (const [index, regime] of known.regimes.entries()) {
    const isLast = index === known.regimes.length - 1
    const firedCount = regime.limit.firedCount + (known.aboutToFire?.get(regime.limit) ?? 0)
    const limit = left.get(regime.limit) ?? (regime.timing.firesMax ?? Number.POSITIVE_INFINITY) - firedCount
    const own = inRegime(known, regime, asOfMs, isLast)
    const [kept, rest] = upToLimit(own, limit)
    expected.push(...kept)
    left.set(regime.limit, rest)
  }
  return expected
}

/** What fires beyond the limit, and whatever comes after that, is no occurrence at all. */
function upToLimit(own: readonly Expected[], limit: number): readonly [readonly Expected[], number] {
  let left = limit
  const kept: Expected[] = []
  for (const each of own) {
    if (left <= 0) break
    kept.push(each)
    if (each.what === 'FIRED') left -= 1
  }
  return [kept, left]
}

function inRegime(known: Known, regime: Regime, asOfMs: number, isLast: boolean): readonly Expected[] {
  const { timesOf, decided } = known
  if (regime.state === 'ARCHIVED') return []
  const open = ownTimes(timesOf, regime, asOfMs).filter((atMs) => !decided.has(atMs))
  if (regime.state === 'PAUSED') {
    if (regime.endMs === null) return []
    const detail = regime.pauseNote
    return open.map((atMs) => skipped(regime, atMs, 'SKIPPED_PAUSED/PAUSED', detail))
  }
  const judged = open.map((nominalMs) => judge(known, regime, nominalMs, asOfMs))
  // What an archived job was still to fire goes with it.
  const isOver = (effectiveMs: number): boolean => !isLast && effectiveMs > Number(regime.endMs)
  const late = judged.filter(({ isLate, what, effectiveMs }) => what === 'FIRED' && (isLate || isOver(effectiveMs)))
  const caughtUp = isLast ? catchUp(regime, late, asOfMs) : new Map(late.map((each) => [each.nominalMs, 'SUPERSEDED']))
  return judged
    .map((each) => {
      const reason = caughtUp.get(each.nominalMs)
      return reason === undefined ? each : { ...each, what: `SKIPPED_CATCHUP/${reason}` }
    })
    .filter(({ what, effectiveMs }) => effectiveMs <= asOfMs || what === 'SKIPPED_CATCHUP/SUPERSEDED')
}

function judge({ timesOf, effectiveOf }: Known, regime: Regime, nominalMs: number, asOfMs: number): Expected {
  const { timing } = regime
  const effectiveMs = effectiveIn(regime, nominalMs, timesOf, effectiveOf)
  const calendar = forbiddenBy(timing.calendars, nominalMs, timing.timeZone)
  if (calendar !== undefined) {
    return { ...skipped(regime, nominalMs, 'SKIPPED_CALENDAR/CALENDAR', calendar), effectiveMs }
  }
  // What was past when its schedule began is due from then on.
  const isLate = asOfMs - Math.max(effectiveMs, regime.sinceMs) > timing.lateAfterMs
  return { nominalMs, effectiveMs, regime, what: 'FIRED', detail: '', isLate }
}

/** When a nominal time of a regime is due. */
export function effectiveIn(regime: Regime, nominalMs: number, timesOf: TimesOf, effectiveOf: EffectiveOf): number {
  const { timing, dueByMs } = regime
  const effectiveMs = effectiveOf(nominalMs, timing.jitterMs, nextOf(timesOf(regime).times, nominalMs))
  return dueByMs === null ? effectiveMs : Math.min(effectiveMs, Math.max(dueByMs, nominalMs))
}

function skipped(regime: Regime, nominalMs: number, what: string, detail: string): Expected {
  return { nominalMs, effectiveMs: nominalMs, regime, what, detail, isLate: false }
}

/** Which of the late ones do not fire, and why. */
function catchUp({ timing }: Regime, late: readonly Expected[], asOfMs: number): ReadonlyMap<number, string> {
  const { catchup, catchupWindowMs, catchupMax } = timing
  const times = late.map(({ nominalMs }) => nominalMs)
  if (catchup === 'NONE') return new Map(times.map((atMs) => [atMs, 'CATCHUP_NONE']))
  const outside = times.filter((atMs) => atMs < asOfMs - catchupWindowMs)
  const within = times.slice(outside.length)
  const over = within.slice(0, Math.max(0, within.length - (catchup === 'LAST' ? 1 : catchupMax)))
  const reason = catchup === 'LAST' ? 'COLLAPSED' : 'OVER_CATCHUP_MAX'
  return new Map([
    ...outside.map((atMs) => [atMs, 'OUTSIDE_WINDOW'] as const),
    ...over.map((atMs) => [atMs, reason] as const),
  ])
}
