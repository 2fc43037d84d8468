/** What happens to a wall time that the clocks jump over. */
export type DstGap = 'FIRE_AFTER' | 'SHIFT' | 'SKIP'

/** Which pass of an hour that comes twice counts. */
export type DstOverlap = 'FIRST' | 'LAST' | 'BOTH'

/** What happens to nominal times that nobody decided in time. */
export type Catchup = 'LAST' | 'ALL' | 'NONE'

/** The days of a calendar on which a job fires. Blackouts hold on all of them. */
export type CalendarDays = 'ANY_DAY' | 'BUSINESS_DAYS' | 'FIRST_BUSINESS_DAY' | 'LAST_BUSINESS_DAY'

/** When a job runs: all that its owner may say of time. Plain JSON, as events and rows keep it. */
export interface Timing extends TimingOptions {
  /** The text, such as `0 9 * * MON-FRI`. */
  readonly schedule: string
}

/** All of it but the schedule. */
export interface TimingOptions {
  /** An IANA name. */
  readonly timeZone: string
  readonly dstGap: DstGap
  readonly dstOverlap: DstOverlap
  /** Nominal times lie from here to `endAtMs`, both included; null leaves that side open. */
  readonly startAtMs: number | null
  readonly endAtMs: number | null
  /** The schedule is over after so many fires; skips do not count. Null is never. */
  readonly firesMax: number | null
  /** Each fire waits up to this long after its nominal time, by a hash, and never to the next one. */
  readonly jitterMs: number
  readonly catchup: Catchup
  /** Nothing older than this is caught up. */
  readonly catchupWindowMs: number
  /** How many are caught up at most, with ALL. */
  readonly catchupMax: number
  /** A fire later than this is late, and a matter of `catchup`. */
  readonly lateAfterMs: number
  readonly calendars: readonly CalendarUse[]
}

/** A calendar as a job uses it: its rules as they are in that version, so that nobody has to look them up. */
export interface CalendarUse {
  readonly name: string
  readonly version: number
  readonly on: CalendarDays
  readonly rules: CalendarRules
}

/** What a calendar says. */
export interface CalendarRules {
  /** The zone of its days; null takes the job's. */
  readonly timeZone: string | null
  /** 0 is Sunday. */
  readonly workDays: readonly number[]
  readonly holidays: readonly Holiday[]
  readonly blackouts: readonly Blackout[]
}

/** A day, or days, on which nothing fires. */
export interface Holiday {
  /** `2026-12-25`, or `12-25` for each year. */
  readonly from: string
  /** The last day, as `from` is written; the same day when it is one. */
  readonly to: string
  readonly name: string
}

/** A time in which nothing fires: once between two instants, or on days of the week between two times of day. */
export type Blackout =
  | { readonly kind: 'ONCE'; readonly fromMs: number; readonly toMs: number; readonly name: string }
  | {
      readonly kind: 'WEEKLY'
      /** The days on which it begins; 0 is Sunday. */
      readonly days: readonly number[]
      /** `22:00`, included. */
      readonly from: string
      /** `06:00`, not included; of the next day when it is not later than `from`. */
      readonly to: string
      readonly name: string
    }

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

/** What holds where nothing is said. */
export const defaultTimingOptions: TimingOptions = {
  timeZone: 'UTC',
  dstGap: 'FIRE_AFTER',
  dstOverlap: 'FIRST',
  startAtMs: null,
  endAtMs: null,
  firesMax: null,
  jitterMs: 0,
  catchup: 'LAST',
  catchupWindowMs: 24 * HOUR_MS,
  catchupMax: 100,
  lateAfterMs: 5 * SECOND_MS,
  calendars: [],
}
