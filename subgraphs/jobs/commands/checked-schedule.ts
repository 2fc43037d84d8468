import { DomainError, isDomainError } from '#platform/domain'
import { checkNewSchedule, type Timing } from '#platform/schedule'

/** Checks a schedule; remembers what it found, since thousands of jobs share a few. */
export type ScheduleCheck = (timing: Timing, seed: string) => string

/**
 * Makes a check of new schedules: that one can be read, and that it fires within 8 years and its window.
 *
 * @param now decides which are over
 * @returns the text without what surrounds it
 * @throws {DomainError} INVALID_SCHEDULE with `{path, position?, suggestion?}`
 */
export function scheduleCheck(now: Date): ScheduleCheck {
  const known = new Map<string, string | DomainError>()
  return (timing, seed) => {
    const { timeZone, dstGap, dstOverlap, startAtMs, endAtMs, schedule } = timing
    // Only `H` means something else for each job.
    const seedKey = HASHED.test(schedule) ? seed : ''
    const key = JSON.stringify([schedule, timeZone, dstGap, dstOverlap, startAtMs, endAtMs, seedKey])
    let outcome = known.get(key)
    if (outcome === undefined) {
      outcome = outcomeOf(timing, now, seed)
      known.set(key, outcome)
    }
    if (isDomainError(outcome)) throw outcome
    return outcome
  }
}

const HASHED = /(?:^|[\s,])H/i

function outcomeOf(timing: Timing, now: Date, seed: string): string | DomainError {
  try {
    checkNewSchedule(timing, now, seed)
    return timing.schedule.trim()
  } catch (error) {
    if (!isDomainError(error)) throw error
    // A good schedule that never fires in its window: the refusal names the end of it that is wrong.
    return new DomainError(error.code, error.message, { path: 'schedule', ...error.details })
  }
}
