import { zoned } from './next-after.ts'
import type { Timetable } from './schedule.ts'
import type { ScheduleWarning } from './schedule-warning.ts'
import { firesOfWallTime, instantsOf, localText, wallTimeOf } from './wall-time.ts'
import { repeatedWallTimes, skippedWallTimes } from './zoned-cron.ts'

const AHEAD_MS = 366 * 86_400_000

/** What becomes of the first time within a year that the clocks skip, and of the first that they show twice. */
export function clockChangeWarnings(timetable: Timetable, now: Date): ScheduleWarning[] {
  const { timeZone = 'UTC', dstGap = 'FIRE_AFTER', dstOverlap = 'FIRST' } = timetable
  return [...timesAtChanges(timetable, now.getTime())].map((wallMs): ScheduleWarning => {
    const { gap } = instantsOf(wallMs, timeZone)
    const fires = firesOfWallTime(wallMs, timeZone, dstGap, dstOverlap).map((ms) => wallTimeOf(new Date(ms), timeZone))
    const rule = gap ? `skip it, and dstGap is ${dstGap}` : `show it twice, and dstOverlap is ${dstOverlap}`
    const outcome = fires.length === 0 ? 'it does not fire' : `it fires at ${fires.join(' and ')}`
    return { code: 'CLOCK_CHANGE', message: `of ${localText(wallMs)}, the clocks of ${timeZone} ${rule}: ${outcome}` }
  })
}

function timesAtChanges(timetable: Timetable, nowMs: number): readonly number[] {
  const { schedule, timeZone = 'UTC' } = timetable
  if (schedule.kind === 'at' && schedule.wallMs !== undefined) {
    const { instants, gap } = instantsOf(schedule.wallMs, timeZone)
    return gap || instants.length > 1 ? [schedule.wallMs] : []
  }
  if (schedule.kind !== 'cron') return []
  const cron = zoned(schedule, timetable)
  const skipped = skippedWallTimes(cron, nowMs, nowMs + AHEAD_MS, 1).map(({ wallMs }) => wallMs)
  return [...skipped, ...repeatedWallTimes(cron, nowMs, nowMs + AHEAD_MS, 1)]
}
