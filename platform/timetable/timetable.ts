import type { Overlap } from '#platform/policy'
import { defaultTimingOptions, type TimingOptions } from '#platform/schedule'
import type { Backfill, BackfillOrder } from './backfill.ts'
import type { Skip } from './decision.ts'

/** Whether a job fires. */
export type JobState = 'ACTIVE' | 'PAUSED' | 'ARCHIVED'

/** A job after a change, as far as firing goes: whole, not only the difference. */
export interface JobChange {
  /** The job's version after the change, from 1. */
  readonly version: number
  readonly jobType: string
  readonly schedule: string
  readonly timing: TimingOptions
  /** JSON. */
  readonly params: string
  /** JSON: how its executions are run. Handed on, never looked at. */
  readonly policy: string
  readonly state: JobState
  /** Creation, the last change of the schedule or the last resume. */
  readonly scheduledSince: Date
  readonly changedAt: Date
  /** When a pause ends by itself. */
  readonly pausedUntil: Date | null
  readonly pauseNote: string
  /** A run that somebody asked for with this change. */
  readonly trigger: Trigger | null
  /** Runs of the past that somebody asked for with this change, or no longer wants. */
  readonly backfill: BackfillOrder | null
  /** With the end of the job: who wants its open executions to end, too. */
  readonly cancelsOpen?: OpenCancel | null
  /** The trace to which the run that was asked for belongs: carried, never looked at. */
  readonly traceparent?: string | undefined
}

/** Open executions of a job are to end. */
export interface OpenCancel {
  /** The id of a user. */
  readonly by: string
}

/** A run that was asked for, whatever the schedule says. */
export interface Trigger {
  readonly executionId: string
  readonly key: string
  /** JSON. */
  readonly params: string
  /** Instead of the job's own; left out by what was written before there was such a thing. */
  readonly overlap?: Overlap | null
  readonly triggeredAt: Date
  /** The execution of another job that led to it by its end. A pause of this one keeps it from running. */
  readonly follows?: string | null
}

/** What the scheduler knows of a job: the version that it fires by, and how far that is decided. */
export interface Timetable {
  readonly jobId: string
  readonly workspaceId: string
  /** The version that is applied; 0 before the first. */
  readonly jobVersion: number
  readonly jobType: string
  readonly schedule: string
  readonly timing: TimingOptions
  readonly params: string
  readonly policy: string
  readonly state: JobState
  readonly pausedUntil: Date | null
  readonly pauseNote: string
  /** The moment from which this schedule holds. A pause and a resume leave it as it is. */
  readonly scheduledSince: Date
  /** Each nominal time up to here has its record: none of them is decided again. */
  readonly decidedThrough: Date
  /** The last nominal time that has one; `decidedThrough` may be a moment later, at which a change divided time. */
  readonly lastNominal: Date
  /** How often it has fired by its schedule, for `firesMax`. */
  readonly scheduleFires: number
  /** The instant by which a backlog is judged that did not fit into one commit; null when there is none. */
  readonly backlogAsOf: Date | null
  /** The last record of the schedule, all of it, if that is a skip: the next one may go on from it. */
  readonly lastSkip: Skip | null
  /** Changes that came and are not applied, since nominal times before them wait to be fired. The oldest first. */
  readonly waiting: readonly JobChange[]
  /** The backfills that are not over, in the order in which they were asked for. */
  readonly backfills: readonly Backfill[]
}

/** A job before its first change. */
export function unknownJob(jobId: string, workspaceId: string): Timetable {
  return {
    jobId,
    workspaceId,
    jobVersion: 0,
    jobType: '',
    schedule: '',
    timing: defaultTimingOptions,
    params: '',
    policy: '{}',
    state: 'ARCHIVED',
    pausedUntil: null,
    pauseNote: '',
    scheduledSince: new Date(0),
    decidedThrough: new Date(0),
    lastNominal: new Date(0),
    scheduleFires: 0,
    backlogAsOf: null,
    lastSkip: null,
    waiting: [],
    backfills: [],
  }
}

/**
 * Takes a change in, to be applied by the next decision. One that is not newer than what is known changes nothing: the
 * job's version makes it harmless that a change comes twice or late.
 *
 * Instants later than `now` become `now`: where the clock of the jobs is ahead, an edit cuts the time at this moment by
 * our own clock, so that no nominal time fires early, and none falls between the old version and the new one.
 */
export function received(timetable: Timetable, change: JobChange, now: Date): Timetable {
  const newest = timetable.waiting.at(-1)?.version ?? timetable.jobVersion
  if (change.version <= newest) return timetable
  const scheduledSince = earlier(change.scheduledSince, now)
  const changedAt = earlier(change.changedAt, now)
  return { ...timetable, waiting: [...timetable.waiting, { ...change, scheduledSince, changedAt }] }
}

/**
 * A job that cannot be decided as it is, with nothing left of it but its newest change: what was due before that is
 * passed over, since nobody can tell what it was or it cannot be written.
 */
export function passedOver(timetable: Timetable): Timetable {
  const newest = timetable.waiting.at(-1)
  if (!newest) return timetable
  // The moment of the change itself belongs to the new version.
  const before = new Date(newest.changedAt.getTime() - 1)
  const decidedThrough = later(timetable.decidedThrough, before)
  const nothing = { backlogAsOf: null, lastSkip: null, backfills: [] }
  return { ...timetable, ...nothing, state: 'ARCHIVED', decidedThrough, lastNominal: decidedThrough, waiting: [newest] }
}

/** The one of two instants that comes first. */
export function earlier(one: Date, other: Date): Date {
  return one <= other ? one : other
}

/** The one of two instants that comes last. */
export function later(one: Date, other: Date): Date {
  return one >= other ? one : other
}
