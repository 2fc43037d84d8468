import { countBetween, type TimingOptions } from '#platform/schedule'
import type { SkipReason } from './decision.ts'
import { isLate, type Judge } from './draft.ts'
import type { Rules } from './rules.ts'
import { earlier, later, type Timetable } from './timetable.ts'
import type { Stretch } from './walk.ts'

// A year of quarters of an hour, and some: what a calendar forbids is passed over by spans.
const LOOKS_BACK_MAX = 50_000

/**
 * What becomes of the nominal times up to a bound when they are looked at `asOf` a moment: those that are late by what the
 * job says of catching up, and all others fire.
 */
export function caughtUp(timetable: Timetable, rules: Rules, asOf: Date, through: Date): readonly Stretch[] {
  const { timing, decidedThrough } = timetable
  const fired: Stretch = { through, skips: null }
  const lateThrough = earlier(lateBound(timetable, rules, asOf), through)
  const first = rules.nextAfter(decidedThrough)
  if (first === null || first > lateThrough) return [fired]
  if (timing.catchup === 'NONE') return [passed(lateThrough, 'CATCHUP_NONE'), fired]

  const beforeWindow = new Date(asOf.getTime() - timing.catchupWindowMs - 1)
  const oldest = oldestCaughtUp(timing, rules, lateThrough, later(decidedThrough, beforeWindow))
  const left = oldest ? new Date(oldest.getTime() - 1) : lateThrough
  return [
    passed(earlier(beforeWindow, lateThrough), 'OUTSIDE_WINDOW'),
    passed(left, timing.catchup === 'LAST' ? 'COLLAPSED' : 'OVER_CATCHUP_MAX'),
    fired,
  ]
}

/**
 * What becomes of the nominal times of a version that gives way: late ones have no successor, the others still fire.
 *
 * @param jitterUntil no jitter lasts beyond it, so that nothing is due later
 */
export function superseded(
  timetable: Timetable,
  rules: Rules,
  { asOf, jitterUntil }: Judge,
  through: Date,
): readonly Stretch[] {
  const isAllLate = jitterUntil !== undefined && isLate(jitterUntil, asOf, timetable.timing.lateAfterMs)
  const lateThrough = isAllLate ? through : earlier(lateBound(timetable, rules, asOf), through)
  return [passed(lateThrough, 'SUPERSEDED'), { through, skips: null }]
}

/** Nominal times that are skipped, for a reason that has to do with being late. */
export function passed(through: Date, reason: SkipReason): Stretch {
  return { through, skips: { outcome: 'SKIPPED_CATCHUP', reason, detail: '' } }
}

/** The bound of what is late: due so long ago that it is a matter of catching up. */
function lateBound({ timing, decidedThrough, scheduledSince }: Timetable, rules: Rules, asOf: Date): Date {
  const late = new Date(asOf.getTime() - timing.lateAfterMs - 1)
  // An @at may be past when its schedule begins: it is due from then on.
  return late < scheduledSince ? decidedThrough : rules.dueBound(late, decidedThrough)
}

/** The oldest of the late ones that are caught up; null when none is. */
function oldestCaughtUp({ catchup, catchupMax }: TimingOptions, rules: Rules, at: Date, after: Date) {
  const wanted = catchup === 'LAST' ? 1 : catchupMax
  if (!rules.hasCalendars && wanted > 0 && countBetween(rules.inForce, after, at) <= wanted) {
    const first = rules.nextAfter(after)
    return first && first <= at ? first : null
  }
  let oldest: Date | null = null
  let bound = at
  for (let looks = 0, found = 0; found < wanted && looks < LOOKS_BACK_MAX; looks++) {
    const nominal = rules.lastAtOrBefore(bound, after)
    if (nominal === null) break
    if (rules.forbids(nominal)) {
      bound = new Date(rules.span(nominal).from.getTime() - 1)
      continue
    }
    oldest = nominal
    found += 1
    bound = new Date(nominal.getTime() - 1)
  }
  return oldest
}
