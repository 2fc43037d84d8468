import type { LossReason } from './execution-command.ts'

/** What happened to an execution. A run without trouble has three: queued, started, succeeded or failed. */
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
  | {
      readonly type: 'ExecutionFailed'
      readonly attempt: number
      readonly code: string
      readonly message: string
      readonly finishedAtMs: number
    }
  | {
      readonly type: 'AttemptLost'
      readonly attempt: number
      readonly reason: LossReason
      readonly lostAtMs: number
    }
  | { readonly type: 'LateResultRefused'; readonly attempt: number; readonly refusedAtMs: number }
