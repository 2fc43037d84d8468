import type { DstGap, DstOverlap } from './timing.ts'

/** A schedule as plain data: what its text says, and nothing about when it was created. */
export type Schedule = CronSchedule | EverySchedule | AtSchedule | NowSchedule | ManualSchedule

/** Fires at every second whose fields on the wall clock match. The lists are sorted and hold each value once. */
export interface CronSchedule {
  readonly kind: 'cron'
  /** The minute or the hour field starts with `*`: it fires whenever the clock matches, however the clock was changed. */
  readonly isIntervalLike: boolean
  readonly seconds: readonly number[]
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** 1 is January. */
  readonly months: readonly number[]
  readonly days: CronDays
}

/** The two day fields of a cron expression. A weekday is 0 (Sunday) to 6. */
export interface CronDays {
  /** Vixie's rule: `either` when both fields are restricted, that is when neither starts with `*` or `?`. */
  readonly match: 'both' | 'either'
  readonly daysOfMonth: readonly number[]
  /** `L` is 0 days before the last day of the month, `L-3` is 3. */
  readonly daysBeforeLast: readonly number[]
  /** `15W`: the weekday (Monday to Friday) nearest to the 15th, in the same month. */
  readonly nearestWorkdays: readonly number[]
  /** `LW`: the last weekday (Monday to Friday) of the month. */
  readonly lastWorkday: boolean
  readonly weekdays: readonly number[]
  /** `2#1`: the first Tuesday. */
  readonly nthWeekdays: readonly { readonly weekday: number; readonly nth: number }[]
  /** `5L`: the last Friday. */
  readonly lastWeekdays: readonly number[]
}

/** Fires at `phaseMs`, `phaseMs + intervalMs` … counted from the Unix epoch, so that it survives restarts. */
export interface EverySchedule {
  readonly kind: 'every'
  readonly intervalMs: number
  readonly phaseMs: number
}

/** Fires once, at this instant. */
export interface AtSchedule {
  readonly kind: 'at'
  /** Of a local time: by the rules that hold where nothing is said. */
  readonly at: Date
  /** The local time, when it was written as one: what a wall clock shows, as if it showed UTC. */
  readonly wallMs?: number
}

/** Fires once, at the moment from which it holds. */
export interface NowSchedule {
  readonly kind: 'now'
}

/** Never fires by itself. */
export interface ManualSchedule {
  readonly kind: 'manually'
}

/** A schedule in force. */
export interface Timetable {
  readonly schedule: Schedule
  /**
   * The moment from which this schedule holds: the job's creation, or the last change of its schedule.
   * A pause or a resume does not move it: those are ranges of decided time, expressed by `after`.
   */
  readonly since: Date
  /** An IANA name; UTC when it is left out. */
  readonly timeZone?: string | undefined
  /** FIRE_AFTER when it is left out. */
  readonly dstGap?: DstGap | undefined
  /** FIRST when it is left out. */
  readonly dstOverlap?: DstOverlap | undefined
  /** Nominal times lie from here to `endAt`, both included. */
  readonly startAt?: Date | null | undefined
  readonly endAt?: Date | null | undefined
}

/** What a schedule's text needs to be read that is not in it. */
export interface ScheduleContext {
  /** The job's id: what `H` hashes. */
  readonly seed?: string | undefined
  /** The zone of a local `@at`: a name for which `isTimeZone` holds. */
  readonly timeZone?: string | undefined
}

/** How late an `@at` may be when it is created and still fire at once. */
export const AT_LATENESS_MS_MAX = 60_000
