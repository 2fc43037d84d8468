import type { ExecutionError } from './execution.ts'

/** What can be asked of an execution. Every `atMs` is the database's time. */
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
      readonly atMs: number
    }
  | { readonly type: 'StartAttempt'; readonly executorId: string; readonly atMs: number }
  | {
      readonly type: 'FinishAttempt'
      readonly attempt: number
      readonly outcome: AttemptOutcome
      readonly atMs: number
    }
  | { readonly type: 'LoseAttempt'; readonly attempt: number; readonly reason: LossReason; readonly atMs: number }

/** What came of an attempt. `result` is JSON text. */
export type AttemptOutcome =
  | { readonly status: 'SUCCEEDED'; readonly result: string }
  | { readonly status: 'FAILED'; readonly error: ExecutionError }

/** Why an attempt was given up: its lease ended, or its executor stopped in order. */
export type LossReason = 'EXECUTOR_LOST' | 'EXECUTOR_STOPPED'
