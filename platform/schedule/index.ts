// What a schedule's text means: its syntax, its refusals, and its nominal times, as pure functions over UTC.
// Never reads a clock, never waits, and never decides whether a nominal time is run.
export { checkNewSchedule } from './check-new-schedule.ts'
export { decidedThroughAtStart, firesBetween, nextAfter } from './next-after.ts'
export { parseSchedule } from './parse-schedule.ts'
export type { Schedule, Timetable } from './schedule.ts'
