import { DomainError } from '#platform/domain'
import type { DstGap, DstOverlap } from './timing.ts'
import { isGap, type Stretch, stretchAt } from './zone-stretches.ts'

/** What a wall time stands for in a zone. */
export interface WallTimeInstants {
  /** Two where the clocks were put back over it, none where they were put forward over it. */
  readonly instants: Date[]
  /** The clocks were put forward over it, by less than three hours: a matter of `dstGap`. */
  readonly isInGap: boolean
  /** The first instant at which a clock there shows this time or a later one. */
  readonly after: Date
}

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/
// No zone has ever been further from UTC than 16 hours, nor jumped by more than a day.
const REACH_MS = 48 * 3_600_000

/** What a clock there shows at an instant, as `2026-03-08T03:00:00-04:00[America/New_York]`. */
export function wallTimeOf(at: Date, timeZone: string): string {
  const { offsetMs } = stretchAt(timeZone, at.getTime())
  const minutes = Math.round(Math.abs(offsetMs) / 60_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const offset = `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  return `${localText(at.getTime() + offsetMs)}${offset}[${timeZone}]`
}

/** A wall time that has no instant, as `2026-03-08T02:30:00[America/New_York]`. */
export function skippedWallTimeText(wallMs: number, timeZone: string): string {
  return `${localText(wallMs)}[${timeZone}]`
}

/**
 * The instants at which a clock in a zone shows a wall time, such as `2026-03-08T02:30`.
 *
 * @throws {DomainError} BAD_USER_INPUT when `local` is no such time
 */
export function instantsOfWallTime(local: string, timeZone: string): WallTimeInstants {
  const wallMs = localMs(local)
  if (wallMs === null) {
    throw new DomainError('BAD_USER_INPUT', `"${local}" is no local time such as 2026-03-08T02:30`)
  }
  const { instants, gap, afterMs } = instantsOf(wallMs, timeZone)
  return { instants: instants.map((ms) => new Date(ms)), isInGap: gap !== null, after: new Date(afterMs) }
}

/** When a single wall time fires, by the rules for a fixed time. After a jump of three hours or more it is once, or never. */
export function firesOfWallTime(wallMs: number, timeZone: string, dstGap: DstGap, dstOverlap: DstOverlap): number[] {
  const { instants, gap } = instantsOf(wallMs, timeZone)
  if (gap !== null) {
    if (dstGap === 'SKIP') return []
    return [dstGap === 'SHIFT' ? wallMs - gap.offsetBeforeMs : gap.startMs]
  }
  if (dstOverlap === 'BOTH') return instants
  return dstOverlap === 'LAST' ? instants.slice(-1) : instants.slice(0, 1)
}

/** The first instant after the gap that a wall time lies in; null when it lies in none. */
export function gapEndOver(wallMs: number, timeZone: string): number | null {
  return instantsOf(wallMs, timeZone).gap?.startMs ?? null
}

/** Milliseconds of a local time as if it were UTC; null when it is none, or does not exist in any calendar. */
export function localMs(text: string): number | null {
  const [found, year, month, day, hour, minute, second = '0', fraction = '0'] = LOCAL.exec(text) ?? []
  if (found === undefined) return null
  // Date.UTC moves 30 February to March, and takes 24:00: only a date that reads back the same exists.
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  // And it takes the year 26 for 1926.
  const dayMs = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const read = new Date(dayMs)
  const exists = read.getUTCMonth() + 1 === Number(month) && read.getUTCDate() === Number(day)
  if (!exists || h > 23 || m > 59 || s > 59) return null
  return dayMs + ((h * 60 + m) * 60 + s) * 1_000 + Number(fraction.padEnd(3, '0'))
}

/** A wall time without a zone, as `2026-03-08T02:30:00`. */
export function localText(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/(?:\.000)?Z$/, '')
}

/** The instants of a wall time, the stretch before which it was skipped, and the first instant that is not before it. */
export function instantsOf(
  wallMs: number,
  timeZone: string,
): { instants: number[]; gap: Stretch | null; afterMs: number } {
  const instants: number[] = []
  let gap: Stretch | null = null
  let afterMs = Infinity
  let stretch = stretchAt(timeZone, wallMs - REACH_MS)
  for (;;) {
    const atMs = wallMs - stretch.offsetMs
    if (atMs >= stretch.startMs && atMs < stretch.endMs) instants.push(atMs)
    if (atMs < stretch.startMs && wallMs >= stretch.startMs + stretch.offsetBeforeMs && isGap(stretch)) gap = stretch
    if (atMs < stretch.endMs) afterMs = Math.min(afterMs, Math.max(atMs, stretch.startMs))
    if (stretch.endMs > wallMs + REACH_MS) return { instants, gap, afterMs }
    stretch = stretchAt(timeZone, stretch.endMs)
  }
}
