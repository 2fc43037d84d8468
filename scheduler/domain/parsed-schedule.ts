import { parseSchedule, type Schedule } from '#platform/schedule'

const SCHEDULES_MAX = 1_000
const known = new Map<string, Schedule>()

/** The meaning of a schedule's text. The texts of a system are few, so what was read is kept. */
export function parsedSchedule(text: string): Schedule {
  const parsed = known.get(text)
  if (parsed) return parsed
  const schedule = parseSchedule(text)
  if (known.size >= SCHEDULES_MAX) known.clear()
  known.set(text, schedule)
  return schedule
}
