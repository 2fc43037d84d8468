import type { DstGap, DstOverlap } from '../timing.ts'
import type { ClockChange } from './clock-changes.ts'
import type { Expression } from './expressions.ts'

// A clock on the wall of a zone, read tick by tick from Intl, and the rules of the time contract applied to what it shows as
// they are written. It is slow and knows nothing of transitions: that a clock was changed is seen by its hands.

const JUMP_MS_MIN = 3 * 3_600_000
const MINUTE_MS = 60_000
// More than half a day on each side: each time of day comes at least once.
const AROUND_MS = 13 * 3_600_000

/** A moment, and what the clock shows then, as if it showed UTC. */
interface Tick {
  readonly atMs: number
  readonly wall: Date
  /** It showed the same less than three hours before. */
  readonly wasShownBefore: boolean
  /** It will show the same in less than three hours. */
  readonly isShownAgain: boolean
}

/** A time that the clock never showed, though it showed one before and, a tick later, one after it. */
interface Missing {
  readonly wall: Date
  /** The first tick after the gap. */
  readonly atMs: number
  /** When a clock that nobody had put forward would have shown it. */
  readonly shiftedMs: number
}

/** All that a clock showed for a while. */
export interface SlowClock {
  readonly timeZone: string
  readonly fromMs: number
  readonly toMs: number
  readonly ticks: readonly Tick[]
  readonly missing: readonly Missing[]
}

/** A change, and all that the clock showed around it, minute by minute. */
export interface ClockAround {
  readonly change: ClockChange
  readonly clock: SlowClock
}

/** Reads the clock around a change. */
export function clockAround(change: ClockChange): ClockAround {
  const { timeZone, atMs } = change
  return { change, clock: readSlowClock(timeZone, atMs - AROUND_MS, atMs + AROUND_MS, MINUTE_MS) }
}

/** Reads the clock at each tick after `fromMs` up to `toMs`. Both and the tick are whole minutes or seconds. */
export function readSlowClock(timeZone: string, fromMs: number, toMs: number, tickMs: number): SlowClock {
  const read = wallReader(timeZone)
  // What was shown just before the first tick may be shown again, and what the last shows may come again.
  const shown: { atMs: number; wallMs: number }[] = []
  for (let atMs = fromMs - JUMP_MS_MIN; atMs <= toMs + JUMP_MS_MIN; atMs += tickMs)
    shown.push({ atMs, wallMs: read(atMs) })
  const passes = Map.groupBy(shown, ({ wallMs }) => wallMs)
  const ticks: Tick[] = []
  const missing: Missing[] = []
  for (const [index, { atMs, wallMs }] of shown.entries()) {
    if (atMs <= fromMs || atMs > toMs) continue
    const distances = (passes.get(wallMs) ?? []).map((pass) => pass.atMs - atMs)
    const wasShownBefore = distances.some((ms) => ms < 0 && ms > -JUMP_MS_MIN)
    const isShownAgain = distances.some((ms) => ms > 0 && ms < JUMP_MS_MIN)
    ticks.push({ atMs, wall: new Date(wallMs), wasShownBefore, isShownAgain })
    const before = shown[index - 1] ?? { atMs: atMs - tickMs, wallMs: wallMs - tickMs }
    const jumpMs = wallMs - before.wallMs - tickMs
    if (jumpMs <= 0 || jumpMs >= JUMP_MS_MIN) continue
    for (let ms = before.wallMs + tickMs; ms < wallMs; ms += tickMs) {
      missing.push({ wall: new Date(ms), atMs, shiftedMs: before.atMs + (ms - before.wallMs) })
    }
  }
  return { timeZone, fromMs, toMs, ticks, missing }
}

/** When an expression fires on this clock, sorted. */
export function slowFires(clock: SlowClock, expression: Expression, dstGap: DstGap, dstOverlap: DstOverlap): number[] {
  const fires = new Set<number>()
  for (const { atMs, wall, wasShownBefore, isShownAgain } of clock.ticks) {
    if (!expression.matches(wall)) continue
    if (!expression.isIntervalLike && dstOverlap === 'FIRST' && wasShownBefore) continue
    if (!expression.isIntervalLike && dstOverlap === 'LAST' && isShownAgain) continue
    fires.add(atMs)
  }
  for (const { atMs, shiftedMs } of slowSkips(clock, expression)) {
    if (dstGap === 'FIRE_AFTER') fires.add(atMs)
    if (dstGap === 'SHIFT') fires.add(shiftedMs)
  }
  return [...fires].filter((ms) => ms > clock.fromMs && ms <= clock.toMs).sort((a, b) => a - b)
}

/** The times of an expression that the clock never showed. */
export function slowSkips(clock: SlowClock, expression: Expression): readonly Missing[] {
  return expression.isIntervalLike ? [] : clock.missing.filter(({ wall }) => expression.matches(wall))
}

/** Reads what the clock shows at an instant: as `10/25/2026, 02:30:00`. */
export function wallReader(timeZone: string): (atMs: number) => number {
  const two = '2-digit'
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  })
  return (atMs) => {
    const text = format.format(atMs)
    const number = (from: number, to: number): number => Number(text.slice(from, to))
    return Date.UTC(number(6, 10), number(0, 2) - 1, number(3, 5), number(12, 14), number(15, 17), number(18, 20))
  }
}
