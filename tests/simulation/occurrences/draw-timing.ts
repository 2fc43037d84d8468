import { type CalendarUse, defaultTimingOptions, type Timing } from '#platform/schedule'
import type { Draw } from '../draw.ts'

/** How fast things happen in a history, with a place and a moment at which something happens to its clocks. */
export interface Tempo {
  readonly name: 'seconds' | 'minutes' | 'days'
  /** Steps of a history take some of these. */
  readonly unitMs: number
  readonly timeZone: string
  readonly startMs: number
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Zones, and an instant a little before one of their changes; one has none, and one goes by half an hour. */
const CHANGES = [
  ['UTC', '2026-11-23T09:58:30Z'],
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
] as const

const UNIT_MS = { seconds: 2 * SECOND_MS, minutes: 4 * MINUTE_MS, days: 3 * HOUR_MS } as const

const SCHEDULES: Readonly<Record<Tempo['name'], readonly string[]>> = {
  seconds: ['@every 1s', '@every 5s', '@every 7s/2s', '*/4 * * * * *', '5,11,29,47 * * * * *', '* * * * *'],
  minutes: [
    '*/5 * * * *',
    '@every 90s',
    '0,20,40 */2 * * * *',
    '7-50/9 * * * *',
    '30 */10 * * * *',
    '@every 20m/3m',
    '15,30 1,2 * * *',
  ],
  days: [
    '30 2 * * *',
    '0 2,3 * * *',
    '15 */3 * * *',
    '0 1-2 * * *',
    '0 0 * * *',
    '@every 5h/1h',
    '45 1,2,3 * * 1-5',
    '0 9 1 * 0',
    '*/30 2 * * *',
  ],
}

/** Draws how fast, where and when. */
export function drawTempo(draw: Draw): Tempo {
  const name = draw.weighted({ seconds: 4, minutes: 4, days: 3 })
  const [timeZone, at] = draw.pick(CHANGES)
  const unitMs = UNIT_MS[name]
  return { name, unitMs, timeZone, startMs: Date.parse(at) - draw.int(0, 40) * unitMs - draw.int(0, 2 * unitMs) }
}

/** Draws when a job runs, and what becomes of what was missed. */
export function drawTiming(draw: Draw, tempo: Tempo, nowMs: number): Timing {
  const { unitMs } = tempo
  const some = (chance: number, min: number, max: number): number | null =>
    draw.chance(chance) ? nowMs + draw.int(min * unitMs, max * unitMs) : null
  return {
    ...defaultTimingOptions,
    schedule: drawSchedule(draw, tempo, nowMs),
    timeZone: draw.chance(0.7) ? tempo.timeZone : 'UTC',
    dstGap: draw.pick(['FIRE_AFTER', 'FIRE_AFTER', 'SHIFT', 'SKIP']),
    dstOverlap: draw.pick(['FIRST', 'FIRST', 'LAST', 'BOTH']),
    startAtMs: some(0.1, -5, 20),
    endAtMs: some(0.1, 10, 100),
    firesMax: draw.chance(0.15) ? draw.int(1, 12) : null,
    jitterMs: draw.chance(0.3) ? draw.pick([300, 3 * SECOND_MS, unitMs / 2, 3 * unitMs]) : 0,
    catchup: draw.pick(['LAST', 'LAST', 'ALL', 'NONE']),
    catchupWindowMs: draw.pick([24 * HOUR_MS, 5 * unitMs, 30 * unitMs]),
    catchupMax: draw.pick([1, 2, 5, 12, 100]),
    lateAfterMs: draw.pick([5 * SECOND_MS, 5 * SECOND_MS, SECOND_MS, unitMs]),
    calendars: draw.chance(0.2) ? [drawCalendar(draw, tempo, nowMs)] : [],
  }
}

/** Mostly something with a next time; now and then at once, once or never. */
export function drawSchedule(draw: Draw, tempo: Tempo, nowMs: number): string {
  switch (draw.weighted({ again: 16, now: 1, at: 2, manually: 1 })) {
    case 'again':
      return draw.pick(SCHEDULES[tempo.name])
    case 'now':
      return '@now'
    case 'at':
      // To the second, as people write it.
      return `@at ${new Date(nowMs + draw.int(-30 * SECOND_MS, 20 * tempo.unitMs)).toISOString().slice(0, 19)}Z`
    case 'manually':
      return '@manually'
  }
}

/** Draws a calendar that forbids some of the days or hours about now. */
export function drawCalendar(draw: Draw, { unitMs, timeZone }: Tempo, nowMs: number): CalendarUse {
  const day = (days: number): string => new Date(nowMs + days * 24 * HOUR_MS).toISOString().slice(0, 10)
  const from = new Date(nowMs + draw.int(0, 10) * unitMs).toISOString().slice(11, 16)
  const to = new Date(nowMs + draw.int(11, 30) * unitMs).toISOString().slice(11, 16)
  const [first, last] = [draw.int(0, 3), draw.int(0, 2)]
  const fromMs = nowMs + draw.int(0, 20) * unitMs + 1
  const once = { kind: 'ONCE', fromMs, toMs: fromMs + draw.int(1, 15) * unitMs + 2, name: 'a freeze' } as const
  const weekly = { kind: 'WEEKLY', days: [0, 1, 2, 3, 4, 5, 6], from, to, name: 'the night' } as const
  return {
    name: `calendar-${draw.int(1, 3)}`,
    version: draw.int(1, 9),
    on: draw.pick(['ANY_DAY', 'ANY_DAY', 'BUSINESS_DAYS', 'FIRST_BUSINESS_DAY', 'LAST_BUSINESS_DAY']),
    rules: {
      timeZone: draw.pick([null, timeZone, 'UTC']),
      workDays: draw.pick([
        [0, 1, 2, 3, 4, 5, 6],
        [1, 2, 3, 4, 5],
      ]),
      holidays: draw.chance(0.4)
        ? [{ from: draw.chance(0.5) ? day(first) : day(first).slice(5), to: '', name: 'a feast' }].map((holiday) => ({
            ...holiday,
            to: last === 0 || holiday.from.length === 5 ? holiday.from : day(first + last),
          }))
        : [],
      blackouts: draw.pick([[], [once], [weekly], [once, weekly]]),
    },
  }
}
