import type { JobChanged, CalendarUse as SentCalendarUse } from '#avro'
import { isDomainError } from '#platform/domain'
import { PoisonError } from '#platform/messaging'
import {
  type CalendarRules,
  type CalendarUse,
  checkCalendarRules,
  isTimeZone,
  type TimingOptions,
} from '#platform/schedule'
import { type BackfillOrder, type JobChange, parsedSchedule } from '#platform/timetable'

// What a key column of the ledger holds.
const CAUSE_LENGTH_MAX = 191

/** A job's change as the timetable takes it. @throws {PoisonError} when a record says what no job can be */
export function jobChange(value: JobChanged, traceparent: string | undefined): JobChange {
  const { jobId, state, schedule, trigger } = value
  if (state === 'UNKNOWN') throw new PoisonError(`the state of job ${jobId} is none that is known here`)
  const timing = timingOf(value)
  checkSchedule(jobId, schedule, timing.timeZone)
  if (trigger) checkCause(jobId, `trigger:${trigger.follows ?? trigger.key}`)
  return {
    version: value.version,
    jobType: value.jobType,
    schedule,
    timing,
    params: value.params,
    policy: value.policy,
    state,
    scheduledSince: value.scheduledSince,
    changedAt: value.recordedAt,
    pausedUntil: value.pausedUntil,
    pauseNote: value.pauseNote,
    trigger,
    backfill: backfillOf(value),
    cancelsOpen: value.cancelsOpen,
    ...(trigger && traceparent !== undefined && { traceparent }),
  }
}

function timingOf({ jobId, timing }: JobChanged): TimingOptions {
  const { timeZone, dstGap, dstOverlap, startAt, endAt, firesMax, jitterMs } = timing
  const { catchup, catchupWindowMs, catchupMax, lateAfterMs } = timing
  if (!isTimeZone(timeZone)) throw new PoisonError(`there is no zone ${timeZone}, which job ${jobId} has`)
  return {
    timeZone,
    dstGap,
    dstOverlap,
    startAtMs: startAt?.getTime() ?? null,
    endAtMs: endAt?.getTime() ?? null,
    firesMax,
    jitterMs,
    catchup,
    catchupWindowMs,
    catchupMax,
    lateAfterMs,
    calendars: timing.calendars.map((use) => calendarUse(jobId, use)),
  }
}

function calendarUse(jobId: string, { name, version, on, rules }: SentCalendarUse): CalendarUse {
  const read = rulesOf(jobId, name, rules)
  const [problem] = checkCalendarRules(read)
  if (problem) throw new PoisonError(`${problem.path} of calendar ${name} of job ${jobId} ${problem.message}`)
  return { name, version, on, rules: read }
}

function rulesOf(jobId: string, name: string, text: string): CalendarRules {
  try {
    const { timeZone, workDays, holidays, blackouts } = JSON.parse(text) as CalendarRules
    return { timeZone, workDays: [...workDays], holidays: [...holidays], blackouts: [...blackouts] }
  } catch (error) {
    throw new PoisonError(`calendar ${name} of job ${jobId} cannot be read`, { cause: error })
  }
}

function checkSchedule(jobId: string, schedule: string, timeZone: string): void {
  try {
    parsedSchedule(schedule, jobId, timeZone)
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw new PoisonError(`the schedule of job ${jobId} cannot be read: ${error.message}`, { cause: error })
  }
}

function backfillOf({ jobId, change, backfill }: JobChanged): BackfillOrder | null {
  if (!backfill) return null
  const { backfillId, from, to, rerun, firesPerMinuteMax, overlap } = backfill
  checkCause(jobId, `backfill:${backfillId}`)
  if (change === 'BACKFILL_CANCELLED') return { kind: 'CANCEL', backfillId }
  if (change === 'BACKFILL_REQUESTED')
    return { kind: 'REQUEST', backfillId, from, to, rerun, firesPerMinuteMax, overlap }
  throw new PoisonError(`a ${change} of job ${jobId} comes with a backfill`)
}

function checkCause(jobId: string, cause: string): void {
  if (cause.length > CAUSE_LENGTH_MAX) throw new PoisonError(`a cause of job ${jobId} is too long`)
}
