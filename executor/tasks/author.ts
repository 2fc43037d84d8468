// What a task from a folder of its own is written against: `import { type Task, TaskError } from 'carillon/task'`.
// Never imports anything: whoever writes a task checks this file with settings of their own.

/** Any JSON value, as params and results carry it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A job type. A file of the folder exports one as `task`, or by default. */
export interface Task<Params = { readonly [key: string]: Json }> {
  /** The `jobType` that people write: capitals, digits and underscores, such as `SEND_INVOICES`. */
  readonly name: string
  readonly description: string
  /** JSON schema, draft 2020-12, of an object. Params that do not fit are refused when a job is created. */
  readonly paramsSchema: { readonly [key: string]: unknown }
  /** Runs in a process of its own, which ends with it. @throws {TaskError} a failure with a code that people can act on */
  run(params: Params, context: TaskContext): Promise<TaskResult>
}

/** What one attempt knows of itself. */
export interface TaskContext {
  readonly executionId: string
  /** Counted from 1. An attempt may follow one that has done its work: make effects idempotent by `executionId`. */
  readonly attempt: number
  readonly jobId: string
  readonly workspaceId: string
  /** The nominal time of the fire; the same for each attempt. */
  readonly scheduledFor: Date
  /** Aborts when the attempt is cancelled, timed out or lost. Who does not end in time is killed. */
  readonly signal: AbortSignal
  /** Says that the task is alive; so does each line that it logs. Only with a `heartbeat` time-out does it matter. */
  heartbeat(): void
  /**
   * Says how far the task is, as often as it likes: each report replaces the one before. `percent` is from 0 to 100, `step` has 200
   * characters and `message` 1,000, `data` 4 KiB of JSON.
   *
   * @throws {TaskError} TASK_PROGRESS_INVALID
   */
  progress(report: {
    readonly percent?: number
    readonly step?: string
    readonly message?: string
    readonly data?: Json
  }): void
  /** One line of the execution's log. A level in small letters is known, too; what is none is INFO. */
  log(level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', message: string): void
}

/** What a task leaves behind: at most 64 KiB of JSON, and 10 files of 10 MiB each, or what their storage takes. */
export interface TaskResult {
  readonly result: Json
  readonly artefacts?: readonly {
    /** Unique within the result, safe as a file name. */
    readonly name: string
    readonly mediaType: string
    readonly content: string
  }[]
}

/** A task's own failure: a stable code for machines, a message for people. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  /** Up to 100 capitals, digits and underscores, a capital first. */
  readonly code: string
  /** When the task wants to be tried again, if it knows better than the policy of its job. */
  readonly retryAfterMs: number | null
  /** Another attempt would fail, too: none follows, whatever the job says. */
  readonly isFinal: boolean

  constructor(code: string, message: string, options: ErrorOptions & RetryHints = {}) {
    super(message, options)
    this.code = code
    this.retryAfterMs = options.retryAfterMs ?? null
    this.isFinal = options.isFinal ?? false
  }
}

/** What a task knows of whether and when to try again. */
export interface RetryHints {
  readonly retryAfterMs?: number | null
  readonly isFinal?: boolean
}
