import { countBetween, firesBetween, lastAtOrBefore, nextAfter, type Timetable } from '#platform/schedule'
import { type Definition, timetableIn } from './definition.ts'
import type { Occurrence } from './occurrence.ts'

/** Nominal times in a row. */
export interface NominalRun {
  readonly scheduledFor: Date
  readonly through: Date
  readonly count: number
}

/** All nominal times after `from` up to `to`; null when there is none. */
export function runBetween(timetable: Timetable, from: Date, to: Date): NominalRun | null {
  const scheduledFor = nextAfter(timetable, from)
  if (scheduledFor === null || scheduledFor > to) return null
  const through = lastAtOrBefore(timetable, to, from) ?? scheduledFor
  return { scheduledFor, through, count: countBetween(timetable, from, to) }
}

/**
 * The nominal times of a record, by the schedule that it was decided by, the earliest first.
 *
 * @param after only those that are later
 */
export function timesOf(
  occurrence: NominalRun,
  definition: Definition,
  after: Date | null,
  limit: number,
): readonly Date[] {
  const { scheduledFor, through } = occurrence
  if (isOneInstant(occurrence)) return after === null || scheduledFor > after ? [scheduledFor].slice(0, limit) : []
  const before = justBefore(scheduledFor)
  const start = after !== null && after > before ? after : before
  return firesBetween(timetableOfRun(occurrence, definition), start, through, limit)
}

/** What of a record lies after `from` and up to `to`; null when nothing does. */
export function clipped(
  occurrence: Occurrence,
  definition: Definition,
  from: Date | null,
  to: Date | null,
): Occurrence | null {
  const { scheduledFor, through } = occurrence
  const start = from !== null && from >= scheduledFor ? from : justBefore(scheduledFor)
  const end = to !== null && to < through ? to : through
  const run = runBetween(timetableOfRun(occurrence, definition), start, end)
  return run && { ...occurrence, ...run }
}

/** Whether a record is a run that begins or ends outside of `(from, to]`. */
export function reachesOut(run: NominalRun, from: Date | null, to: Date | null): boolean {
  if (isOneInstant(run)) return false
  return (from !== null && run.scheduledFor <= from) || (to !== null && run.through > to)
}

/** The wall times that the clocks jumped over at once are at one instant, however many they are. */
function isOneInstant({ scheduledFor, through }: NominalRun): boolean {
  return scheduledFor.getTime() === through.getTime()
}

/** A run may be older than the version that it is told of: a pause belongs to what was paused. */
function timetableOfRun({ scheduledFor }: NominalRun, definition: Definition): Timetable {
  return timetableIn(definition, justBefore(scheduledFor))
}

function justBefore(at: Date): Date {
  return new Date(at.getTime() - 1)
}
