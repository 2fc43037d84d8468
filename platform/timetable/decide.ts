import { gapSkipsBetween } from '#platform/schedule'
import { apply, closeBefore, endPauseIfOver, keptByPause, triggered } from './apply-change.ts'
import { BACKFILL, type FiredBefore, progressOf, serveBackfill } from './backfill.ts'
import { caughtUp } from './catchup.ts'
import { type Decision, SCHEDULE } from './decision.ts'
import { type Draft, isFull, isOver, lastSkipOf, newDraft } from './draft.ts'
import { type Rules, rulesOf } from './rules.ts'
import { earlier, later, type Timetable } from './timetable.ts'
import { walk } from './walk.ts'

// What calendars forbid is decided a minute at a time, so that a job of each second does not tell of each.
const FORBIDDEN_LOOK_MS = 60_000
// Ten days of quarters of an hour, and some.
const LOOKS_AHEAD_MAX = 1_000
const DATE_MS_MAX = 8_640_000_000_000_000
const NOTHING_FIRED: FiredBefore = new Map()

/** How far ahead a decision looks for a nominal time that calendars let. What is decided does not depend on it. */
export interface LookAhead {
  /** How often calendars are asked. */
  readonly looksMax: number
  /** How long what they forbid may wait for its record. */
  readonly patienceMs: number
}

const SOON: LookAhead = { looksMax: LOOKS_AHEAD_MAX, patienceMs: FORBIDDEN_LOOK_MS }

/**
 * Decides every nominal time that is due: it fires, or it is skipped for a reason. The oldest first, at most `firesMax` of
 * them firing.
 *
 * A change that waits is applied once all that is due before it is decided by the version before it. What does not fit
 * into one decision is left, and judged later by the moment at which it was first seen, so that the pieces are the whole.
 *
 * @param fired what the ledger says of the nominal times that the backfills ask for; those without an answer wait
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function decide(
  timetable: Timetable,
  now: Date,
  firesMax: number,
  fired = NOTHING_FIRED,
  lookAhead = SOON,
): Decision {
  const draft = newDraft(timetable, firesMax)
  // A clock that was put back must not let anything fire early.
  let asOf = earlier(timetable.backlogAsOf ?? now, now)
  let isDone = decideAsOf(draft, asOf, asOf < now)
  if (isDone && asOf < now) {
    asOf = now
    isDone = decideAsOf(draft, now, false)
  }
  // While nothing may fire, nothing is judged: that is for the moment at which it may.
  const backlogAsOf = isDone || firesMax === 0 ? null : asOf
  draft.timetable.backlogAsOf = backlogAsOf
  draft.timetable.lastSkip = lastSkipOf(draft)
  if (!isDone) return decisionOf(draft, { next: now, nextNominal: nominalAfter(draft.timetable), exhausted: false })
  const backfillNext = serveBackfills(draft, now, fired)
  return decisionOf(draft, whatComes(draft, now, backfillNext, lookAhead))
}

/**
 * Decides all that is due at a moment, and the changes that were made by then.
 *
 * @param leavesLater whether changes made after that moment wait for another call
 * @returns false when a limit left something
 */
function decideAsOf(draft: Draft, asOf: Date, leavesLater: boolean): boolean {
  for (;;) {
    const [change, ...waiting] = draft.timetable.waiting
    if (!change || (leavesLater && change.changedAt > asOf)) break
    if (!closeBefore(draft, change, asOf)) return false
    const run = triggered(change, asOf)
    const kept = keptByPause(change)
    if ((run && draft.firesLeft <= 0) || (kept && isFull(draft))) return false
    apply(draft, change)
    draft.timetable.waiting = waiting
    if (kept) draft.skips.push(kept)
    if (!run) continue
    draft.fires.push(run)
    draft.firesLeft -= 1
  }
  endPauseIfOver(draft, asOf)
  const { timetable } = draft
  if (timetable.state !== 'ACTIVE') return true
  const rules = rulesOf(timetable)
  const due = rules.dueBound(asOf, timetable.decidedThrough)
  return walk(draft, rules, caughtUp(timetable, rules, asOf, due), { asOf })
}

/** @returns when the first of the backfills goes on; null when none is left */
function serveBackfills(draft: Draft, now: Date, fired: FiredBefore): Date | null {
  const { jobId, backfills } = draft.timetable
  if (backfills.length === 0) return null
  let next: Date | null = null
  const left = backfills.flatMap((backfill) => {
    const known = fired.get(backfill.backfillId)
    const isDue = backfill.freeAtMs <= now.getTime()
    if (!known || !isDue || draft.firesLeft <= 0) {
      next = first(next, isDue ? now : new Date(Math.ceil(backfill.freeAtMs)))
      return [backfill]
    }
    const served = serveBackfill(jobId, backfill, now, draft.firesLeft, new Set([...known, ...firedNow(draft)]))
    draft.fires.push(...served.fires)
    draft.firesLeft -= served.fires.length
    draft.backfills.push(progressOf(served.backfill, served.isCompleted ? 'COMPLETED' : 'RUNNING'))
    if (served.isCompleted) return []
    next = first(next, served.next)
    return [served.backfill]
  })
  draft.timetable.backfills = left
  return next
}

/** What this decision fired so far, which the ledger cannot say: what was asked for with a trigger is no nominal time. */
function firedNow({ fires }: Draft): readonly number[] {
  const ofTimes = fires.filter(({ cause }) => cause === SCHEDULE || cause.startsWith(BACKFILL))
  return ofTimes.map(({ nominalAt }) => nominalAt.getTime())
}

type Coming = Pick<Decision, 'next' | 'nextNominal' | 'exhausted'>

/** What comes once all that is due has been decided. */
function whatComes({ timetable }: Draft, now: Date, backfillNext: Date | null, lookAhead: LookAhead): Coming {
  if (timetable.state !== 'ACTIVE') {
    const next = timetable.state === 'PAUSED' ? timetable.pausedUntil : null
    return { next: first(next, backfillNext), nextNominal: null, exhausted: false }
  }
  const rules = rulesOf(timetable)
  const nominal = nominalAfter(timetable, rules)
  const gapAt = nextGapAt(timetable, rules, nominal)
  const isManual = rules.inForce.schedule.kind === 'manually'
  if (nominal === null) {
    const next = first(gapAt, backfillNext)
    return { next, nextNominal: null, exhausted: next === null && !isManual }
  }
  const coming = allowedFrom(rules, nominal, lookAhead.looksMax)
  const patience = new Date(Math.min(now.getTime() + lookAhead.patienceMs, DATE_MS_MAX))
  const look = lookAt(timetable, rules, nominal, coming, patience)
  return { next: first(first(look, gapAt), backfillNext), nextNominal: coming.allowed, exhausted: false }
}

/** When to look at the nominal time that comes next, or at some together that a calendar forbids like the last one. */
function lookAt(timetable: Timetable, rules: Rules, nominal: Date, { allowed, unasked }: Ahead, patience: Date): Date {
  const due = rules.effectiveAt(nominal)
  if (allowed === nominal || timetable.lastSkip?.reason !== 'CALENDAR') return due
  const until = allowed ?? unasked
  return later(due, until ? earlier(rules.effectiveAt(until), patience) : patience)
}

function nominalAfter(timetable: Timetable, rules?: Rules): Date | null {
  if (timetable.state !== 'ACTIVE' || isOver(timetable)) return null
  return (rules ?? rulesOf(timetable)).nextAfter(timetable.decidedThrough)
}

/** What calendars say of the nominal times that come. */
interface Ahead {
  /** The first that none forbids; null when it is too far to be looked for, or there is none. */
  readonly allowed: Date | null
  /** The first that they were not asked about. */
  readonly unasked: Date | null
}

function allowedFrom(rules: Rules, nominal: Date, looksMax: number): Ahead {
  let next: Date | null = nominal
  for (let looks = 0; next !== null && rules.forbids(next) !== null; looks++) {
    next = rules.nextAfter(rules.span(next).through)
    if (looks === looksMax) return { allowed: null, unasked: next }
  }
  return { allowed: next, unasked: null }
}

/** When the clocks next jump over a wall time that nothing fires for. */
function nextGapAt(timetable: Timetable, { inForce }: Rules, nominal: Date | null): Date | null {
  if (timetable.timing.dstGap !== 'SKIP' || isOver(timetable)) return null
  const from = later(timetable.decidedThrough, timetable.scheduledSince)
  // One at the moment of a nominal time is decided with it, which jitter may put off.
  const through = nominal ? new Date(nominal.getTime() - 1) : (inForce.endAt ?? new Date(DATE_MS_MAX))
  return gapSkipsBetween(inForce, from, through, 1)[0]?.at ?? null
}

function decisionOf(draft: Draft, coming: Coming): Decision {
  const { timetable, fires, skips, continued, backfills, cancelsOpen } = draft
  return { timetable, fires, skips, continued: continued?.from ?? null, backfills, cancelsOpen, ...coming }
}

function first(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other
  return earlier(one, other)
}
