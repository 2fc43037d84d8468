// What a schedule's text means: its syntax, its refusals, and its nominal times, as pure functions over the zones of IANA.
// Never reads a clock, never waits, and never decides whether a nominal time is run.
export { type CalendarVerdict, calendarVerdict } from './calendar.ts'
export {
  type CalendarProblem,
  calendarNameProblem,
  checkCalendarRules,
} from './calendar-check.ts'
export { checkNewSchedule } from './check-new-schedule.ts'
export { durationMs, durationText } from './duration.ts'
export { type GapSkip, gapSkipsBetween } from './gap-skips.ts'
export { jitteredAt } from './jitter.ts'
export { countBetween, decidedThroughAtStart, firesBetween, lastAtOrBefore, nextAfter } from './next-after.ts'
export { parseSchedule } from './parse-schedule.ts'
export type { Schedule, ScheduleContext, Timetable } from './schedule.ts'
export type { ScheduleWarning } from './schedule-warning.ts'
export { scheduleWarnings } from './schedule-warnings.ts'
export { canonicalTimeZone, isTimeZone, tzdbVersion } from './time-zone.ts'
export { type ScheduleTiming, timetableOf } from './timetable-of.ts'
export {
  type Blackout,
  type CalendarDays,
  type CalendarRules,
  type CalendarUse,
  type Catchup,
  type DstGap,
  type DstOverlap,
  defaultTimingOptions,
  type Holiday,
  type Timing,
  type TimingOptions,
} from './timing.ts'
export { instantsOfWallTime, type WallTimeInstants, wallTimeOf } from './wall-time.ts'
export { stretchAt } from './zone-stretches.ts'
