import { clockChangeWarnings } from './clock-change-warnings.ts'
import { cronWarnings } from './cron-warnings.ts'
import { durationText } from './duration.ts'
import { decidedThroughAtStart, firesBetween } from './next-after.ts'
import type { EverySchedule, Timetable } from './schedule.ts'
import type { ScheduleWarning } from './schedule-warning.ts'
import { type ScheduleTiming, timetableOf } from './timetable-of.ts'

const DAY_MS = 86_400_000
const TIMES_LOOKED_AT = 100

/**
 * What is likely to surprise.
 *
 * @param seed the job's id; where there is none yet, any will do
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function scheduleWarnings(timing: ScheduleTiming, now: Date, seed = ''): ScheduleWarning[] {
  const timetable = timetableOf(timing, now, seed)
  const { schedule } = timetable
  return [
    ...(schedule.kind === 'cron' ? cronWarnings(timing.schedule, schedule) : []),
    ...(schedule.kind === 'every' ? everyWarnings(schedule, timetable.timeZone) : []),
    ...clockChangeWarnings(timetable, now),
    ...jitterWarnings(timetable, timing.jitterMs ?? 0, now),
  ]
}

/** `@every` counts from 1970 in UTC, whatever the zone: it has no time of day. */
function everyWarnings({ intervalMs }: EverySchedule, timeZone: string | undefined): ScheduleWarning[] {
  const interval = durationText(intervalMs)
  if (intervalMs % DAY_MS === 0) {
    if (timeZone === undefined || timeZone === 'UTC') return []
    const message = `@every ${interval} keeps its time of day in UTC, not in ${timeZone}; a cron expression keeps it there`
    return [{ code: 'EVERY_IN_UTC', message, position: 0 }]
  }
  if (DAY_MS % intervalMs === 0) return []
  const message = `a day is no multiple of ${interval}: its times of day move from day to day`
  return [{ code: 'EVERY_DRIFTS', message, position: 0 }]
}

function jitterWarnings(timetable: Timetable, jitterMs: number, now: Date): ScheduleWarning[] {
  if (jitterMs === 0) return []
  const times = firesBetween(timetable, decidedThroughAtStart(now), new Date(8e15), TIMES_LOOKED_AT).map(Number)
  const leastMs = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)))
  if (jitterMs < leastMs) return []
  const distance = `as little as ${durationText(leastMs)} lies between two of its times`
  return [{ code: 'JITTER_CUT', message: `the jitter of ${durationText(jitterMs)} is cut: ${distance}` }]
}
