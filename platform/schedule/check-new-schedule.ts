import { invalidSchedule } from './invalid-schedule.ts'
import { nextAfter } from './next-after.ts'
import { AT_LATENESS_MS_MAX, type Schedule } from './schedule.ts'

const FIRST_FIRE_YEARS_MAX = 8

/**
 * Refuses a schedule that must not be created now: one that is over, or one that would not fire in the next 8 years.
 *
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function checkNewSchedule(schedule: Schedule, now: Date): void {
  if (schedule.kind === 'at' && schedule.at.getTime() < now.getTime() - AT_LATENESS_MS_MAX) {
    throw invalidSchedule(`${schedule.at.toISOString()} is more than 60 s past`, 0)
  }
  if (schedule.kind !== 'cron') return

  const next = nextAfter({ schedule, since: now }, now)
  if (next === null) throw invalidSchedule('it would never fire: no month that it names has such a day', 0)
  const latest = new Date(now)
  latest.setUTCFullYear(now.getUTCFullYear() + FIRST_FIRE_YEARS_MAX)
  if (next > latest) {
    const reason = `its first time would be ${next.toISOString()}`
    throw invalidSchedule(`it would not fire in the next ${FIRST_FIRE_YEARS_MAX} years: ${reason}`, 0)
  }
}
