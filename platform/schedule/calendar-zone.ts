import { stretchAt } from './zone-stretches.ts'

/** A day of a zone's calendar, and the time of that day. */
export interface LocalDay {
  /** Days since 1970-01-01. */
  readonly day: number
  /** Milliseconds after midnight, as the clock on the wall shows them. */
  readonly timeMs: number
}

const DAY_MS = 86_400_000

/** The day and the time of day that a zone's clocks show. */
export function localDayOf(zone: string, atMs: number): LocalDay {
  const localMs = atMs + stretchAt(zone, atMs).offsetMs
  const day = Math.floor(localMs / DAY_MS)
  return { day, timeMs: localMs - day * DAY_MS }
}

/** The day of the week, 0 is Sunday, of a day since 1970. */
export function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday.
  return (((day + 4) % 7) + 7) % 7
}

/** Whether a zone had this day: when Samoa crossed the date line it had no 30 December 2011. */
export function dayExists(zone: string, day: number): boolean {
  const date = new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length)
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).toPlainDate().toString() === date
}
