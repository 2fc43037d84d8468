import type { Blackout, CalendarRules, CalendarUse } from '#platform/schedule'
import { type WallMs, wallOf } from './wall-clock.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** The first calendar that forbids an instant, by its name; undefined when it may fire. */
export function forbiddenBy(uses: readonly CalendarUse[], atMs: number, jobZone: string): string | undefined {
  return uses.find(({ on, rules }) => {
    const wall = wallOf(rules.timeZone ?? jobZone, atMs)
    return rules.blackouts.some((blackout) => isBlack(blackout, atMs, wall)) || !isOpen(on, rules, wall)
  })?.name
}

function isOpen(on: CalendarUse['on'], rules: CalendarRules, wall: WallMs): boolean {
  if (on === 'ANY_DAY') return !isHoliday(rules, wall)
  if (!isBusinessDay(rules, wall)) return false
  if (on === 'BUSINESS_DAYS') return true
  // No other business day of the same month lies on that side of it.
  const step = on === 'FIRST_BUSINESS_DAY' ? -DAY_MS : DAY_MS
  const month = new Date(wall).getUTCMonth()
  for (let other = wall + step; new Date(other).getUTCMonth() === month; other += step) {
    if (isBusinessDay(rules, other)) return false
  }
  return true
}

function isBusinessDay(rules: CalendarRules, wall: WallMs): boolean {
  return rules.workDays.includes(new Date(wall).getUTCDay()) && !isHoliday(rules, wall)
}

function isHoliday({ holidays }: CalendarRules, wall: WallMs): boolean {
  const date = new Date(wall).toISOString().slice(0, 10)
  return holidays.some(({ from, to }) => {
    // A yearly one has no year, and may go over New Year.
    const day = date.slice(-from.length)
    return from <= to ? from <= day && day <= to : from <= day || day <= to
  })
}

function isBlack(blackout: Blackout, atMs: number, wall: WallMs): boolean {
  if (blackout.kind === 'ONCE') return blackout.fromMs <= atMs && atMs < blackout.toMs
  const [from, to] = [minuteOf(blackout.from), minuteOf(blackout.to)]
  const lengthMs = (to > from ? to - from : to - from + 1_440) * MINUTE_MS
  const today = Math.floor(wall / DAY_MS) * DAY_MS
  return [today - DAY_MS, today].some((day) => {
    const start = day + from * MINUTE_MS
    return blackout.days.includes(new Date(day).getUTCDay()) && start <= wall && wall < start + lengthMs
  })
}

function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number)
  return hour * 60 + minute
}
