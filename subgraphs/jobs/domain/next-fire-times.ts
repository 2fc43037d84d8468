import { DomainError } from '#platform/domain'
import { decidedThroughAtStart, nextAfter, parseSchedule } from '#platform/schedule'
import type { Job } from './job.ts'

const COUNT_MAX = 100

/**
 * The next nominal times of a job, by its schedule alone; none for a job that is not ACTIVE.
 *
 * @throws {DomainError} BAD_USER_INPUT unless `count` is from 1 to 100
 */
export function nextFireTimes({ state, schedule, scheduledSince }: Job, now: Date, count: number): readonly Date[] {
  if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX) {
    throw new DomainError('BAD_USER_INPUT', `count must be from 1 to ${COUNT_MAX}`, { argument: 'count' })
  }
  if (state !== 'ACTIVE') return []
  const timetable = { schedule: parseSchedule(schedule), since: scheduledSince }
  const start = decidedThroughAtStart(scheduledSince)
  const times: Date[] = []
  let next = nextAfter(timetable, now > start ? now : start)
  while (next !== null && times.length < count) {
    times.push(next)
    next = nextAfter(timetable, next)
  }
  return times
}
