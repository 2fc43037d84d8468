import type { Clock } from '#platform/clock'
import type { HttpPolicy } from '#platform/outbound'
import type { ProgressReport } from './progress.ts'

export { type RetryHints, TaskError } from './author.ts'

/** Any JSON value, as params, results and GraphQL's `JSON` carry it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object; params always are one. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** What a job type does. Its params have passed `checkParams` before they come here. */
export interface Task<Params = JsonObject> {
  /** The `jobType` that people write: capitals, never reused for something else. */
  readonly name: string
  readonly description: string
  /** JSON schema, draft 2020-12, of an object. */
  readonly paramsSchema: JsonObject
  /**
   * Where it runs. `loop`: beside the leases, only for code of ours that never computes for long and ends when its
   * signal aborts. `worker`: in a process of its own, which can be killed.
   */
  readonly place: 'loop' | 'worker'
  /** Milliseconds that it may take in its process: those of the workers when left out, as its job says when null. */
  readonly timeLimitMs?: number | null
  /** Not code of ours: nothing else runs in its process afterwards. */
  readonly isForeign?: boolean
  /**
   * What of the operator's settings one attempt gets, as `context.grant`. It is made where the executor runs, so that a process holds
   * only what its task is about to use. @throws {TaskError} when it may have nothing
   */
  grant?(params: Params, workspaceId: string): Json
  /** @throws {TaskError} a failure with a code that people can act on */
  run(params: Params, context: TaskContext): Promise<TaskResult>
}

/** What one attempt knows of itself, and its only way to the world. */
export interface TaskContext {
  readonly executionId: string
  /** Counted from 1. */
  readonly attempt: number
  readonly jobId: string
  readonly workspaceId: string
  /** The nominal time of the fire; the same for each attempt. */
  readonly scheduledFor: Date
  /** Aborts when the attempt is cancelled or lost: whatever comes after it is refused. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly history: ExecutionHistory
  /** Keep one object for the life of the process: connections are pooled by it. */
  readonly httpPolicy: HttpPolicy
  /** What `Task.grant` gave; null without it. May hold secrets. */
  readonly grant: Json
  /** Says that the task is alive; so does each line that it logs. Only with a `heartbeat` time-out does it matter. */
  heartbeat(): void
  /**
   * Says how far the task is; it is a sign of life, too. Each report replaces the one before, and only some of many are seen.
   *
   * @throws {TaskError} TASK_PROGRESS_INVALID
   */
  progress(report: ProgressReport): void
  /** One line of the execution's log. */
  log(level: LogLevel, message: string): void
}

/** As in the API. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

/** What a task leaves behind. Limits: see `limits.ts`. */
export interface TaskResult {
  readonly result: Json
  readonly artefacts: readonly TaskArtefact[]
}

/** A file that a task made. */
export interface TaskArtefact {
  /** Unique within the result, safe as a file name. */
  readonly name: string
  readonly mediaType: string
  readonly content: string
}

/** How the end of a task that is asked to end is waited for. */
export interface TaskEnding {
  /** How long it may take after its signal aborted. */
  readonly graceMs: number
  /** Aborts when nobody waits for it any more: its attempt is another's, or its grace is over. */
  readonly givenUp: AbortSignal
}

/** The past of the system, as tasks may see it. The executions context implements it. */
export interface ExecutionHistory {
  /**
   * Counts the workspace's executions that ended in [from, to), a row for each job, job type and status. Counting by the end
   * makes a past period's answer final. Durations are of each execution's last attempt, in milliseconds.
   */
  summary(workspaceId: string, from: Date, to: Date): Promise<readonly ExecutionCount[]>
  /**
   * The workspace's executions whose nominal time is in [from, to), a page at a time: first those that are open, then the others in
   * the order in which they ended. One that ends meanwhile may come twice. A page may be empty and not be the last.
   *
   * @param after the `next` of the page before; null for the first
   */
  due(workspaceId: string, from: Date, to: Date, after: string | null): Promise<DuePage>
}

/** Some of the executions of a period. */
export interface DuePage {
  readonly executions: readonly DueExecution[]
  /** Asks for the next page; null after the last. */
  readonly next: string | null
}

/** What a report on punctuality needs of an execution. */
export interface DueExecution {
  readonly id: string
  readonly jobId: string
  readonly jobType: string
  /** `schedule` for a nominal time of its schedule. */
  readonly cause: string
  readonly status: string
  readonly dueAtMs: number
  /** When its first attempt started. */
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
}

/** How many executions of one job came to one status. */
export interface ExecutionCount {
  readonly jobId: string
  readonly jobType: string
  readonly status: string
  readonly count: number
  readonly durationMsTotal: number
  readonly durationMsMax: number
}
