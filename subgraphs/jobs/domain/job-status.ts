import type { JobState } from './job.ts'
import type { StatusFact } from './status-fact.ts'

/** What a person wants to know of a job at a glance. */
export type JobPhase = 'WAITING' | 'QUEUED' | 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'ARCHIVED'

/** How an execution came out. */
export type Outcome = 'SUCCEEDED' | 'FAILED'

/** How a job fares: its own state, what the scheduler decided, and what came of its executions. */
export interface JobStatus {
  readonly jobId: string
  readonly workspaceId: string
  readonly jobState: JobState
  /** The job's version since which the schedule holds: what the scheduler decided by an earlier one is past. */
  readonly scheduleVersion: number
  /** The job's version by which the scheduler decided last. */
  readonly advancedVersion: number
  readonly nextFireAt: Date | null
  /** The schedule can fire no more. `@manually` is never exhausted. */
  readonly exhausted: boolean
  /** The latest nominal time that fired, and its execution. */
  readonly lastFiredAt: Date | null
  readonly lastExecutionId: string | null
  /** How the execution that ended last came out, when, and which it was. */
  readonly lastOutcome: Outcome | null
  readonly lastEndedAt: Date | null
  readonly lastEndedExecutionId: string | null
  readonly firedCount: number
  readonly queuedCount: number
  readonly runningCount: number
  readonly succeededCount: number
  readonly failedCount: number
  readonly updatedAt: Date
  /** Counts the facts: it does not depend on how they were gathered into transactions. */
  readonly version: number
}

/** The status of a job before its first fact. */
export function initialStatus(jobId: string, workspaceId: string): JobStatus {
  return {
    jobId,
    workspaceId,
    jobState: 'ACTIVE',
    scheduleVersion: 0,
    advancedVersion: 0,
    nextFireAt: null,
    exhausted: false,
    lastFiredAt: null,
    lastExecutionId: null,
    lastOutcome: null,
    lastEndedAt: null,
    lastEndedExecutionId: null,
    firedCount: 0,
    queuedCount: 0,
    runningCount: 0,
    succeededCount: 0,
    failedCount: 0,
    updatedAt: new Date(0),
    version: 0,
  }
}

/**
 * The status after one more fact. The order of facts matters only among those of one source: of the job, of its
 * timetable, of one execution.
 */
export function applyStatus(status: JobStatus, fact: StatusFact): JobStatus {
  const updatedAt = fact.at.getTime() > status.updatedAt.getTime() ? fact.at : status.updatedAt
  const version = status.version + 1
  switch (fact.kind) {
    case 'job':
      return { ...afterJob(status, fact), updatedAt, version }
    case 'schedule':
      return { ...afterSchedule(status, fact), updatedAt, version }
    case 'execution':
      return { ...afterExecution(status, fact), updatedAt, version }
  }
}

/** The phase that a status amounts to. */
export function phaseOf(status: JobStatus): JobPhase {
  const { jobState, firedCount, queuedCount, runningCount, succeededCount, failedCount } = status
  if (jobState === 'ARCHIVED' || jobState === 'PAUSED') return jobState
  if (runningCount > 0) return 'RUNNING'
  // What fired is open before the executions context has told of it.
  const open = firedCount - succeededCount - failedCount
  if (queuedCount > 0 || open > 0) return 'QUEUED'
  return jobState === 'COMPLETED' || status.exhausted ? 'COMPLETED' : 'WAITING'
}

/** Whether the job itself is to be completed: it can fire no more, and nothing of it is open. */
export function isDone(status: JobStatus): boolean {
  return status.jobState === 'ACTIVE' && phaseOf(status) === 'COMPLETED'
}

function afterJob(status: JobStatus, fact: Extract<StatusFact, { kind: 'job' }>): JobStatus {
  const jobState = fact.jobState ?? (fact.reschedules && status.jobState === 'COMPLETED' ? 'ACTIVE' : status.jobState)
  if (!fact.reschedules) return { ...status, jobState }
  const rescheduled = { ...status, jobState, scheduleVersion: fact.jobVersion }
  // The scheduler may have been told already, where history is replayed.
  return status.advancedVersion < fact.jobVersion ? { ...rescheduled, nextFireAt: null, exhausted: false } : rescheduled
}

function afterSchedule(status: JobStatus, fact: Extract<StatusFact, { kind: 'schedule' }>): JobStatus {
  const { appliedVersion, fired, nextFireAt, exhausted } = fact
  const after = fired.reduce<JobStatus>(withFire, status)
  const counted = { ...after, firedCount: status.firedCount + fired.length }
  if (appliedVersion < status.advancedVersion) return counted
  const advanced = { ...counted, advancedVersion: appliedVersion }
  return appliedVersion < status.scheduleVersion ? advanced : { ...advanced, nextFireAt, exhausted }
}

const COUNTS = {
  QUEUED: 'queuedCount',
  RUNNING: 'runningCount',
  SUCCEEDED: 'succeededCount',
  FAILED: 'failedCount',
} as const

function afterExecution(status: JobStatus, fact: Extract<StatusFact, { kind: 'execution' }>): JobStatus {
  const { previousStatus: from, status: to } = fact
  const counts: { -readonly [Count in (typeof COUNTS)[keyof typeof COUNTS]]?: number } = {}
  if (from in COUNTS) {
    const count = COUNTS[from as keyof typeof COUNTS]
    counts[count] = status[count] - 1
  }
  if (to in COUNTS) {
    const count = COUNTS[to as keyof typeof COUNTS]
    counts[count] = (counts[count] ?? status[count]) + 1
  }
  const moved = withFire({ ...status, ...counts }, fact)
  return to === 'SUCCEEDED' || to === 'FAILED' ? withOutcome(moved, to, fact) : moved
}

/** An execution that is told of has fired, whoever tells first. */
function withFire(status: JobStatus, fire: { readonly executionId: string; readonly scheduledFor: Date }): JobStatus {
  const { executionId: lastExecutionId, scheduledFor: lastFiredAt } = fire
  if (!isLater(lastFiredAt, lastExecutionId, status.lastFiredAt, status.lastExecutionId)) return status
  return { ...status, lastFiredAt, lastExecutionId }
}

function withOutcome(
  status: JobStatus,
  lastOutcome: Outcome,
  { at: lastEndedAt, executionId: lastEndedExecutionId }: { readonly at: Date; readonly executionId: string },
): JobStatus {
  if (!isLater(lastEndedAt, lastEndedExecutionId, status.lastEndedAt, status.lastEndedExecutionId)) return status
  return { ...status, lastOutcome, lastEndedAt, lastEndedExecutionId }
}

/** Ids settle what one millisecond leaves open, so that the result does not depend on who came first. */
function isLater(at: Date, id: string, thanAt: Date | null, thanId: string | null): boolean {
  if (thanAt === null || thanId === null) return true
  const difference = at.getTime() - thanAt.getTime()
  return difference > 0 || (difference === 0 && id >= thanId)
}
