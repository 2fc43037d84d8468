import { parseSchedule, type Schedule } from '#platform/schedule'

const SCHEDULES_MAX = 1_000
const known = new Map<string, Schedule>()

/**
 * The meaning of a schedule's text. The texts of a system are few, so what was read is kept.
 *
 * @param jobId what `H` is a hash of
 * @param timeZone in which an `@at` without a zone is meant
 * @throws {DomainError} INVALID_SCHEDULE
 */
export function parsedSchedule(text: string, jobId: string, timeZone: string): Schedule {
  const key = keyOf(text, jobId, timeZone)
  const parsed = known.get(key)
  if (parsed) return parsed
  const schedule = parseSchedule(text, { seed: jobId, timeZone })
  if (known.size >= SCHEDULES_MAX) known.clear()
  known.set(key, schedule)
  return schedule
}

/** Only few texts mean different things to different jobs. */
function keyOf(text: string, jobId: string, timeZone: string): string {
  if (text.startsWith('@at')) return `${text}\n${timeZone}`
  return /(?:^|[\s,])H/i.test(text) ? `${text}\n${jobId}` : text
}
