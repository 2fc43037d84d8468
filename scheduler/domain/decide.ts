import { decidedThroughAtStart, nextAfter } from '#platform/schedule'
import { parsedSchedule } from './parsed-schedule.ts'
import type { JobChange, Timetable, Trigger } from './timetable.ts'

/** An occurrence that fires. Its cause and its nominal time are its identity. */
export interface Fire {
  readonly cause: string
  readonly nominalAt: Date
  /** The version that it fires by: a plain fact, no part of its identity. */
  readonly jobVersion: number
  readonly jobType: string
  readonly params: string
  /** Given with a trigger; otherwise it is yet to be made. */
  readonly executionId: string | null
  /** Given with a trigger that belongs to a trace. */
  readonly traceparent?: string | undefined
}

/** What was decided for a job at one moment. */
export interface Decision {
  readonly timetable: Timetable
  readonly fires: readonly Fire[]
  /** The nominal time that fires next; past when it is due already, which `firesMax` leaves for the next decision. */
  readonly next: Date | null
  /** The schedule can fire no more. */
  readonly exhausted: boolean
}

/**
 * Decides what fires now: every nominal time that is due, late ones too, the oldest first and at most `firesMax`.
 *
 * A change that waits is applied once all that is due before it has fired by the version before it. So an edit, a pause
 * or an archive takes no nominal time away from the version that held then, however late the scheduler is.
 */
export function decide(timetable: Timetable, now: Date, firesMax: number): Decision {
  const fires: Fire[] = []
  let current = timetable
  for (const [index, change] of timetable.waiting.entries()) {
    const closed = fireThrough(current, change.changedAt, firesMax, fires)
    const trigger = change.state === 'ARCHIVED' ? null : change.trigger
    const isClosed = closed.next === null || closed.next > change.changedAt
    if (!isClosed || (trigger && fires.length >= firesMax)) {
      const next = isClosed ? (trigger?.triggeredAt ?? null) : closed.next
      const waiting = timetable.waiting.slice(index)
      return { timetable: { ...closed.timetable, waiting }, fires, next, exhausted: false }
    }
    current = applied(closed.timetable, change)
    if (trigger) fires.push(triggered(change, trigger))
  }
  const { timetable: reached, next } = fireThrough(current, now, firesMax, fires)
  const exhausted = reached.state === 'ACTIVE' && next === null && parsedSchedule(reached.schedule).kind !== 'manually'
  return { timetable: { ...reached, waiting: [] }, fires, next, exhausted }
}

/** Fires what is due up to an instant. @returns the timetable then, and the nominal time that comes next, due or not */
function fireThrough(
  timetable: Timetable,
  through: Date,
  firesMax: number,
  fires: Fire[],
): { readonly timetable: Timetable; readonly next: Date | null } {
  if (timetable.state !== 'ACTIVE') return { timetable, next: null }
  const { jobVersion, jobType, params } = timetable
  const inForce = { schedule: parsedSchedule(timetable.schedule), since: timetable.scheduledSince }
  let decidedThrough = timetable.decidedThrough
  let next = nextAfter(inForce, decidedThrough)
  while (next !== null && next <= through && fires.length < firesMax) {
    fires.push({ cause: 'schedule', nominalAt: next, jobVersion, jobType, params, executionId: null })
    decidedThrough = next
    next = nextAfter(inForce, decidedThrough)
  }
  return { timetable: { ...timetable, decidedThrough }, next }
}

/**
 * The version after a change. A new schedule starts strictly after the last nominal time that was decided, whichever
 * version that was of. The same schedule goes on; when it is resumed, what came during the pause is passed over.
 */
function applied(timetable: Timetable, change: JobChange): Timetable {
  const isNewSchedule = change.schedule !== timetable.schedule
  const since = change.scheduledSince
  return {
    ...timetable,
    jobVersion: change.version,
    jobType: change.jobType,
    schedule: change.schedule,
    params: change.params,
    state: change.state,
    scheduledSince: isNewSchedule ? since : timetable.scheduledSince,
    decidedThrough: later(timetable.decidedThrough, isNewSchedule ? decidedThroughAtStart(since) : since),
  }
}

function triggered(change: JobChange, trigger: Trigger): Fire {
  return {
    cause: `trigger:${trigger.key}`,
    nominalAt: trigger.triggeredAt,
    jobVersion: change.version,
    jobType: change.jobType,
    params: trigger.params,
    executionId: trigger.executionId,
    ...(change.traceparent !== undefined && { traceparent: change.traceparent }),
  }
}

function later(one: Date, other: Date): Date {
  return one >= other ? one : other
}
