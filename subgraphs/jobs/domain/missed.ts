import type { JobStatus } from './job-status.ts'
import { lateByMs, type Occurrence } from './occurrence.ts'

/** Why somebody should look at a job: what did not go as its schedule says. */
export type MissedKind = 'LATE' | 'SKIPPED' | 'EXPIRED' | 'FAILING' | 'OVERDUE'

/** One thing that was missed: a nominal time, or a run of them. */
export interface Missed {
  /** UUIDv7. */
  readonly id: string
  readonly workspaceId: string
  readonly jobId: string
  readonly kind: MissedKind
  /** `schedule`, `trigger:<key>`, `backfill:<id>` or `chain:<executionId>`. */
  readonly cause: string
  /** The nominal time; the first of a run. */
  readonly scheduledFor: Date
  /** The last of a run. */
  readonly through: Date
  /** How many nominal times; of FAILING, how many executions failed one after another. */
  readonly count: number
  /** The nominal time in the zone of the job; null where nobody said. */
  readonly wallTime: string | null
  /** A stable code, such as CATCHUP_NONE. */
  readonly reason: string
  /** For people. */
  readonly detail: string
  readonly jobVersion: number
  /** By how much a fire is late, in milliseconds; null of what did not fire. */
  readonly lateByMs: number | null
  readonly executionId: string | null
  readonly at: Date
}

/**
 * What a record of the ledger says was missed; null when it went as it should. A pause and a calendar skip what their
 * owner wants skipped: that is no miss.
 */
export function missedBy(occurrence: Occurrence): Omit<Missed, 'id'> | null {
  const { outcome, isLate, decidedAt } = occurrence
  const isSkipped = outcome === 'SKIPPED_CATCHUP' || outcome === 'SKIPPED_DST'
  if (!(isSkipped || isLate) || decidedAt === null) return null
  const { workspaceId, jobId, cause, scheduledFor, through, count, wallTime, reason, detail, jobVersion } = occurrence
  return {
    workspaceId,
    jobId,
    kind: isSkipped ? 'SKIPPED' : 'LATE',
    cause,
    scheduledFor,
    through,
    count,
    wallTime,
    reason,
    detail,
    jobVersion,
    lateByMs: lateByMs(occurrence),
    executionId: occurrence.executionId,
    at: decidedAt,
  }
}

// What is told of a job that says nothing of failures itself.
const FAILURES_DEFAULT = 3
// A streak is remembered up to here: beyond it nobody knows any more where it began.
const FAILURES_MAX = 1_000

/** What a status says of executions that failed in a row; null while they are too few. Of one streak it is always the same thing. */
export function failingBy(status: JobStatus): Omit<Missed, 'id'> | null {
  const { workspaceId, jobId, failureTimesMs, pauseOnFailures } = status
  const failures = failureTimesMs.length
  const [firstMs, lastMs] = [failureTimesMs[0], failureTimesMs.at(-1)]
  const enough = pauseOnFailures ?? FAILURES_DEFAULT
  const isKnown = failures < FAILURES_MAX || enough === FAILURES_MAX
  if (failures < enough || !isKnown || firstMs === undefined || lastMs === undefined) return null
  return {
    workspaceId,
    jobId,
    kind: 'FAILING',
    cause: 'executions',
    scheduledFor: new Date(firstMs),
    through: new Date(lastMs),
    count: failures,
    wallTime: null,
    reason: 'FAILURES',
    detail: failures === 1 ? 'an execution failed' : `${failures} executions failed in a row`,
    jobVersion: status.advancedVersion,
    lateByMs: null,
    executionId: status.lastEndedExecutionId,
    at: new Date(lastMs),
  }
}
