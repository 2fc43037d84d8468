import type { HttpPolicy } from '#platform/outbound'
import type { CatalogueOptions } from '../catalogue.ts'
import type { ProgressReport } from '../progress.ts'
import type { DuePage, ExecutionCount, Json, JsonObject, LogLevel, TaskResult } from '../task.ts'

/** What the executor tells a worker process. `runId` counts the runs of one process, so that late answers are told apart. */
export type ToWorker =
  /** Once, before all others: what tasks there are. */
  | { readonly type: 'open'; readonly tasks: CatalogueOptions }
  | {
      readonly type: 'run'
      readonly runId: number
      readonly taskName: string
      readonly params: JsonObject
      readonly execution: RemoteExecution
    }
  | { readonly type: 'abort'; readonly runId: number }
  | { readonly type: 'history'; readonly callId: number; readonly answer: readonly ExecutionCount[] | DuePage }
  | { readonly type: 'historyFailed'; readonly callId: number; readonly message: string }

/** What a worker process tells the executor. */
export type FromWorker =
  | { readonly type: 'log'; readonly runId: number; readonly lines: readonly LogLine[] }
  | ({ readonly type: 'history'; readonly runId: number; readonly callId: number } & HistoryQuestion)
  | { readonly type: 'heartbeat'; readonly runId: number }
  | { readonly type: 'progress'; readonly runId: number; readonly report: ProgressReport }
  | { readonly type: 'done'; readonly runId: number; readonly result: TaskResult }
  | {
      readonly type: 'failed'
      readonly runId: number
      readonly code: string
      readonly message: string
      readonly retryAfterMs: number | null
      readonly isFinal: boolean
    }

/** What a task asks of the history. */
export type HistoryQuestion =
  | { readonly asks: 'summary'; readonly from: Date; readonly to: Date }
  | { readonly asks: 'due'; readonly from: Date; readonly to: Date; readonly after: string | null }

/** The part of a task's context that can travel. */
export interface RemoteExecution {
  readonly executionId: string
  readonly attempt: number
  readonly jobId: string
  readonly workspaceId: string
  readonly scheduledFor: Date
  readonly httpPolicy: HttpPolicy
  readonly grant: Json
}

/** A line of a log on its way. */
export interface LogLine {
  readonly level: LogLevel
  readonly message: string
}

/** What the watchdog writes to the standard error before it kills a process that grew too large. */
export const OUT_OF_MEMORY_MARK = 'carillon: the task outgrew its memory'
