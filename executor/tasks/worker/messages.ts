import type { ExecutionCount, HttpPolicy, JsonObject, LogLevel, TaskResult } from '../task.ts'

/** What the executor tells a worker process. `runId` counts the runs of one process, so that late answers are told apart. */
export type ToWorker =
  | {
      readonly type: 'run'
      readonly runId: number
      readonly taskName: string
      readonly params: JsonObject
      readonly execution: RemoteExecution
    }
  | { readonly type: 'abort'; readonly runId: number }
  | { readonly type: 'history'; readonly callId: number; readonly rows: readonly ExecutionCount[] }
  | { readonly type: 'historyFailed'; readonly callId: number; readonly message: string }

/** What a worker process tells the executor. */
export type FromWorker =
  | { readonly type: 'log'; readonly runId: number; readonly lines: readonly LogLine[] }
  | {
      readonly type: 'history'
      readonly runId: number
      readonly callId: number
      readonly from: Date
      readonly to: Date
    }
  | { readonly type: 'done'; readonly runId: number; readonly result: TaskResult }
  | { readonly type: 'failed'; readonly runId: number; readonly code: string; readonly message: string }

/** The part of a task's context that can travel. */
export interface RemoteExecution {
  readonly executionId: string
  readonly attempt: number
  readonly jobId: string
  readonly workspaceId: string
  readonly scheduledFor: Date
  readonly httpPolicy: HttpPolicy
}

/** A line of a log on its way. */
export interface LogLine {
  readonly level: LogLevel
  readonly message: string
}

/** What the watchdog writes to the standard error before it kills a process that grew too large. */
export const OUT_OF_MEMORY_MARK = 'carillon: the task outgrew its memory'
