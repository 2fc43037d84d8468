import type { Blackout, CalendarRules, Holiday } from './timing.ts'

/** A calendar's rules, made ready for many questions. */
export interface CompiledRules {
  /** A bit for each day of the week; bit 0 is Sunday. */
  readonly workDays: number
  /** Days since 1970. */
  readonly dated: Ranges
  /** Days as `dayOfYear` has them; a range whose start is above its end goes over New Year. */
  readonly yearly: Ranges
  /** Instants; the end is not included. */
  readonly once: Ranges
  readonly weekly: readonly WeeklyBlackout[]
  /** What was worked out of the months of each zone. */
  readonly monthsByZone: Map<string, Map<number, BusinessDays>>
}

/** Ranges by columns. */
export interface Ranges {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly names: readonly string[]
}

/** A blackout that comes each week. */
export interface WeeklyBlackout {
  /** The days on which it begins, as bits. */
  readonly days: number
  /** Milliseconds after midnight. */
  readonly fromMs: number
  readonly toMs: number
  readonly name: string
}

/** What is known of the business days of a month. */
export interface BusinessDays {
  readonly first: BusinessDay
  readonly last: BusinessDay
}

/** One of them. */
export interface BusinessDay {
  /** Days since 1970; null when the month has none. */
  readonly day: number | null
  /** Why another day of the month may not fire: put into words once, as most days are another one. */
  readonly refusal: string
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

const compiledRules = new WeakMap<CalendarRules, CompiledRules>()

/** What was made of rules, once for each object. */
export function compiled(rules: CalendarRules): CompiledRules {
  let known = compiledRules.get(rules)
  if (!known) {
    known = compile(rules)
    compiledRules.set(rules, known)
  }
  return known
}

/** A day of any year as a number; 29 February has one of its own. */
export function dayOfYear(month: number, dayOfMonth: number): number {
  return month * 32 + dayOfMonth
}

function compile({ workDays, holidays, blackouts }: CalendarRules): CompiledRules {
  return {
    workDays: bitsOf(workDays),
    dated: rangesOf(
      holidays.filter(({ from }) => !isYearly(from)),
      (date) => Date.parse(date) / DAY_MS,
    ),
    yearly: rangesOf(
      holidays.filter(({ from }) => isYearly(from)),
      (date) => dayOfYear(Number(date.slice(0, 2)), Number(date.slice(3))),
    ),
    once: onceOf(blackouts),
    weekly: blackouts.flatMap((blackout) => (blackout.kind === 'WEEKLY' ? [weeklyOf(blackout)] : [])),
    monthsByZone: new Map(),
  }
}

function bitsOf(weekdays: readonly number[]): number {
  return weekdays.reduce((bits, weekday) => bits | (1 << weekday), 0)
}

function isYearly(date: string): boolean {
  return date.length === 'MM-DD'.length
}

function rangesOf(holidays: readonly Holiday[], numberOf: (date: string) => number): Ranges {
  return {
    from: holidays.map(({ from }) => numberOf(from)),
    to: holidays.map(({ to }) => numberOf(to)),
    names: holidays.map(({ name }) => name),
  }
}

function onceOf(blackouts: readonly Blackout[]): Ranges {
  const once = blackouts.filter((blackout) => blackout.kind === 'ONCE')
  return {
    from: once.map(({ fromMs }) => fromMs),
    to: once.map(({ toMs }) => toMs),
    names: once.map(({ name }) => name),
  }
}

function weeklyOf({ days, from, to, name }: Extract<Blackout, { kind: 'WEEKLY' }>): WeeklyBlackout {
  return { days: bitsOf(days), fromMs: timeMs(from), toMs: timeMs(to), name }
}

function timeMs(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE_MS
}
