import { countBetween, gapSkipsBetween, wallTimeOf } from '#platform/schedule'
import type { BackfillProgress } from './backfill.ts'
import { continues, type Fire, isOfTimes, joined, SCHEDULE, type Skip } from './decision.ts'
import type { Rules } from './rules.ts'
import { later, type OpenCancel, type Timetable } from './timetable.ts'

/** A decision in the making. */
export interface Draft {
  /** As reached so far: a copy of the decision's own, which it changes in place. */
  readonly timetable: { -readonly [Field in keyof Timetable]: Timetable[Field] }
  readonly fires: Fire[]
  readonly skips: Skip[]
  readonly backfills: BackfillProgress[]
  cancelsOpen: OpenCancel | null
  /** How much may still fire in this decision. */
  firesLeft: number
  /** How often calendars may still be asked. */
  stepsLeft: number
  /** Whether anything fired by the schedule. */
  hasFired: boolean
  /** Where in `skips` the last nominal time is, if it was skipped now. */
  lastSkip: number | null
  /** The skip from before from which this decision goes on. */
  continued: Skip | null
}

/** By what a fire is judged. */
export interface Judge {
  /** The moment of the decision. */
  readonly asOf: Date
  /** No jitter lasts beyond it. */
  readonly jitterUntil?: Date
}

// One jump of the clocks is less than three hours: as many seconds are the most that it takes away.
const GAP_SKIPS_MAX = 20_000
const STEPS_A_FIRE = 2
// A decision is one record.
const SKIPS_MAX = 500
const STEPS_MIN = 100

/** Nothing is decided yet. */
export function newDraft(given: Timetable, firesMax: number): Draft {
  const timetable = { ...given }
  const stepsLeft = STEPS_MIN + STEPS_A_FIRE * firesMax
  return {
    timetable,
    fires: [],
    skips: [],
    backfills: [],
    cancelsOpen: null,
    firesLeft: firesMax,
    stepsLeft,
    hasFired: false,
    lastSkip: null,
    continued: null,
  }
}

/** Whether calendars were asked as often, and as much was skipped, as one decision may. */
export function isFull({ stepsLeft, skips }: Draft): boolean {
  return stepsLeft <= 0 || skips.length >= SKIPS_MAX
}

/** Whether the schedule has fired as often as it may. */
export function isOver({ timing, scheduleFires }: Timetable): boolean {
  return timing.firesMax !== null && scheduleFires >= timing.firesMax
}

/** Fires the nominal time that comes next. */
export function fire(draft: Draft, rules: Rules, nominalAt: Date, { asOf, jitterUntil }: Judge): void {
  moveTo(draft, rules, nominalAt)
  const { timetable } = draft
  const { jobVersion, jobType, params, policy, timing, scheduledSince } = timetable
  const jittered = rules.effectiveAt(nominalAt)
  const effectiveAt = jitterUntil && jitterUntil < jittered ? later(jitterUntil, nominalAt) : jittered
  draft.fires.push({
    cause: SCHEDULE,
    nominalAt,
    effectiveAt,
    // What was past when its schedule began is due from then on.
    isLate: isLate(later(effectiveAt, scheduledSince), asOf, timing.lateAfterMs),
    wallTime: wallTimeOf(nominalAt, timing.timeZone),
    jobVersion,
    jobType,
    params,
    policy,
    executionId: null,
  })
  draft.firesLeft -= 1
  draft.hasFired = true
  draft.lastSkip = null
  timetable.lastNominal = nominalAt
  timetable.scheduleFires += 1
}

/** Skips all nominal times up to a bound, of which `first` is the first. */
export function skip(
  draft: Draft,
  rules: Rules,
  first: Date,
  bound: Date,
  why: Pick<Skip, 'outcome' | 'reason' | 'detail'>,
): void {
  const { decidedThrough, jobVersion } = draft.timetable
  const second = rules.nextAfter(first)
  const isOne = second === null || second > bound
  const through = isOne ? first : (rules.lastAtOrBefore(bound, first) ?? first)
  const count = isOne ? 1 : countBetween(rules.inForce, decidedThrough, bound)
  moveTo(draft, rules, through)
  draft.timetable.lastNominal = through
  const { outcome, reason, detail } = why
  const next: Skip = {
    cause: SCHEDULE,
    from: first,
    through,
    count,
    outcome,
    reason,
    detail,
    jobVersion,
    wallTime: null,
  }
  const last = draft.lastSkip === null ? undefined : draft.skips[draft.lastSkip]
  if (draft.lastSkip !== null && last && continues(last, next)) {
    draft.skips[draft.lastSkip] = joined(last, next)
    return
  }
  const before = draft.timetable.lastSkip
  if (draft.lastSkip === null && !draft.hasFired && before && continues(before, next)) draft.continued = before
  draft.lastSkip = draft.skips.push(next) - 1
}

/** The last record of the schedule, if that is a skip: together with what it goes on from. */
export function lastSkipOf({ timetable, skips, hasFired, lastSkip, continued }: Draft): Skip | null {
  const last = lastSkip === null ? undefined : skips[lastSkip]
  if (!last) return hasFired ? null : timetable.lastSkip
  const isFirst = !hasFired && lastSkip === skips.findIndex(isOfTimes)
  return continued && isFirst ? joined(continued, last) : last
}

/** Counts everything up to an instant as decided: the wall times too that the clocks jumped over until then. */
export function moveTo(draft: Draft, rules: Rules, decidedThrough: Date): void {
  const { timetable } = draft
  if (decidedThrough <= timetable.decidedThrough) return
  skipGaps(draft, rules, decidedThrough)
  timetable.decidedThrough = decidedThrough
}

/** The same, if the clocks jumped over a wall time since what was decided last; all other nominal times are decided. */
export function moveOverGaps(draft: Draft, rules: Rules, through: Date): void {
  const last = skipGaps(draft, rules, through)
  if (last) draft.timetable.decidedThrough = last
}

/** Whether a fire at a moment comes later than it should have. */
export function isLate(effectiveAt: Date, asOf: Date, lateAfterMs: number): boolean {
  return asOf.getTime() - effectiveAt.getTime() > lateAfterMs
}

/** @returns when the last of the jumps was; null when there was none */
function skipGaps(draft: Draft, { inForce }: Rules, through: Date): Date | null {
  const { timing, decidedThrough, scheduledSince, jobVersion } = draft.timetable
  if (timing.dstGap !== 'SKIP') return null
  const gaps = gapSkipsBetween(inForce, later(decidedThrough, scheduledSince), through, GAP_SKIPS_MAX)
  for (const [atMs, ofJump] of Map.groupBy(gaps, ({ at }) => at.getTime())) {
    const [first] = ofJump
    if (!first) continue
    const more = ofJump.length > 1 ? ` and ${ofJump.length - 1} more` : ''
    draft.skips.push({
      cause: SCHEDULE,
      from: new Date(atMs),
      through: new Date(atMs),
      count: ofJump.length,
      outcome: 'SKIPPED_DST',
      reason: 'DST_GAP',
      detail: `the clocks jumped over ${first.wallTime}${more}`,
      jobVersion,
      wallTime: first.wallTime,
    })
  }
  return gaps.at(-1)?.at ?? null
}
