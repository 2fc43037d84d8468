import { checkGaps, type Gaps } from './check-gaps.ts'
import { checkFire, checkMerged, checkSkip, type Judgement, text, type Verdict } from './check-records.ts'
import { type EffectiveOf, type Expected, effectiveIn, expectedAt } from './expectation.ts'
import type { Advance, JobStep } from './job-history.ts'
import {
  enter,
  nextOf,
  openTimes,
  ownTimes,
  type Regime,
  resumeByItself,
  type Standing,
  type TimesOf,
} from './regimes.ts'

/** What a job's records are held against, beside its own steps. */
export interface Surroundings {
  /** When the history ended: by then all that was due is decided. */
  readonly endMs: number
  /** Whether nobody could decide from about the first instant to about the second. */
  readonly isExcused: (fromMs: number, toMs: number) => boolean
  readonly effectiveOf: EffectiveOf
}

/** A job as far as its steps were followed. */
interface Following extends Surroundings {
  readonly regimes: Regime[]
  readonly timesOf: TimesOf
  readonly decided: Set<number>
  readonly gaps: Gaps
  lastDecidedMs: number
  /** The latest instant that the database's clock showed, and how far the scheduler said it was. */
  highWaterMs: number
  toldThroughMs: number
  /** A backlog that did not fit into one decision is judged as of its first. */
  backlog: ReadonlyMap<number, Expected>
}

const FORBIDDEN_MS = 60_000
const NEVER_MS = Number.NEGATIVE_INFINITY

/** Holds what the scheduler told of one job's schedule against what it must have told. @returns what is wrong */
export function checkJob(steps: readonly JobStep[], surroundings: Surroundings): readonly string[] {
  const following = follow(surroundings, steps)
  const findings: string[] = []
  for (const step of steps) {
    if (step.type === 'received') {
      enter(following.regimes, step.change, step.nowMs, standing(following, step.nowMs))
      following.highWaterMs = Math.max(following.highWaterMs, step.nowMs)
      continue
    }
    const { advance, isHeldBack } = step
    const wrong = takeAdvance(following, advance, isHeldBack)
    findings.push(...wrong.map((what) => `decided at ${text(advance.decidedAtMs)}: ${what}`))
  }
  return [...findings, ...atTheEnd(following)]
}

function follow(surroundings: Surroundings, steps: readonly JobStep[]): Following {
  const instants = steps.map((step) => (step.type === 'received' ? step.nowMs : step.advance.decidedAtMs))
  return {
    ...surroundings,
    regimes: [],
    timesOf: openTimes(Math.max(surroundings.endMs, ...instants)),
    decided: new Set(),
    gaps: new Map(),
    lastDecidedMs: NEVER_MS,
    highWaterMs: NEVER_MS,
    toldThroughMs: NEVER_MS,
    backlog: new Map(),
  }
}

function standing(following: Following, nowMs: number): Standing {
  const { lastDecidedMs, highWaterMs, toldThroughMs, timesOf, effectiveOf, decided } = following
  return {
    lastDecidedMs,
    optionalThroughMs: nowMs < highWaterMs ? Math.min(toldThroughMs, highWaterMs) : NEVER_MS,
    putOff(regime, atMs) {
      const last = ownTimes(timesOf, regime, atMs).at(-1)
      if (last === undefined || decided.has(last)) return null
      return effectiveIn(regime, last, timesOf, effectiveOf) > atMs ? last : null
    },
    lastOf(regime, atMs) {
      const isDue = (nominalMs: number): boolean => effectiveIn(regime, nominalMs, timesOf, effectiveOf) <= atMs
      return ownTimes(timesOf, regime, atMs).slice(-2).findLast(isDue) ?? NEVER_MS
    },
  }
}

function takeAdvance(following: Following, told: Advance, isHeldBack: boolean): readonly string[] {
  const { decidedAtMs } = told
  const { regimes, timesOf } = following
  resumeByItself(regimes, decidedAtMs, standing(following, decidedAtMs))
  following.highWaterMs = Math.max(following.highWaterMs, decidedAtMs)
  const judgement = judge(following, decidedAtMs)
  const findings: string[] = []
  const settle = (verdict: Verdict): void => {
    findings.push(...verdict.findings)
    for (const expected of verdict.decided) findings.push(...decide(following, expected, decidedAtMs))
  }
  for (const fire of told.fired) {
    if (fire.cause !== 'schedule') continue
    if (isToldToBeDecided(following, fire.nominalMs))
      findings.push(`${text(fire.nominalMs)} fires, which was told to be decided`)
    settle(checkFire(open(judgement, following), told, fire))
  }
  for (const skip of told.skipped) {
    if (skip.cause !== 'schedule') continue
    if (skip.outcome === 'SKIPPED_DST')
      following.gaps.set(skip.fromMs, (following.gaps.get(skip.fromMs) ?? 0) + skip.count)
    else settle(checkSkip(open(judgement, following), told, skip, regimes, timesOf))
  }
  const current = regimes.at(-1)
  if (current) findings.push(...checkMerged(told, (afterMs) => nextOf(timesOf(current).times, afterMs)))
  keepBacklog(following, judgement, isHeldBack)
  const through = told.decidedThroughMs ?? NEVER_MS
  following.toldThroughMs = Math.max(following.toldThroughMs, through)
  if (current) current.toldThroughMs = Math.max(current.toldThroughMs, through)
  return [...findings, ...checkTold(following, told)]
}

/** A new schedule begins anew where nothing was decided before, also when the clock was put back. */
function isToldToBeDecided({ regimes, toldThroughMs }: Following, nominalMs: number): boolean {
  const regime = regimes.find(({ fromMs, endMs }) => fromMs < nominalMs && nominalMs <= (endMs ?? nominalMs))
  return nominalMs <= toldThroughMs && nominalMs <= Number(regime?.toldThroughMs ?? NEVER_MS)
}

/** What may become of all that is due: of a backlog as it was first seen, of the rest as of now. */
function judge(following: Following, nowMs: number): Map<number, readonly Expected[]> {
  const { backlog, decided, regimes } = following
  const aboutToFire = new Map<Regime['limit'], number>()
  for (const { what, regime } of backlog.values()) {
    if (what === 'FIRED') aboutToFire.set(regime.limit, (aboutToFire.get(regime.limit) ?? 0) + 1)
  }
  const others = new Set([...decided, ...backlog.keys()])
  const rest = expectedAt({ ...following, decided: others, aboutToFire }, nowMs)
  const judgement = new Map<number, readonly Expected[]>(rest.map((each) => [each.nominalMs, [each]]))
  addFirstJudged(following, nowMs, judgement)
  if (backlog.size === 0) return judgement
  const anew = new Map(expectedAt(following, nowMs).map((each) => [each.nominalMs, each]))
  for (const [nominalMs, asItWas] of backlog) {
    const now = anew.get(nominalMs)
    // An edit that came since then may also close it.
    const isClosed = now && regimes.at(-1) !== now.regime
    judgement.set(nominalMs, isClosed ? [asItWas, now] : [asItWas])
  }
  return judgement
}

/** When something else was asked for just before an edit, that may have caught up already what the edit then closes. */
function addFirstJudged(following: Following, nowMs: number, judgement: Map<number, readonly Expected[]>): void {
  for (const [index, regime] of following.regimes.slice(0, -1).entries()) {
    const { lateAfterMs } = regime.timing
    const isJust = regime.versions
      .slice(1)
      .some(({ cutMs, knownMs }) => knownMs === nowMs && nowMs - cutMs <= lateAfterMs)
    if (regime.state !== 'ACTIVE' || !isJust) continue
    const asLast = expectedAt({ ...following, regimes: following.regimes.slice(0, index + 1) }, nowMs)
    for (const each of asLast) {
      if (each.regime === regime) judgement.set(each.nominalMs, [...(judgement.get(each.nominalMs) ?? []), each])
    }
  }
}

function open(judgement: Judgement, { decided }: Following): Judgement {
  return { get: (nominalMs: number) => (decided.has(nominalMs) ? undefined : judgement.get(nominalMs)) } as Judgement
}

function decide(following: Following, expected: Expected, decidedAtMs: number): readonly string[] {
  const { nominalMs, effectiveMs, regime, what } = expected
  following.decided.add(nominalMs)
  following.lastDecidedMs = Math.max(following.lastDecidedMs, nominalMs)
  if (what === 'FIRED') regime.limit.firedCount += 1
  // A pause is written down when it ends, and what calendars forbid may be told of a minute at a time.
  if (regime.state === 'PAUSED') return []
  const isCutShort = effectiveMs === regime.dueByMs
  const knownMs = Math.max(regime.knownMs, isCutShort ? Number(regime.endKnownMs) : regime.knownMs)
  const dueMs = Math.max(effectiveMs + (what.startsWith('SKIPPED_CALENDAR') ? FORBIDDEN_MS : 0), knownMs)
  const isPrompt = following.isExcused(dueMs, decidedAtMs)
  return isPrompt ? [] : [`${text(nominalMs)} is decided ${decidedAtMs - dueMs} ms late, and nothing was in the way`]
}

/** What is due and was not decided is judged as of now when its turn comes, unless nothing may fire. */
function keepBacklog(following: Following, judgement: Judgement, isHeldBack: boolean): void {
  const { decided, backlog } = following
  const left = [...judgement].filter(([nominalMs]) => !decided.has(nominalMs))
  const ofBacklog = left.filter(([nominalMs]) => backlog.has(nominalMs))
  const fresh = backlog.size > 0 || !isHeldBack ? left : []
  const kept = ofBacklog.length > 0 ? ofBacklog : fresh
  following.backlog = new Map(kept.flatMap(([nominalMs, [first]]) => (first ? [[nominalMs, first]] : [])))
}

/** Whether it is true what is told beside the records: how far it is decided, and what comes next. */
function checkTold(
  { regimes, timesOf, lastDecidedMs, highWaterMs, backlog }: Following,
  told: Advance,
): readonly string[] {
  const current = regimes.at(-1)
  const isBehind = told.appliedVersion < (current?.versions.at(-1)?.version ?? 0)
  if (!current || isBehind || told.decidedAtMs < highWaterMs || backlog.size > 0) return []
  const isOver = current.limit.firedCount >= (current.timing.firesMax ?? Number.POSITIVE_INFINITY)
  const isOpen = current.state === 'ACTIVE' && !isOver
  const next = isOpen ? nextOf(timesOf(current).times, Math.max(lastDecidedMs, current.fromMs)) : null
  const through = told.decidedThroughMs ?? NEVER_MS
  if (next !== null && through >= next) return [`${text(next)} is told to be decided, and has no record`]
  if (current.state !== 'ACTIVE') return []
  if (told.nextFireAtMs !== null && next === null)
    return [`${text(told.nextFireAtMs)} is told to come, and nothing does`]
  // What calendars forbid is left out, and nobody looks for ever for what they do not.
  const isFurther = told.nextFireAtMs === null || told.nextFireAtMs > Number(next)
  if (told.nextFireAtMs === next || (isFurther && current.timing.calendars.length > 0)) return []
  return [`the next is told to be ${text(told.nextFireAtMs ?? Number.NaN)}, not ${text(next ?? Number.NaN)}`]
}

function atTheEnd(following: Following): readonly string[] {
  const { endMs, backlog } = following
  resumeByItself(following.regimes, endMs, standing(following, endMs))
  const missing = expectedAt(following, endMs).filter(
    ({ nominalMs, effectiveMs, regime, what }) =>
      nominalMs > regime.optionalThroughMs &&
      (!what.startsWith('SKIPPED_CALENDAR') || effectiveMs < endMs - FORBIDDEN_MS),
  )
  const holes = missing.map(({ nominalMs, what, regime }) => {
    const version = regime.versions[0]?.version
    return `${text(nominalMs)} of version ${version} (${regime.timing.schedule}) has no record, and should be ${what}`
  })
  const isBehind = endMs < following.highWaterMs
  const kept = backlog.size > 0 && !isBehind ? [`${backlog.size} nominal times were never decided`] : []
  return [...holes.slice(0, 5), ...kept, ...checkGaps(following)]
}
