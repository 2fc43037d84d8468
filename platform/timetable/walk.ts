import type { CalendarVerdict } from '#platform/schedule'
import type { Skip } from './decision.ts'
import { type Draft, fire, isFull, isOver, type Judge, moveOverGaps, skip } from './draft.ts'
import type { Rules } from './rules.ts'
import { earlier } from './timetable.ts'

/** A time in which all nominal times share a fate. */
export interface Stretch {
  /** Included. The stretch begins after what was decided before. */
  readonly through: Date
  /** Why they do not fire; null when they do. */
  readonly skips: Pick<Skip, 'outcome' | 'reason' | 'detail'> | null
  /** What calendars forbid is nothing of its own here. */
  readonly ignoresCalendars?: boolean
}

/** Nominal times in a row for which calendars say the same. */
interface Run {
  readonly first: Date
  /** A bound: none that comes later belongs to it. */
  readonly through: Date
  readonly verdict: CalendarVerdict | null
}

/**
 * Decides every nominal time of the stretches, in order.
 *
 * Only what fires is walked one by one. What is skipped is counted, and where there are calendars they are asked once
 * for a span in which they cannot change their mind.
 *
 * @returns false when a limit left something, which is then for the next decision
 */
export function walk(draft: Draft, rules: Rules, stretches: readonly Stretch[], judge: Judge): boolean {
  return stretches.every((stretch) => walkStretch(draft, rules, stretch, judge))
}

function walkStretch(draft: Draft, rules: Rules, stretch: Stretch, judge: Judge): boolean {
  for (;;) {
    if (isOver(draft.timetable)) return true
    const first = rules.nextAfter(draft.timetable.decidedThrough)
    if (first === null || first > stretch.through) break
    const run = runFrom(draft, rules, first, stretch)
    if (run === null) return false
    if (run.verdict) skip(draft, rules, first, run.through, forbidden(run.verdict))
    else if (stretch.skips) skip(draft, rules, first, run.through, stretch.skips)
    else if (!fireRun(draft, rules, run, judge)) return false
  }
  moveOverGaps(draft, rules, stretch.through)
  return true
}

/** @returns null when that is for the next decision */
function runFrom(draft: Draft, rules: Rules, first: Date, { through, skips, ignoresCalendars }: Stretch): Run | null {
  if (ignoresCalendars || !rules.hasCalendars) return { first, through, verdict: null }
  if (isFull(draft)) return null
  draft.stepsLeft -= 1
  const verdict = rules.forbids(first)
  let end = earlier(rules.span(first).through, through)
  // What fires goes one by one, span by span.
  if (verdict === null && skips === null) return { first, through: end, verdict }
  while (end < through && draft.stepsLeft > 0) {
    const next = rules.nextAfter(end)
    if (next === null || next > through) return { first, through, verdict }
    draft.stepsLeft -= 1
    if (!isSame(rules.forbids(next), verdict)) break
    end = earlier(rules.span(next).through, through)
  }
  return { first, through: end, verdict }
}

function isSame(one: CalendarVerdict | null, other: CalendarVerdict | null): boolean {
  return one?.calendar === other?.calendar && one?.detail === other?.detail
}

function forbidden({ calendar, detail }: CalendarVerdict): NonNullable<Stretch['skips']> {
  return { outcome: 'SKIPPED_CALENDAR', reason: 'CALENDAR', detail: `${calendar}: ${detail}` }
}

function fireRun(draft: Draft, rules: Rules, { first, through }: Run, judge: Judge): boolean {
  for (let next: Date | null = first; next !== null && next <= through; next = rules.nextAfter(next)) {
    if (isOver(draft.timetable)) return true
    if (draft.firesLeft <= 0) return false
    fire(draft, rules, next, judge)
  }
  return true
}
