import type { Missed } from './missed.ts'
import type { Occurrence } from './occurrence.ts'

/** Why nothing came of a fire: it waited too long, or another execution of the job stood in its way. */
export type UnrunOutcome = 'EXPIRED' | 'SKIPPED_OVERLAP' | 'DROPPED_BUFFER' | 'SKIPPED_DUPLICATE'

/** The same, exactly: a stable code. */
export type UnrunReason = 'SCHEDULE_TO_START' | 'EXECUTION_OPEN' | 'BUFFER_FULL' | 'REPLACED' | 'DUPLICATE'

/** A fire whose execution was never run, and never will be. */
export interface UnrunFire extends Pick<Occurrence, 'workspaceId' | 'jobId' | 'cause' | 'scheduledFor' | 'jobVersion'> {
  readonly executionId: string
  readonly reason: UnrunReason
  /** The execution that stood in its way, if one did. */
  readonly blockedBy: string | null
  readonly at: Date
}

/** No execution expires sooner after its fire: it is the shortest time-out that a job can have. */
export const EXPIRY_MS_MIN = 1_000

const OUTCOMES: { readonly [Reason in UnrunReason]: UnrunOutcome } = {
  SCHEDULE_TO_START: 'EXPIRED',
  EXECUTION_OPEN: 'SKIPPED_OVERLAP',
  BUFFER_FULL: 'DROPPED_BUFFER',
  REPLACED: 'DROPPED_BUFFER',
  DUPLICATE: 'SKIPPED_DUPLICATE',
}

/** What a reason is in the ledger; null for one that has nothing to do with executions. */
export function unrunOutcome(reason: string): UnrunOutcome | null {
  return reason in OUTCOMES ? OUTCOMES[reason as UnrunReason] : null
}

/** A reason for people. */
export function unrunDetail({ reason, blockedBy }: Pick<UnrunFire, 'reason' | 'blockedBy'>): string {
  switch (reason) {
    case 'SCHEDULE_TO_START':
      return 'its execution did not start within scheduleToStart'
    case 'EXECUTION_OPEN':
      return `execution ${blockedBy} of the job had not ended`
    case 'BUFFER_FULL':
      return `no more may wait than did already: the last one was execution ${blockedBy}`
    case 'REPLACED':
      return `execution ${blockedBy} came and took its place`
    case 'DUPLICATE':
      return `execution ${blockedBy} of the job has the same key`
  }
}

/** What such a fire says was missed. */
export function unrunMissed(fire: UnrunFire): Omit<Missed, 'id'> {
  const { workspaceId, jobId, cause, scheduledFor, jobVersion, executionId, reason, at } = fire
  return {
    workspaceId,
    jobId,
    kind: unrunOutcome(reason) === 'EXPIRED' ? 'EXPIRED' : 'SKIPPED',
    cause,
    scheduledFor,
    through: scheduledFor,
    count: 1,
    wallTime: null,
    reason,
    detail: unrunDetail(fire),
    jobVersion,
    lateByMs: null,
    executionId,
    at,
  }
}
