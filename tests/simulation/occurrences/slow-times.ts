import type { TimingOptions } from '#platform/schedule'
import { gapOf, instantsOf, localText, type WallMs, wallOf } from './wall-clock.ts'

/** What of a job says when it runs by itself. */
export type When = { readonly schedule: string } & Pick<
  TimingOptions,
  'timeZone' | 'dstGap' | 'dstOverlap' | 'startAtMs' | 'endAtMs'
>

/** Nominal times, and the wall times that were left out since the clocks jumped over them. */
export interface SlowTimes {
  readonly times: readonly number[]
  /** Only with `dstGap: SKIP`. `atMs` is the first instant after the gap. */
  readonly gaps: readonly { readonly atMs: number; readonly wallTime: string }[]
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const AT_LATENESS_MS = 60_000
const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }
const NONE: SlowTimes = { times: [], gaps: [] }

/**
 * The nominal times after `afterMs` and up to `untilMs` of a schedule that holds since `sinceMs`, by looking at every
 * second or minute, or at every wall time of every day. It understands the schedules that the simulation draws.
 */
export function slowTimes(when: When, sinceMs: number, afterMs: number, untilMs: number): SlowTimes {
  const within = (atMs: number): boolean =>
    atMs > afterMs && atMs <= untilMs && atMs >= (when.startAtMs ?? atMs) && atMs <= (when.endAtMs ?? atMs)
  const [name = '', argument = ''] = when.schedule.split(' ')
  if (name === '@manually') return NONE
  if (name === '@now') return { times: [sinceMs].filter(within), gaps: [] }
  if (name === '@at') {
    const isInTime = (atMs: number): boolean => atMs >= sinceMs - AT_LATENESS_MS
    return { times: [Date.parse(argument)].filter((atMs) => within(atMs) && isInTime(atMs)), gaps: [] }
  }
  const later = (atMs: number): boolean => within(atMs) && atMs > sinceMs
  const fromMs = Math.max(afterMs, sinceMs)
  if (name === '@every') return { times: everyTimes(argument, fromMs, untilMs).filter(later), gaps: [] }
  const cron = fieldsOf(when.schedule)
  if (cron.isIntervalLike)
    return { times: matchingInstants(cron, when.timeZone, fromMs, untilMs).filter(later), gaps: [] }
  const { times, gaps } = fixedTimes(cron, when, fromMs, untilMs)
  return { times: times.filter(later), gaps: gaps.filter(({ atMs }) => later(atMs)) }
}

function everyTimes(argument: string, fromMs: number, untilMs: number): readonly number[] {
  const [interval = '', phase = '0s'] = argument.split('/')
  const [intervalMs, phaseMs] = [spanMs(interval), spanMs(phase)]
  const times: number[] = []
  let atMs = Math.floor(fromMs / intervalMs) * intervalMs + phaseMs - intervalMs
  for (; atMs <= untilMs; atMs += intervalMs) times.push(atMs)
  return times
}

function spanMs(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? Number.NaN)
}

interface Cron {
  readonly second: string
  readonly minute: string
  readonly hour: string
  readonly day: string
  readonly month: string
  readonly weekday: string
  readonly isIntervalLike: boolean
}

function fieldsOf(schedule: string): Cron {
  const fields = schedule.split(' ')
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] =
    fields.length === 6 ? fields : ['0', ...fields]
  return { second, minute, hour, day, month, weekday, isIntervalLike: minute.startsWith('*') || hour.startsWith('*') }
}

/** Whether a schedule may have a time in every second, not only in every minute. */
export function isOfSeconds(schedule: string): boolean {
  return schedule.split(' ').length === 6
}

/** Every instant whose wall clock matches. */
function matchingInstants(cron: Cron, timeZone: string, fromMs: number, untilMs: number): readonly number[] {
  const stepMs = cron.second === '0' ? MINUTE_MS : SECOND_MS
  const isMatch = matcher(cron)
  const times: number[] = []
  for (let atMs = Math.floor(fromMs / stepMs) * stepMs; atMs <= untilMs; atMs += stepMs) {
    if (isMatch(wallOf(timeZone, atMs))) times.push(atMs)
  }
  return times
}

/** Every wall time of every day, and what becomes of it where it comes twice or never. */
function fixedTimes(cron: Cron, { timeZone, dstGap, dstOverlap }: When, fromMs: number, untilMs: number): SlowTimes {
  const found = new Set<number>()
  const gaps: { atMs: number; wallTime: string }[] = []
  for (const wall of wallTimes(cron, fromMs - 2 * DAY_MS, untilMs + 2 * DAY_MS)) {
    const [first, ...others] = instantsOf(timeZone, wall)
    const last = others.at(-1)
    if (first !== undefined) {
      if (dstOverlap !== 'LAST' || last === undefined) found.add(first)
      if (dstOverlap !== 'FIRST' && last !== undefined) found.add(last)
      continue
    }
    const { afterMs, jumpMs } = gapOf(timeZone, wall)
    if (dstGap === 'SKIP') gaps.push({ atMs: afterMs, wallTime: localText(wall) })
    else found.add(dstGap === 'FIRE_AFTER' ? afterMs : (instantsOf(timeZone, wall + jumpMs)[0] ?? afterMs))
  }
  return { times: [...found].sort((one, other) => one - other), gaps }
}

function wallTimes(cron: Cron, fromWall: WallMs, untilWall: WallMs): readonly WallMs[] {
  const isMatch = matcher(cron)
  const seconds = numbers(60).filter((second) => fieldMatches(cron.second, second, 0))
  const walls: WallMs[] = []
  for (let minute = Math.floor(fromWall / MINUTE_MS) * MINUTE_MS; minute <= untilWall; minute += MINUTE_MS) {
    for (const second of seconds) if (isMatch(minute + second * SECOND_MS)) walls.push(minute + second * SECOND_MS)
  }
  return walls
}

/** Whether a wall clock matches. A day matches by either field when both are restricted, else by both. */
function matcher({ second, minute, hour, day, month, weekday }: Cron): (wall: WallMs) => boolean {
  const [seconds, minutes, hours] = [valuesOf(second, 60), valuesOf(minute, 60), valuesOf(hour, 24)]
  const [days, months, weekdays] = [valuesOf(day, 32, 1), valuesOf(month, 13, 1), valuesOf(weekday, 7)]
  const isEither = !day.startsWith('*') && !weekday.startsWith('*')
  return (wall) => {
    const secondOfDay = Math.floor((((wall % DAY_MS) + DAY_MS) % DAY_MS) / SECOND_MS)
    if (!seconds[secondOfDay % 60] || !minutes[Math.floor(secondOfDay / 60) % 60]) return false
    if (!hours[Math.floor(secondOfDay / 3_600)]) return false
    const at = new Date(wall)
    if (!months[at.getUTCMonth() + 1]) return false
    const [isDay, isWeekday] = [days[at.getUTCDate()], weekdays[at.getUTCDay()]]
    return Boolean(isEither ? isDay || isWeekday : isDay && isWeekday)
  }
}

/** For each value whether a field matches it. */
function valuesOf(field: string, size: number, min = 0): readonly boolean[] {
  return numbers(size).map((value) => value >= min && fieldMatches(field, value, min))
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function fieldMatches(field: string, value: number, min: number): boolean {
  return field.split(',').some((item) => {
    const [range = '*', step = '1'] = item.split('/')
    const [from = min, to = range === '*' ? 99 : from] = range === '*' ? [] : range.split('-').map(Number)
    return value >= from && value <= to && (value - from) % Number(step) === 0
  })
}
