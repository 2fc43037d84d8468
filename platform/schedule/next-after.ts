import { AT_LATENESS_MS_MAX, type CronSchedule, type EverySchedule, type Timetable } from './schedule.ts'
import { firesOfWallTime } from './wall-time.ts'
import { countCron, nextCronMs, previousCronMs, type ZonedCron } from './zoned-cron.ts'

// A little before dates end, so that the month and the zone of each time are whole: the year 275,443.
const LAST_MS = 8_630_000_000_000_000

/**
 * The first nominal time strictly later than `after`; null when there is none.
 *
 * `cron` and `@every` have nominal times strictly after `since`; `@now` has one, `since` itself; `@at` has one, its
 * instant, unless that was more than 60 s past at `since` (a local `@at` has two with BOTH and none with SKIP, where the
 * clocks change). None lies outside of `startAt` and `endAt`. To meet each once, start at `decidedThroughAtStart(since)`
 * and go on from the time returned.
 */
export function nextAfter(timetable: Timetable, after: Date): Date | null {
  const { fromMs, toMs } = windowOf(timetable)
  const afterMs = Math.max(after.getTime(), fromMs - 1)
  if (afterMs >= toMs) return null
  const nextMs = nextMsOf(timetable, afterMs)
  return nextMs === null || nextMs > toMs ? null : new Date(nextMs)
}

/** The last nominal time at or before `at` and strictly later than `after`, without walking what lies between. */
export function lastAtOrBefore(timetable: Timetable, at: Date, after: Date): Date | null {
  const { fromMs, toMs } = windowOf(timetable)
  const atMs = Math.min(at.getTime(), toMs)
  const afterMs = Math.max(after.getTime(), fromMs - 1)
  if (afterMs >= atMs) return null
  const lastMs = lastMsOf(timetable, atMs, afterMs)
  return lastMs === null || lastMs <= afterMs ? null : new Date(lastMs)
}

/** How many nominal times lie after `from` (exclusive) up to `to` (inclusive), without walking them: some 20 µs a year. */
export function countBetween(timetable: Timetable, from: Date, to: Date): number {
  const window = windowOf(timetable)
  const fromMs = Math.max(from.getTime(), window.fromMs - 1)
  const toMs = Math.min(to.getTime(), window.toMs)
  if (fromMs >= toMs) return 0
  const { schedule } = timetable
  if (schedule.kind === 'cron') return countCron(zoned(schedule, timetable), fromMs, toMs)
  if (schedule.kind === 'every') return everyIndexAt(schedule, toMs) - everyIndexAt(schedule, fromMs)
  return singleTimes(timetable).filter((ms) => ms > fromMs && ms <= toMs).length
}

/** The nominal times after `from` (exclusive) up to `to` (inclusive), the earliest first, at most `limit`. */
export function firesBetween(timetable: Timetable, from: Date, to: Date, limit: number): Date[] {
  const fires: Date[] = []
  let next = limit > 0 ? nextAfter(timetable, from) : null
  while (next !== null && next <= to) {
    fires.push(next)
    next = fires.length < limit ? nextAfter(timetable, next) : null
  }
  return fires
}

/** A moment before every nominal time of a schedule that holds since then, the late `@at` included. */
export function decidedThroughAtStart(since: Date): Date {
  return new Date(since.getTime() - AT_LATENESS_MS_MAX - 1)
}

/** The first and the last instant at which this timetable may have a nominal time. */
export function windowOf({ schedule, since, startAt, endAt }: Timetable): { fromMs: number; toMs: number } {
  const sinceMs = since.getTime()
  const sinceByKind = { cron: sinceMs + 1, every: sinceMs + 1, at: sinceMs - AT_LATENESS_MS_MAX, now: sinceMs }
  const fromMs = schedule.kind === 'manually' ? sinceMs : sinceByKind[schedule.kind]
  return {
    fromMs: Math.max(fromMs, startAt?.getTime() ?? -Infinity),
    toMs: Math.min(endAt?.getTime() ?? Infinity, LAST_MS),
  }
}

/** The cron of a timetable in its zone, with what holds where nothing is said. */
export function zoned(schedule: CronSchedule, { timeZone, dstGap, dstOverlap }: Timetable): ZonedCron {
  return {
    schedule,
    timeZone: timeZone ?? 'UTC',
    dstGap: dstGap ?? 'FIRE_AFTER',
    dstOverlap: dstOverlap ?? 'FIRST',
  }
}

function nextMsOf(timetable: Timetable, afterMs: number): number | null {
  const { schedule } = timetable
  if (schedule.kind === 'cron') return nextCronMs(zoned(schedule, timetable), afterMs)
  if (schedule.kind === 'every') return everyMs(schedule, everyIndexAt(schedule, afterMs) + 1)
  return singleTimes(timetable).find((ms) => ms > afterMs) ?? null
}

function lastMsOf(timetable: Timetable, atMs: number, afterMs: number): number | null {
  const { schedule } = timetable
  if (schedule.kind === 'cron') return previousCronMs(zoned(schedule, timetable), atMs, afterMs)
  if (schedule.kind === 'every') return everyMs(schedule, everyIndexAt(schedule, atMs))
  return singleTimes(timetable).findLast((ms) => ms <= atMs) ?? null
}

/** Which of the fires, counted from 1970, is the last one at or before an instant. */
function everyIndexAt({ intervalMs, phaseMs }: EverySchedule, atMs: number): number {
  return Math.floor((atMs - phaseMs) / intervalMs)
}

function everyMs({ intervalMs, phaseMs }: EverySchedule, index: number): number {
  return index * intervalMs + phaseMs
}

/** The times of a schedule that has but a few, sorted. */
function singleTimes({ schedule, since, timeZone, dstGap, dstOverlap }: Timetable): readonly number[] {
  if (schedule.kind === 'now') return [since.getTime()]
  if (schedule.kind !== 'at') return []
  if (schedule.wallMs === undefined) return [schedule.at.getTime()]
  return firesOfWallTime(schedule.wallMs, timeZone ?? 'UTC', dstGap ?? 'FIRE_AFTER', dstOverlap ?? 'FIRST')
}
