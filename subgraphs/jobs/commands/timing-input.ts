import { DomainError } from '#platform/domain'
import {
  type CalendarDays,
  type CalendarUse,
  type Catchup,
  canonicalTimeZone,
  type DstGap,
  type DstOverlap,
  durationText,
  type TimingOptions,
} from '#platform/schedule'
import type { KnownCalendars } from '../projections/calendars.ts'
import type { Attempt } from './refusals.ts'

type Maybe<Value> = Value | null | undefined

/** When a job runs, as somebody asks for it, beside the schedule. Spans are milliseconds. */
export interface TimingInput {
  readonly timeZone?: Maybe<string>
  readonly dstGap?: Maybe<DstGap>
  readonly dstOverlap?: Maybe<DstOverlap>
  readonly startAt?: Maybe<Date>
  readonly endAt?: Maybe<Date>
  readonly firesMax?: Maybe<number>
  readonly jitter?: Maybe<number>
  readonly catchup?: Maybe<Catchup>
  readonly catchupWindow?: Maybe<number>
  readonly catchupMax?: Maybe<number>
  readonly lateAfter?: Maybe<number>
  readonly calendars?: Maybe<readonly CalendarUseInput[]>
  readonly pauseOnFailures?: Maybe<number>
}

/** A calendar that a job goes by, by its name. */
export interface CalendarUseInput {
  readonly name: string
  readonly on?: Maybe<CalendarDays>
}

/** What an input says of time: what it leaves out is not there. */
export interface TimingChanges {
  readonly timing: Partial<TimingOptions>
  readonly pauseOnFailures?: number | null
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const FIRES_MAX = 1_000_000_000
const JITTER_MS_MAX = 24 * HOUR_MS
const CATCHUP_WINDOW_MS_MAX = 366 * DAY_MS
const CATCHUP_MAX = 1_000
// Below a second every fire would be late. What is not late all fires: after an hour of that a job of each second has
// 3,600 at once, and no catch-up to hold them.
const LATE_AFTER_MS = { min: 1_000, max: HOUR_MS } as const
const FAILURES_MAX = 1_000
// They travel with the job in one record, which takes a mebibyte: five of the largest fit.
const CALENDARS_MAX = 5

/** Checks what an input says of time. An explicit null clears what may be empty, and keeps what may not. */
export function checkedTiming(input: TimingInput, attempt: Attempt, calendars: KnownCalendars): TimingChanges {
  const { timeZone, dstGap, dstOverlap, startAt, endAt, catchup, calendars: uses } = input
  const whole = (path: keyof TimingInput, value: Maybe<number>, max: number): number | undefined =>
    value == null ? undefined : attempt(() => within(path, value, { min: 1, max }, String))
  const span = (path: keyof TimingInput, value: Maybe<number>, min: number, max: number): number | undefined =>
    value == null ? undefined : attempt(() => within(path, value, { min, max }, durationText))
  const { firesMax, pauseOnFailures } = input
  const limits = {
    firesMax: firesMax === null ? null : whole('firesMax', firesMax, FIRES_MAX),
    pauseOnFailures: pauseOnFailures === null ? null : whole('pauseOnFailures', pauseOnFailures, FAILURES_MAX),
  }
  const timing = given<TimingOptions>({
    timeZone: timeZone == null ? undefined : attempt(() => knownTimeZone(timeZone)),
    dstGap: dstGap ?? undefined,
    dstOverlap: dstOverlap ?? undefined,
    startAtMs: startAt === null ? null : startAt?.getTime(),
    endAtMs: endAt === null ? null : endAt?.getTime(),
    firesMax: limits.firesMax,
    jitterMs: span('jitter', input.jitter, 0, JITTER_MS_MAX),
    catchup: catchup ?? undefined,
    catchupWindowMs: span('catchupWindow', input.catchupWindow, 0, CATCHUP_WINDOW_MS_MAX),
    catchupMax: whole('catchupMax', input.catchupMax, CATCHUP_MAX),
    lateAfterMs: span('lateAfter', input.lateAfter, LATE_AFTER_MS.min, LATE_AFTER_MS.max),
    calendars: uses === null ? [] : uses && attempt(() => resolveCalendars(uses, calendars)),
  })
  return { timing, ...given<{ pauseOnFailures: number | null }>({ pauseOnFailures: limits.pauseOnFailures }) }
}

/** The names of the calendars that inputs use, each once. */
export function calendarNames(inputs: readonly Pick<TimingInput, 'calendars'>[]): readonly string[] {
  return [...new Set(inputs.flatMap(({ calendars }) => calendars?.map(({ name }) => name) ?? []))]
}

/**
 * Calendars as a job uses them, with their rules as they are now.
 *
 * @throws {DomainError} UNKNOWN_CALENDAR, BAD_USER_INPUT
 */
export function resolveCalendars(uses: readonly CalendarUseInput[], calendars: KnownCalendars): readonly CalendarUse[] {
  if (uses.length > CALENDARS_MAX) throw wrong('calendars', `a job goes by at most ${CALENDARS_MAX} calendars`)
  const seen = new Set<string>()
  return uses.map(({ name, on }, index) => {
    const path = `calendars[${index}].name`
    const calendar = calendars.get(name)
    if (!calendar) throw unknownCalendar(name, path, calendars.names)
    const use = { name, version: calendar.version, on: on ?? 'ANY_DAY', rules: calendar.rules }
    const key = `${use.on} ${name}`
    if (seen.has(key)) throw wrong(path, `the calendar "${name}" is named twice for ${use.on}`)
    seen.add(key)
    return use
  })
}

function unknownCalendar(name: string, path: string, known: readonly string[]): DomainError {
  const there = known.length === 0 ? 'there is none yet' : `there are ${known.join(', ')}`
  return new DomainError('UNKNOWN_CALENDAR', `there is no calendar ${name.slice(0, 100)}; ${there}`, { path, known })
}

function knownTimeZone(name: string): string {
  try {
    return canonicalTimeZone(name)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new DomainError('INVALID_TIME_ZONE', error.message, { ...error.details, path: 'timeZone' })
  }
}

function within(
  path: string,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
  text: (value: number) => string,
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  const suggestion = text(Math.min(Math.max(Math.round(value), min), max))
  throw new DomainError('BAD_USER_INPUT', `${path} is from ${text(min)} to ${text(max)}`, { path, suggestion })
}

function wrong(path: string, message: string): DomainError {
  return new DomainError('BAD_USER_INPUT', message, { path })
}

/** The fields that are there. */
function given<Whole extends object>(
  fields: { readonly [Key in keyof Whole]: Whole[Key] | undefined },
): Partial<Whole> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Whole>
}
