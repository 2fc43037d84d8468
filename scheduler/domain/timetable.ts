/** Whether a job fires. */
export type JobState = 'ACTIVE' | 'PAUSED' | 'ARCHIVED'

/** A job after a change, as far as firing goes: whole, not only the difference. */
export interface JobChange {
  /** The job's version after the change, from 1. */
  readonly version: number
  readonly jobType: string
  readonly schedule: string
  /** JSON. */
  readonly params: string
  readonly state: JobState
  /** Creation, the last change of the schedule or the last resume. */
  readonly scheduledSince: Date
  readonly changedAt: Date
  /** A run that somebody asked for with this change. */
  readonly trigger: Trigger | null
  /** The trace to which the run that was asked for belongs: carried, never looked at. */
  readonly traceparent?: string | undefined
}

/** A run that was asked for, whatever the schedule says. */
export interface Trigger {
  readonly executionId: string
  readonly key: string
  /** JSON. */
  readonly params: string
  readonly triggeredAt: Date
}

/** What the scheduler knows of a job: the version that it fires by, and how far that is decided. */
export interface Timetable {
  readonly jobId: string
  readonly workspaceId: string
  /** The version that is applied; 0 before the first. */
  readonly jobVersion: number
  readonly jobType: string
  readonly schedule: string
  readonly params: string
  readonly state: JobState
  /** The moment from which this schedule holds. A pause and a resume leave it as it is. */
  readonly scheduledSince: Date
  /** Each nominal time up to here has been fired or passed over: none of them fires any more. */
  readonly decidedThrough: Date
  /** Changes that came and are not applied, since nominal times before them wait to be fired. The oldest first. */
  readonly waiting: readonly JobChange[]
}

/** A job before its first change. */
export function unknownJob(jobId: string, workspaceId: string): Timetable {
  return {
    jobId,
    workspaceId,
    jobVersion: 0,
    jobType: '',
    schedule: '',
    params: '',
    state: 'ARCHIVED',
    scheduledSince: new Date(0),
    decidedThrough: new Date(0),
    waiting: [],
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
  const decidedThrough = timetable.decidedThrough > before ? timetable.decidedThrough : before
  return { ...timetable, state: 'ARCHIVED', decidedThrough, waiting: [newest] }
}

function earlier(one: Date, other: Date): Date {
  return one <= other ? one : other
}
