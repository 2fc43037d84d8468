import type { SkipCode } from '#platform/policy'
import type { CancelledBy } from './execution.ts'
import type { LossReason } from './execution-command.ts'

/** Which time was over. */
export type TimeOut = 'START_TO_CLOSE' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT'

/**
 * What happened to an execution. A run without trouble has three: queued, started, succeeded or failed. Fields that came
 * later are optional, and old events are read for ever.
 */
export type ExecutionEvent =
  | {
      readonly type: 'ExecutionQueued'
      readonly executionId: string
      readonly workspaceId: string
      readonly jobId: string
      readonly jobVersion: number
      readonly jobType: string
      /** JSON text. */
      readonly params: string
      readonly cause: string
      readonly scheduledAtMs: number
      readonly queuedAtMs: number
      /** JSON text; the default policy when left out. */
      readonly policy?: string
      /** The execution that it repeats or follows. */
      readonly originId?: string
    }
  /** Another execution of its job is open, and it waits until none stands before it. */
  | { readonly type: 'ExecutionBuffered'; readonly blockedBy: string; readonly bufferedAtMs: number }
  /** It has waited long enough. What may run at once has no such event. */
  | { readonly type: 'ExecutionAdmitted'; readonly admittedAtMs: number }
  /** It is not run at all. */
  | {
      readonly type: 'ExecutionSkipped'
      readonly code: SkipCode | 'DUPLICATE'
      readonly message: string
      readonly blockedBy: string
      readonly skippedAtMs: number
    }
  | {
      readonly type: 'AttemptStarted'
      readonly attempt: number
      readonly executorId: string
      readonly startedAtMs: number
    }
  | {
      readonly type: 'ExecutionSucceeded'
      readonly attempt: number
      /** JSON text. */
      readonly result: string
      readonly finishedAtMs: number
    }
  /** Another attempt follows. */
  | {
      readonly type: 'AttemptFailed'
      readonly attempt: number
      readonly code: string
      readonly message: string
      readonly failedAtMs: number
      readonly retryAtMs: number
    }
  | {
      readonly type: 'ExecutionFailed'
      readonly attempt: number
      readonly code: string
      readonly message: string
      readonly finishedAtMs: number
    }
  | {
      readonly type: 'AttemptTimedOut'
      readonly attempt: number
      readonly timeOut: TimeOut
      readonly timedOutAtMs: number
      /** Null when no attempt follows. */
      readonly retryAtMs: number | null
    }
  | { readonly type: 'ExecutionTimedOut'; readonly timeOut: TimeOut; readonly finishedAtMs: number }
  | { readonly type: 'ExecutionExpired'; readonly expiredAtMs: number }
  /** The time of back-off is over. */
  | { readonly type: 'RetryDue'; readonly dueAtMs: number }
  | {
      readonly type: 'AttemptLost'
      readonly attempt: number
      readonly reason: LossReason
      readonly lostAtMs: number
    }
  /** Nobody knows how its attempt ended, and its job leaves that to an operator. */
  | { readonly type: 'ExecutionHeld'; readonly heldAtMs: number }
  | { readonly type: 'ExecutionReleased'; readonly by: string; readonly releasedAtMs: number }
  | {
      readonly type: 'CancelRequested'
      readonly by: CancelledBy
      readonly reason: string
      readonly requestedAtMs: number
    }
  | { readonly type: 'CancelAcknowledged'; readonly attempt: number; readonly acknowledgedAtMs: number }
  | { readonly type: 'ExecutionCancelled'; readonly cancelledAtMs: number }
  | { readonly type: 'LateResultRefused'; readonly attempt: number; readonly refusedAtMs: number }
