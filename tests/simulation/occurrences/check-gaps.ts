import { text } from './check-records.ts'
import type { Regime, TimesOf } from './regimes.ts'
import { forbiddenBy } from './slow-calendar.ts'

/** How many wall times were told to be jumped over, by the first instant after the gap. */
export type Gaps = Map<number, number>

/** Holds the wall times that were told to be missing against those that are. */
export function checkGaps({
  regimes,
  timesOf,
  gaps,
  endMs,
}: {
  readonly regimes: readonly Regime[]
  readonly timesOf: TimesOf
  readonly gaps: Gaps
  readonly endMs: number
}): readonly string[] {
  const [must, may] = [new Map<number, number>(), new Map<number, number>()]
  for (const regime of regimes) {
    const throughMs = Math.min(regime.endMs ?? endMs, endMs)
    for (const { atMs } of timesOf(regime).gaps) {
      if (atMs > throughMs) continue
      may.set(atMs, (may.get(atMs) ?? 0) + 1)
      if (isAsked(regime, atMs)) must.set(atMs, (must.get(atMs) ?? 0) + 1)
    }
  }
  const instants = new Set([...gaps.keys(), ...must.keys()])
  return [...instants].flatMap((atMs) => {
    const [told, min, max] = [gaps.get(atMs) ?? 0, must.get(atMs) ?? 0, may.get(atMs) ?? 0]
    return told >= min && told <= max ? [] : [`${told} wall times are told to be missing at ${text(atMs)}, not ${max}`]
  })
}

/** In a pause, on a forbidden day and beyond its limit a job may keep silent about a time that does not exist. */
function isAsked({ state, timing, limit }: Regime, atMs: number): boolean {
  const isOver = limit.firedCount >= (timing.firesMax ?? Number.POSITIVE_INFINITY)
  return state === 'ACTIVE' && !isOver && forbiddenBy(timing.calendars, atMs, timing.timeZone) === undefined
}
