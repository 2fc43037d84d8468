import { withOverlap } from '#platform/policy'
import { decidedThroughAtStart, wallTimeOf } from '#platform/schedule'
import { type Backfill, type BackfillOrder, progressOf } from './backfill.ts'
import { caughtUp, passed, superseded } from './catchup.ts'
import type { Fire, Skip } from './decision.ts'
import { type Draft, isLate, moveTo } from './draft.ts'
import { rulesOf } from './rules.ts'
import { earlier, type JobChange, type JobState, later, type Timetable, type Trigger } from './timetable.ts'
import { walk } from './walk.ts'

/**
 * Decides what a change leaves to the version before it: all that was due by then, as far as it is not late. What is late
 * belongs to the version that is in force when it is decided, unless the change is a boundary, which nothing late crosses.
 *
 * @returns false when a limit left something
 */
export function closeBefore(draft: Draft, change: JobChange, asOf: Date): boolean {
  const at = earlier(change.changedAt, asOf)
  endPauseIfOver(draft, at)
  const { state } = draft.timetable
  if (state === 'PAUSED' && isBoundary(draft.timetable, change)) {
    if (stateAfter(change) === 'ACTIVE') resume(draft, earlier(change.scheduledSince, asOf))
    else endPause(draft, at, at, isNewSchedule(draft.timetable, change))
  }
  return state === 'ACTIVE' ? closeActive(draft, change, at, asOf) : true
}

/** Ends a pause that has an end of its own, if that has come. */
export function endPauseIfOver(draft: Draft, asOf: Date): void {
  const { state, pausedUntil } = draft.timetable
  if (state !== 'PAUSED' || pausedUntil === null || pausedUntil > asOf) return
  resume(draft, pausedUntil)
  Object.assign(draft.timetable, { state: 'ACTIVE', pausedUntil: null, pauseNote: '' } satisfies Partial<Timetable>)
}

/** Makes the version after a change the one in force. What the change asks for is another matter. */
export function apply(draft: Draft, change: JobChange): void {
  const { timetable } = draft
  const isNew = isNewSchedule(timetable, change)
  const since = isNew ? change.scheduledSince : timetable.scheduledSince
  const state = stateAfter(change)
  const after: Partial<Timetable> = {
    jobVersion: change.version,
    jobType: change.jobType,
    schedule: change.schedule,
    timing: change.timing,
    params: change.params,
    policy: change.policy,
    state,
    pausedUntil: state === 'PAUSED' ? change.pausedUntil : null,
    pauseNote: state === 'PAUSED' ? change.pauseNote : '',
    scheduledSince: since,
    // A new schedule starts strictly after the last nominal time that was decided, whichever version that was of.
    decidedThrough: isNew ? later(timetable.lastNominal, decidedThroughAtStart(since)) : timetable.decidedThrough,
    scheduleFires: change.timing.firesMax === timetable.timing.firesMax ? timetable.scheduleFires : 0,
  }
  Object.assign(timetable, after)
  if (change.backfill) order(draft, change, change.backfill)
  if (state === 'ARCHIVED') {
    draft.backfills.push(...timetable.backfills.map((backfill) => progressOf(backfill, 'CANCELLED')))
    timetable.backfills = []
    draft.cancelsOpen = change.cancelsOpen ?? draft.cancelsOpen
  }
}

/** The run that a change asks for; none of an archived job, and none of a paused one if nobody but another job asks. */
export function triggered(change: JobChange, asOf: Date): Fire | null {
  const { state, trigger, version, jobType, policy, timing, traceparent } = change
  if (state === 'ARCHIVED' || !trigger || keptByPause(change)) return null
  const { triggeredAt, params, executionId, overlap = null } = trigger
  return {
    cause: causeOf(trigger),
    nominalAt: triggeredAt,
    effectiveAt: triggeredAt,
    isLate: isLate(triggeredAt, asOf, timing.lateAfterMs),
    wallTime: wallTimeOf(triggeredAt, timing.timeZone),
    jobVersion: version,
    jobType,
    params,
    policy: withOverlap(policy, overlap),
    executionId,
    ...(traceparent !== undefined && { traceparent }),
  }
}

/** The run that another job's execution led to while this job is paused: it is not made up for. */
export function keptByPause(change: JobChange): Skip | null {
  const { trigger, pauseNote: detail, version: jobVersion } = change
  if (!trigger?.follows || stateAfter(change) !== 'PAUSED') return null
  const at = { from: trigger.triggeredAt, through: trigger.triggeredAt, count: 1, wallTime: null }
  return { cause: causeOf(trigger), ...at, outcome: 'SKIPPED_PAUSED', reason: 'PAUSED', detail, jobVersion }
}

function causeOf({ key, follows }: Trigger): string {
  return follows ? `chain:${follows}` : `trigger:${key}`
}

function closeActive(draft: Draft, change: JobChange, at: Date, asOf: Date): boolean {
  const { timetable } = draft
  const rules = rulesOf(timetable)
  const { decidedThrough, timing } = timetable
  const due = rules.dueBound(at, decidedThrough)
  if (!isBoundary(timetable, change)) {
    if (isLate(at, asOf, timing.lateAfterMs)) return true
    return walk(draft, rules, caughtUp(timetable, rules, asOf, due), { asOf })
  }
  // A pause or an archive keeps what jitter has put off from firing; a new schedule has no place for it, so it fires now.
  const stops = stateAfter(change) !== 'ACTIVE'
  const judge = stops ? { asOf } : { asOf, jitterUntil: at }
  const bound = stops ? due : at
  if (!walk(draft, rules, superseded(timetable, rules, judge, bound), judge)) return false
  if (stateAfter(change) === 'ARCHIVED') walk(draft, rules, [passed(at, 'SUPERSEDED')], judge)
  // What holds for a new schedule's first nominal time, which may be this very instant, is said where it is applied.
  if (!isNewSchedule(timetable, change)) moveTo(draft, rules, bound)
  return true
}

/** What jitter has put off beyond the pause fires after it. */
function resume(draft: Draft, end: Date): void {
  const { timetable } = draft
  endPause(draft, end, rulesOf(timetable).dueBound(end, timetable.decidedThrough), false)
}

/** All that came during a pause is skipped: one range, however long it was. */
function endPause(draft: Draft, end: Date, through: Date, isNew: boolean): void {
  const { timetable } = draft
  const rules = rulesOf(timetable)
  const skips = { outcome: 'SKIPPED_PAUSED', reason: 'PAUSED', detail: timetable.pauseNote } as const
  walk(draft, rules, [{ through, skips, ignoresCalendars: true }], { asOf: end })
  if (!isNew) moveTo(draft, rules, through)
}

/** Whether a change divides time: nothing late before it is caught up after it. */
function isBoundary(timetable: Timetable, change: JobChange): boolean {
  return stateAfter(change) !== timetable.state || isNewSchedule(timetable, change) || !isSameTiming(timetable, change)
}

function isNewSchedule({ schedule }: Timetable, change: JobChange): boolean {
  return change.schedule !== schedule
}

function isSameTiming({ timing }: Timetable, change: JobChange): boolean {
  return change.timing === timing || JSON.stringify(change.timing) === JSON.stringify(timing)
}

/** A pause whose end had come is none, whoever has not heard of that. */
function stateAfter({ state, pausedUntil, changedAt }: JobChange): JobState {
  return state === 'PAUSED' && pausedUntil !== null && pausedUntil <= changedAt ? 'ACTIVE' : state
}

function order(draft: Draft, change: JobChange, wanted: BackfillOrder): void {
  const { timetable } = draft
  const { backfillId } = wanted
  const before = timetable.backfills.find((each) => each.backfillId === backfillId)
  const others = timetable.backfills.filter((each) => each !== before)
  if (wanted.kind === 'CANCEL') {
    if (before) draft.backfills.push(progressOf(before, 'CANCELLED'))
    timetable.backfills = others
    return
  }
  if (before) return
  const backfill = asked(timetable, change, wanted)
  draft.backfills.push(progressOf(backfill, 'RUNNING'))
  timetable.backfills = [...others, backfill]
}

function asked(
  { jobVersion, jobType, schedule, timing, params, ...timetable }: Timetable,
  { changedAt }: JobChange,
  { backfillId, from, to, rerun, firesPerMinuteMax, overlap = null }: Extract<BackfillOrder, { kind: 'REQUEST' }>,
): Backfill {
  const range = { fromMs: from.getTime(), toMs: to.getTime(), decidedThroughMs: from.getTime() }
  const policy = withOverlap(timetable.policy, overlap)
  const version = { jobVersion, jobType, schedule, timing, params, policy }
  const counts = { firedCount: 0, leftOutCount: 0, freeAtMs: changedAt.getTime() }
  return { backfillId, rerun, firesPerMinuteMax, ...range, ...version, ...counts }
}
