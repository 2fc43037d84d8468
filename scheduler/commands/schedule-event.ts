import { tzdbVersion } from '#platform/schedule'
import { type Decision, type Fire, isOfTimes, type Skip } from '#platform/timetable'
import type { FiredOccurrence, ScheduleAdvanced, SkippedOccurrences } from '../domain/schedule-advanced.ts'

/** The event that keeps a decision. */
export function scheduleAdvanced(decision: Decision, newId: () => string): ScheduleAdvanced {
  const { timetable, fires, skips, backfills, cancelsOpen, nextNominal, exhausted } = decision
  const { jobId, jobVersion, decidedThrough, timing } = timetable
  const first = skips.findIndex(isOfTimes)
  return {
    type: 'ScheduleAdvanced',
    jobId,
    appliedVersion: jobVersion,
    fired: fires.map((fire) => firedOccurrence(fire, newId)),
    ...(skips.length > 0 && {
      skipped: skips.map((skip, index) => skippedOccurrences(skip, index === first ? decision.continued : null)),
    }),
    ...(backfills.length > 0 && {
      backfills: backfills.map(({ backfillId, state, firedCount, leftOutCount, decidedThrough: reached }) => ({
        backfillId,
        state,
        firedCount,
        leftOutCount,
        decidedThroughMs: reached.getTime(),
      })),
    }),
    ...(cancelsOpen && { cancelsOpenBy: cancelsOpen.by }),
    nextFireAtMs: nextNominal?.getTime() ?? null,
    exhausted,
    decidedThroughMs: decidedThrough.getTime(),
    ...(timing.timeZone !== 'UTC' && { tzdbVersion: tzdbVersion() }),
  }
}

function firedOccurrence(fire: Fire, newId: () => string): FiredOccurrence {
  const { executionId, cause, nominalAt, effectiveAt, jobVersion, isLate, wallTime } = fire
  const nominalAtMs = nominalAt.getTime()
  const effectiveAtMs = effectiveAt.getTime()
  return {
    executionId: executionId ?? newId(),
    cause,
    nominalAtMs,
    jobVersion,
    ...(effectiveAtMs !== nominalAtMs && { effectiveAtMs }),
    ...(isLate && { isLate }),
    wallTime,
  }
}

function skippedOccurrences(skip: Skip, continued: Date | null): SkippedOccurrences {
  const { cause, from, through, count, outcome, reason, detail, jobVersion, wallTime } = skip
  const range = { cause, fromMs: from.getTime(), throughMs: through.getTime(), count }
  const why = { outcome, reason, detail, jobVersion, wallTime }
  return { ...range, ...why, ...(continued && { continuesMs: continued.getTime() }) }
}
