import type { Clock } from '#platform/clock'

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
  /** One line of the execution's log. */
  log(level: LogLevel, message: string): void
}

/** As in the API. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

/** Which addresses that are not public HTTP tasks may reach. */
export interface HttpPolicy {
  /**
   * `false`: none. `true`: loopback, private use (RFC 1918), shared (RFC 6598) and unique local addresses, but never link-local ones
   * or those of cloud metadata. A list: what it names, as CIDRs (which admit anything in them) or as host names (which admit as `true` does).
   */
  readonly allowPrivate: boolean | readonly string[]
}

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

/** A task's own failure: a stable code for machines, a message for people. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The past of the system, as tasks may see it. The executions context implements it. */
export interface ExecutionHistory {
  /**
   * Counts the workspace's executions that ended in [from, to), a row for each job, job type and status. Counting by the end
   * makes a past period's answer final. Durations are of each execution's last attempt, in milliseconds.
   */
  summary(workspaceId: string, from: Date, to: Date): Promise<readonly ExecutionCount[]>
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
