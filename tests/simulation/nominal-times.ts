const SECOND_MS = 1_000
const AT_LATENESS_MS = 60_000

/** The schedules that a simulation uses, as they are written. */
export interface InForce {
  readonly schedule: string
  /** From when it holds. */
  readonly sinceMs: number
}

/**
 * The nominal times after `afterMs` and up to `untilMs`, found the slow way, which is plainly right: every second is looked
 * at. It shares nothing with `#platform/schedule`.
 */
export function nominalTimes({ schedule, sinceMs }: InForce, afterMs: number, untilMs: number): readonly number[] {
  const [name, argument = ''] = schedule.split(' ')
  const within = (atMs: number): boolean => atMs > afterMs && atMs <= untilMs
  if (name === '@manually') return []
  if (name === '@now') return [sinceMs].filter(within)
  if (name === '@at') return [Date.parse(argument)].filter((atMs) => within(atMs) && atMs >= sinceMs - AT_LATENESS_MS)
  const matches = name === '@every' ? everyMatcher(argument) : cronMatcher(schedule)
  const times: number[] = []
  const firstMs = Math.ceil(Math.max(sinceMs, afterMs) / SECOND_MS) * SECOND_MS
  for (let atMs = firstMs; atMs <= untilMs; atMs += SECOND_MS) {
    if (atMs > sinceMs && within(atMs) && matches(atMs)) times.push(atMs)
  }
  return times
}

/** Multiples since 1970. */
function everyMatcher(argument: string): (atMs: number) => boolean {
  const intervalMs = Number(argument.replace(/s$/, '')) * SECOND_MS
  return (atMs) => atMs % intervalMs === 0
}

/** Five fields, or six with the seconds first, of stars, numbers, lists, ranges and steps; no day is named. */
function cronMatcher(text: string): (atMs: number) => boolean {
  const fields = text.split(' ')
  const [second = '*', minute = '*', hour = '*'] = fields.length === 6 ? fields : ['0', ...fields]
  return (atMs) => {
    const at = new Date(atMs)
    return (
      fieldMatches(second, at.getUTCSeconds()) &&
      fieldMatches(minute, at.getUTCMinutes()) &&
      fieldMatches(hour, at.getUTCHours())
    )
  }
}

function fieldMatches(field: string, value: number): boolean {
  return field.split(',').some((item) => {
    const [range = '*', step = '1'] = item.split('/')
    const [from = 0, to = range === '*' ? 59 : from] = range === '*' ? [] : range.split('-').map(Number)
    return value >= from && value <= to && (value - from) % Number(step) === 0
  })
}
