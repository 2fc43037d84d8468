import { windowOf, zoned } from './next-after.ts'
import type { Timetable } from './schedule.ts'
import { gapEndOver, skippedWallTimeText } from './wall-time.ts'
import { skippedWallTimes } from './zoned-cron.ts'

/** A nominal time that did not come, because the clocks jumped over it and `dstGap` is SKIP. */
export interface GapSkip {
  /** As `2026-03-08T02:30:00[America/New_York]`. */
  readonly wallTime: string
  /** The first instant after the gap. Several skips may share it. */
  readonly at: Date
}

/**
 * The wall times that a timetable names and that did not exist, where `dstGap` is SKIP: those whose gap ended after
 * `from` (exclusive) up to `to` (inclusive), at most `limit`. An interval-like schedule misses nothing in a gap.
 */
export function gapSkipsBetween(timetable: Timetable, from: Date, to: Date, limit: number): GapSkip[] {
  const { schedule, dstGap, timeZone = 'UTC' } = timetable
  if (dstGap !== 'SKIP') return []
  const window = windowOf(timetable)
  const fromMs = Math.max(from.getTime(), window.fromMs - 1)
  const toMs = Math.min(to.getTime(), window.toMs)
  if (fromMs >= toMs) return []
  const skipped = (wallMs: number, endMs: number): GapSkip => ({
    wallTime: skippedWallTimeText(wallMs, timeZone),
    at: new Date(endMs),
  })
  if (schedule.kind === 'cron') {
    return skippedWallTimes(zoned(schedule, timetable), fromMs, toMs, limit).map((skip) =>
      skipped(skip.wallMs, skip.atMs),
    )
  }
  if (schedule.kind !== 'at' || schedule.wallMs === undefined) return []
  const atMs = gapEndOver(schedule.wallMs, timeZone)
  return atMs !== null && atMs > fromMs && atMs <= toMs ? [skipped(schedule.wallMs, atMs)].slice(0, limit) : []
}
