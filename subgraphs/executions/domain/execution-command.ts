import type { SkipCode } from '#platform/policy'
import type { CancelledBy, ExecutionError } from './execution.ts'

/** What can be asked of an execution. Every `atMs` is the database's time; `jitter` is in [0, 1). */
export type ExecutionCommand =
  | {
      readonly type: 'QueueExecution'
      readonly executionId: string
      readonly workspaceId: string
      readonly jobId: string
      readonly jobVersion: number
      readonly jobType: string
      readonly params: string
      readonly cause: string
      readonly scheduledAtMs: number
      /** JSON text of an `ExecutionPolicy`. */
      readonly policy: string
      /** The execution that it repeats or follows. */
      readonly originId?: string | null | undefined
      readonly atMs: number
    }
  /** Admission has decided: it waits behind another one, may run now after all, or is not run at all. */
  | { readonly type: 'BufferExecution'; readonly blockedBy: string; readonly atMs: number }
  | { readonly type: 'AdmitExecution'; readonly atMs: number }
  | {
      readonly type: 'SkipExecution'
      readonly code: SkipCode | 'DUPLICATE'
      readonly message: string
      readonly blockedBy: string
      readonly atMs: number
    }
  /** Where the time to start is over, it ends by that and does not start. */
  | { readonly type: 'StartAttempt'; readonly executorId: string; readonly atMs: number }
  | {
      readonly type: 'FinishAttempt'
      readonly attempt: number
      readonly outcome: AttemptOutcome
      readonly jitter: number
      readonly atMs: number
    }
  /** It is lost, unless a timer was due by `atMs`: then that happens. The rest is as of `FireTimer`. */
  | {
      readonly type: 'LoseAttempt'
      readonly attempt: number
      readonly reason: LossReason
      readonly heartbeatAtMs: number | null
      readonly jitter: number
      readonly atMs: number
    }
  /** Whatever is due by `atMs` happens. `heartbeatAtMs` is when the running attempt was heard of last. */
  | {
      readonly type: 'FireTimer'
      readonly heartbeatAtMs: number | null
      readonly jitter: number
      readonly atMs: number
    }
  | {
      readonly type: 'RequestCancel'
      readonly by: CancelledBy
      readonly reason: string
      /** A running task gets no grace. */
      readonly isAtOnce?: boolean
      readonly atMs: number
    }
  /** Its executor has told the task. */
  | { readonly type: 'AcknowledgeCancel'; readonly attempt: number; readonly atMs: number }
  /** An operator decides on an execution whose outcome is unknown. */
  | { readonly type: 'ReleaseExecution'; readonly by: string; readonly atMs: number }
  | { readonly type: 'FailExecution'; readonly by: string; readonly reason: string; readonly atMs: number }

/** What came of an attempt. `result` is JSON text. */
export type AttemptOutcome =
  | { readonly status: 'SUCCEEDED'; readonly result: string }
  | {
      readonly status: 'FAILED'
      readonly error: ExecutionError
      /** When the task wants to be tried again, if it said so. */
      readonly retryAfterMs?: number | null
      /** The task knows that another attempt would fail, too. */
      readonly isFinal?: boolean
    }
  /** The task has ended since it was asked to. */
  | { readonly status: 'CANCELLED' }

/** Why an attempt was given up: its lease ended, or its executor stopped in order. */
export type LossReason = 'EXECUTOR_LOST' | 'EXECUTOR_STOPPED'
