import type { CronSchedule } from './schedule.ts'
import type { DstGap, DstOverlap } from './timing.ts'
import { countWall, matchesWall, nextWallMs, previousWallMs } from './wall-clock.ts'
import { isGap, repeatedMs, type Stretch, stretchAt } from './zone-stretches.ts'

/** A cron expression in a zone, with what its owner says of changes of the clocks. */
export interface ZonedCron {
  readonly schedule: CronSchedule
  readonly timeZone: string
  readonly dstGap: DstGap
  readonly dstOverlap: DstOverlap
}

// Days of a calendar come again within 40 years, also around 2100. What the clocks have kept from firing for so long, or
// whatever rule may come, is taken for what never fires.
const SEARCH_MS_MAX = 100 * 365.25 * 86_400_000

/** The first fire strictly after an instant; null when there is none within a hundred years. */
export function nextCronMs(cron: ZonedCron, afterMs: number): number | null {
  let stretch = stretchAt(cron.timeZone, afterMs + 1)
  // The next match of the wall clock is searched again only where the clock was put back behind where the search began.
  let searchedFromMs = Infinity
  let wallMs = -Infinity
  while (stretch.startMs <= afterMs + SEARCH_MS_MAX) {
    const { fromMs, toMs } = countedPart(cron, stretch)
    const wallFromMs = Math.max(fromMs, afterMs + 1) + stretch.offsetMs
    if (wallFromMs < searchedFromMs || wallFromMs > wallMs) {
      const found = nextWallMs(cron.schedule, wallFromMs)
      if (found === null) return null
      searchedFromMs = wallFromMs
      wallMs = found
    }
    const regularMs = wallMs - stretch.offsetMs
    const nextMs = Math.min(regularMs < toMs ? regularMs : Infinity, nextGapFireMs(cron, stretch, afterMs) ?? Infinity)
    if (nextMs !== Infinity) return nextMs
    stretch = stretchAt(cron.timeZone, stretch.endMs)
  }
  return null
}

/** The last fire at or before an instant and strictly after another; null when there is none. */
export function previousCronMs(cron: ZonedCron, atMs: number, afterMs: number): number | null {
  for (let untilMs = atMs; untilMs > afterMs; ) {
    const stretch = stretchAt(cron.timeZone, untilMs)
    const { fromMs, toMs } = countedPart(cron, stretch)
    const wallMs = previousWallMs(cron.schedule, Math.min(toMs - 1, atMs) + stretch.offsetMs)
    if (wallMs === null) return null
    const regularMs = wallMs - stretch.offsetMs
    const lastMs = Math.max(
      regularMs >= fromMs ? regularMs : -Infinity,
      previousGapFireMs(cron, stretch, atMs) ?? -Infinity,
    )
    if (lastMs !== -Infinity) return lastMs > afterMs ? lastMs : null
    untilMs = stretch.startMs - 1
  }
  return null
}

/** How many fires there are strictly after one instant and up to another (included), without walking them. */
export function countCron(cron: ZonedCron, fromMs: number, toMs: number): number {
  let count = 0
  for (let atMs = fromMs + 1; atMs <= toMs; ) {
    const stretch = stretchAt(cron.timeZone, atMs)
    const part = countedPart(cron, stretch)
    const startMs = Math.max(part.fromMs, fromMs + 1)
    const endMs = Math.min(part.toMs, toMs + 1)
    count += countWall(cron.schedule, startMs + stretch.offsetMs, endMs + stretch.offsetMs)
    count += countGapFires(cron, stretch, fromMs, toMs)
    atMs = stretch.endMs
  }
  return count
}

/** The wall times that a fixed-time expression names and that did not exist, with the instant at which the clocks jumped. */
export function skippedWallTimes(
  { schedule, timeZone }: ZonedCron,
  fromMs: number,
  toMs: number,
  limit: number,
): { readonly wallMs: number; readonly atMs: number }[] {
  const skipped: { wallMs: number; atMs: number }[] = []
  let stretch = stretchAt(timeZone, fromMs + 1)
  for (; stretch.startMs <= toMs && skipped.length < limit; stretch = stretchAt(timeZone, stretch.endMs)) {
    if (stretch.startMs > fromMs) {
      const walls = wallTimesInGap(schedule, stretch, limit - skipped.length)
      skipped.push(...walls.map((wallMs) => ({ wallMs, atMs: stretch.startMs })))
    }
    if (stretch.endMs === Infinity) break
  }
  return skipped
}

/** The wall times that a fixed-time expression names and that come twice, with the change of the clocks in a range. */
export function repeatedWallTimes(
  { schedule, timeZone }: ZonedCron,
  fromMs: number,
  toMs: number,
  limit: number,
): readonly number[] {
  const repeated: number[] = []
  if (schedule.isIntervalLike) return repeated
  let stretch = stretchAt(timeZone, fromMs)
  while (stretch.endMs <= toMs && repeated.length < limit) {
    stretch = stretchAt(timeZone, stretch.endMs)
    const wallFromMs = stretch.startMs + stretch.offsetMs
    const wallToMs = wallFromMs + repeatedMs(stretch.offsetBeforeMs, stretch.offsetMs)
    repeated.push(...wallTimesBetween(schedule, wallFromMs, wallToMs, limit - repeated.length))
  }
  return repeated
}

/** The part of a stretch whose wall clock counts: not the pass of a repeated time that the owner does not want. */
function countedPart({ schedule, dstOverlap }: ZonedCron, stretch: Stretch): { fromMs: number; toMs: number } {
  const { startMs, endMs } = stretch
  if (schedule.isIntervalLike || dstOverlap === 'BOTH') return { fromMs: startMs, toMs: endMs }
  return dstOverlap === 'FIRST'
    ? { fromMs: startMs + repeatedMs(stretch.offsetBeforeMs, stretch.offsetMs), toMs: endMs }
    : { fromMs: startMs, toMs: endMs - repeatedMs(stretch.offsetMs, stretch.offsetAfterMs) }
}

/** The wall times that were skipped as a stretch began; null when none were, or so many that it was no gap. */
function gapBefore(stretch: Stretch): { fromMs: number; toMs: number } | null {
  const { startMs, offsetBeforeMs, offsetMs } = stretch
  return isGap(stretch) ? { fromMs: startMs + offsetBeforeMs, toMs: startMs + offsetMs } : null
}

function wallTimesInGap(schedule: CronSchedule, stretch: Stretch, limit: number): number[] {
  const gap = schedule.isIntervalLike ? null : gapBefore(stretch)
  return gap === null ? [] : wallTimesBetween(schedule, gap.fromMs, gap.toMs, limit)
}

function wallTimesBetween(schedule: CronSchedule, fromMs: number, toMs: number, limit: number): number[] {
  const times: number[] = []
  let wallMs = nextWallMs(schedule, fromMs)
  while (wallMs !== null && wallMs < toMs && times.length < limit) {
    times.push(wallMs)
    wallMs = nextWallMs(schedule, wallMs + 1)
  }
  return times
}

/** The first fire after an instant that stands in for a wall time skipped as this stretch began. */
function nextGapFireMs({ schedule, dstGap }: ZonedCron, stretch: Stretch, afterMs: number): number | null {
  const gap = schedule.isIntervalLike || dstGap === 'SKIP' ? null : gapBefore(stretch)
  if (gap === null) return null
  // A shifted time is what a clock that nobody had put forward would show.
  const fromMs = dstGap === 'SHIFT' ? Math.max(gap.fromMs, afterMs + 1 + stretch.offsetBeforeMs) : gap.fromMs
  if (fromMs >= gap.toMs || (dstGap === 'FIRE_AFTER' && stretch.startMs <= afterMs)) return null
  const wallMs = nextWallMs(schedule, fromMs)
  if (wallMs === null || wallMs >= gap.toMs) return null
  return dstGap === 'SHIFT' ? wallMs - stretch.offsetBeforeMs : stretch.startMs
}

function previousGapFireMs({ schedule, dstGap }: ZonedCron, stretch: Stretch, atMs: number): number | null {
  const gap = schedule.isIntervalLike || dstGap === 'SKIP' ? null : gapBefore(stretch)
  if (gap === null) return null
  const untilMs = dstGap === 'SHIFT' ? Math.min(gap.toMs - 1, atMs + stretch.offsetBeforeMs) : gap.toMs - 1
  const wallMs = previousWallMs(schedule, untilMs)
  if (wallMs === null || wallMs < gap.fromMs) return null
  return dstGap === 'SHIFT' ? wallMs - stretch.offsetBeforeMs : stretch.startMs
}

/** How many fires within a range stand in for skipped wall times and are no regular fires as well. */
function countGapFires(cron: ZonedCron, stretch: Stretch, fromMs: number, toMs: number): number {
  if (cron.dstGap === 'SKIP') return 0
  const isShift = cron.dstGap === 'SHIFT'
  const walls = wallTimesInGap(cron.schedule, stretch, isShift ? Infinity : 1)
  const fires = walls.map((wallMs) => (isShift ? wallMs - stretch.offsetBeforeMs : stretch.startMs))
  return fires.filter((atMs) => atMs > fromMs && atMs <= toMs && !matchesWall(cron.schedule, atMs + stretch.offsetMs))
    .length
}
