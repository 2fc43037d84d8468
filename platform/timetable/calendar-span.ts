import { type CalendarUse, stretchAt } from '#platform/schedule'

/** A time in which calendars do not change their mind. */
export interface Span {
  readonly from: Date
  /** Included. */
  readonly through: Date
}

/** What is known of the moments at which calendars may change their mind. */
interface Edges {
  /** Every one that comes again lies on a multiple of this. */
  readonly gridMs: number
  /** Those that come once. */
  readonly onceMs: readonly number[]
}

const MINUTE_MS = 60_000
// Since then every zone is a multiple of a quarter of an hour from UTC, and so is every midnight. Clocks change at any minute.
const QUARTERS_SINCE_MS = Date.UTC(1980, 0)
const QUARTER_MINUTES = 15
const SECOND_MS = 1_000

const known = new WeakMap<readonly CalendarUse[], Edges>()

/**
 * A span around an instant in which `calendarVerdict` says the same: the longest that follows from how calendars are
 * written, so that a verdict holds for a quarter of an hour of a job that fires each second.
 */
export function spanAround(uses: readonly CalendarUse[], at: Date, jobTimeZone: string): Span {
  const { gridMs, onceMs } = edgesOf(uses)
  const atMs = at.getTime()
  const stepMs = atMs < QUARTERS_SINCE_MS ? SECOND_MS : gridMs
  let fromMs = Math.floor(atMs / stepMs) * stepMs
  let endMs = fromMs + stepMs
  for (const edgeMs of onceMs) {
    if (edgeMs <= atMs) fromMs = Math.max(fromMs, edgeMs)
    else endMs = Math.min(endMs, edgeMs)
  }
  for (const { rules } of uses) {
    const { startMs, endMs: changeMs } = stretchAt(rules.timeZone ?? jobTimeZone, atMs)
    fromMs = Math.max(fromMs, startMs)
    endMs = Math.min(endMs, changeMs)
  }
  return { from: new Date(fromMs), through: new Date(endMs - 1) }
}

function edgesOf(uses: readonly CalendarUse[]): Edges {
  let edges = known.get(uses)
  if (!edges) {
    const blackouts = uses.flatMap(({ rules }) => rules.blackouts)
    const times = blackouts.flatMap((blackout) => (blackout.kind === 'WEEKLY' ? [blackout.from, blackout.to] : []))
    edges = {
      gridMs: times.reduce((minutes, time) => commonDivisor(minutes, minuteOf(time)), QUARTER_MINUTES) * MINUTE_MS,
      onceMs: blackouts.flatMap((blackout) => (blackout.kind === 'ONCE' ? [blackout.fromMs, blackout.toMs] : [])),
    }
    known.set(uses, edges)
  }
  return edges
}

function minuteOf(time: string): number {
  return Number(time.slice(3, 5))
}

function commonDivisor(one: number, other: number): number {
  return other === 0 ? one : commonDivisor(other, one % other)
}
