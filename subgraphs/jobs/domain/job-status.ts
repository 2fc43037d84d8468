import { type FailureStreak, withFailure, withoutFailures } from './failure-streak.ts'
import type { JobState } from './job.ts'
import type { ExecutionStage, StatusFact } from './status-fact.ts'

/** What a person wants to know of a job at a glance. */
export type JobPhase = 'WAITING' | 'QUEUED' | 'RUNNING' | 'RETRYING' | 'HELD' | 'PAUSED' | 'COMPLETED' | 'ARCHIVED'

/** How an execution came out. */
export type Outcome = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED' | 'EXPIRED' | 'SKIPPED'

/** How a job fares: its own state, what the scheduler decided, and what came of its executions. */
export interface JobStatus extends FailureStreak {
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
  /** In back-off before another attempt. */
  readonly retryingCount: number
  /** Behind other executions of the job. */
  readonly waitingCount: number
  /** An operator is to decide what becomes of them. */
  readonly heldCount: number
  readonly succeededCount: number
  /** Those that timed out are counted as failed. */
  readonly failedCount: number
  readonly cancelledCount: number
  readonly expiredCount: number
  /** Not run, since another one was open. */
  readonly skippedCount: number
  /** The job's own: after so many failures in a row it is to be paused. */
  readonly pauseOnFailures: number | null
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
    retryingCount: 0,
    waitingCount: 0,
    heldCount: 0,
    succeededCount: 0,
    failedCount: 0,
    cancelledCount: 0,
    expiredCount: 0,
    skippedCount: 0,
    pauseOnFailures: null,
    streakSince: null,
    failureTimesMs: [],
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
  const { jobState, queuedCount, runningCount, retryingCount, heldCount, waitingCount } = status
  if (jobState === 'ARCHIVED' || jobState === 'PAUSED') return jobState
  if (runningCount > 0) return 'RUNNING'
  // What fired is open before the executions context has told of it.
  const open = openCount(status)
  if (queuedCount > 0 || open > retryingCount + heldCount + waitingCount) return 'QUEUED'
  if (retryingCount > 0) return 'RETRYING'
  if (heldCount > 0) return 'HELD'
  // What it waits for has ended, as far as is told: it is to be queued.
  if (waitingCount > 0) return 'QUEUED'
  return jobState === 'COMPLETED' || status.exhausted ? 'COMPLETED' : 'WAITING'
}

/** How many executions have fired and not come to an end, as far as others told. */
export function openCount({ firedCount, succeededCount, failedCount, ...others }: JobStatus): number {
  const { cancelledCount, expiredCount, skippedCount } = others
  return firedCount - succeededCount - failedCount - cancelledCount - expiredCount - skippedCount
}

/** Whether the job itself is to be completed: it can fire no more, and nothing of it is open. */
export function isDone(status: JobStatus): boolean {
  return status.jobState === 'ACTIVE' && phaseOf(status) === 'COMPLETED'
}

/** Whether an execution failed, as pauseOnFailures counts it. */
export function isFailure(stage: ExecutionStage): boolean {
  return stage === 'FAILED' || stage === 'TIMED_OUT'
}

/** Whether the job is to be paused: as many of its executions failed in a row as it lets. */
export function isFailing({ jobState, pauseOnFailures, failureTimesMs }: JobStatus): boolean {
  return jobState === 'ACTIVE' && pauseOnFailures !== null && failureTimesMs.length >= pauseOnFailures
}

function afterJob(before: JobStatus, fact: Extract<StatusFact, { kind: 'job' }>): JobStatus {
  const { pauseOnFailures = before.pauseOnFailures } = fact
  const streak = fact.resumes ? withoutFailures(before, fact.at) : {}
  const status = { ...before, ...streak, pauseOnFailures }
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
  RETRYING: 'retryingCount',
  HELD: 'heldCount',
  WAITING: 'waitingCount',
  SUCCEEDED: 'succeededCount',
  FAILED: 'failedCount',
  TIMED_OUT: 'failedCount',
  CANCELLED: 'cancelledCount',
  EXPIRED: 'expiredCount',
  SKIPPED: 'skippedCount',
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
  // Whatever runs has fired once. The scheduler counts what it fires.
  const firedCount = status.firedCount + (fact.isRepeat && from === 'NONE' ? 1 : 0)
  const moved = withFire({ ...status, ...counts, firedCount }, fact)
  return isOutcome(to) ? { ...withOutcome(moved, to, fact), ...streakAfter(status, to, fact.at) } : moved
}

function isOutcome(stage: ExecutionStage): stage is Outcome {
  return OUTCOMES.has(stage)
}

const OUTCOMES: ReadonlySet<ExecutionStage> = new Set<Outcome>([
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'CANCELLED',
  'EXPIRED',
  'SKIPPED',
])

/** What was cancelled, or never started, says nothing of whether the job works. */
function streakAfter(status: JobStatus, outcome: Outcome, at: Date): FailureStreak | null {
  switch (outcome) {
    case 'SUCCEEDED':
      return withoutFailures(status, at)
    case 'FAILED':
    case 'TIMED_OUT':
      return withFailure(status, at)
    case 'CANCELLED':
    case 'EXPIRED':
    case 'SKIPPED':
      return null
  }
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
