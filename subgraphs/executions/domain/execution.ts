import type { Decider } from '#platform/domain'
import { decideExecution } from './decide-execution.ts'
import { evolveExecution } from './evolve-execution.ts'
import type { ExecutionCommand } from './execution-command.ts'
import type { ExecutionEvent } from './execution-event.ts'

/** How far an execution is. */
export type ExecutionStatus =
  | 'QUEUED'
  | 'WAITING'
  | 'RUNNING'
  | 'RETRYING'
  | 'HELD'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'SKIPPED'

/** One try at an execution. */
export interface Attempt {
  /** Counts from 1. It is also the fencing epoch: whoever writes for an earlier one is refused. */
  readonly number: number
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'LOST' | 'CANCELLED'
  readonly executorId: string
  readonly startedAtMs: number
  readonly finishedAtMs: number | null
  readonly error: ExecutionError | null
  /** When a result came after the attempt had been given up. */
  readonly lateResultAtMs: number | null
}

/** Why something failed: a stable code for machines, a message for people. */
export interface ExecutionError {
  readonly code: string
  readonly message: string
}

/** Who wanted an execution to end. */
export type CancelledBy =
  | { readonly kind: 'USER'; readonly userId: string }
  /** Another execution of its job took its place. */
  | { readonly kind: 'SUPERSEDED'; readonly executionId: string }

/** A wish that an execution ends, and how far it is fulfilled. */
export interface Cancellation {
  readonly by: CancelledBy
  readonly reason: string
  readonly requestedAtMs: number
  readonly acknowledgedAtMs: number | null
}

/** One firing of a job. Plain JSON: it is also what the change feed carries. */
export interface Execution {
  readonly id: string
  readonly workspaceId: string
  readonly jobId: string
  readonly jobVersion: number
  readonly jobType: string
  /** JSON text, as the scheduler sent it. */
  readonly params: string
  readonly cause: string
  /** The execution that it repeats or follows; also left out where it was told of before that was known. */
  readonly originId?: string | null
  /** JSON text of an `ExecutionPolicy`. */
  readonly policy: string
  readonly status: ExecutionStatus
  readonly scheduledAtMs: number
  readonly queuedAtMs: number
  /** When the first attempt started. */
  readonly startedAtMs: number | null
  readonly finishedAtMs: number | null
  /** While RETRYING: when the next attempt is due. */
  readonly retryAtMs: number | null
  /** While WAITING: the execution of its job that it waits behind. Once SKIPPED: the one that stood in its way. */
  readonly blockedBy: string | null
  readonly cancellation: Cancellation | null
  readonly attempts: readonly Attempt[]
  /** JSON text. */
  readonly result: string | null
  readonly error: ExecutionError | null
  /** The number of its events. */
  readonly version: number
}

/** An execution is queued once, runs in one attempt at a time, and ends once. */
export const execution: Decider<ExecutionCommand, ExecutionEvent, Execution | null> = {
  initial: null,
  decide: decideExecution,
  evolve: evolveExecution,
}

const ENDS: ReadonlySet<ExecutionStatus> = new Set([
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'CANCELLED',
  'EXPIRED',
  'SKIPPED',
])

/** Whether nothing more can come of it. */
export function hasEnded({ status }: Pick<Execution, 'status'>): boolean {
  return isEnd(status)
}

/** Whether nothing leads away from a status. */
export function isEnd(status: ExecutionStatus): boolean {
  return ENDS.has(status)
}
