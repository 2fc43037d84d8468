import { parseSchedule } from './parse-schedule.ts'
import type { Timetable } from './schedule.ts'
import type { Timing } from './timing.ts'

/** What is said of the time of a job: its schedule, and of all else as much as is said. */
export type ScheduleTiming = Pick<Timing, 'schedule'> & Partial<Omit<Timing, 'schedule'>>

/**
 * A timing in force.
 *
 * @param since from when it holds
 * @param seed the job's id, for `H`
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function timetableOf(timing: ScheduleTiming, since: Date, seed: string): Timetable {
  const { schedule, timeZone = 'UTC', dstGap, dstOverlap, startAtMs, endAtMs } = timing
  return {
    schedule: parseSchedule(schedule, { seed, timeZone }),
    since,
    timeZone,
    dstGap,
    dstOverlap,
    startAt: startAtMs == null ? null : new Date(startAtMs),
    endAt: endAtMs == null ? null : new Date(endAtMs),
  }
}
