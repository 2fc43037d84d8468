import type { Database } from '#platform/database'
import { invariant } from '#platform/domain'
import type { Operators } from '#platform/identity'
import type { Schemas } from '#platform/schemas'
import type { Storages } from '#platform/storage'
import type { Execution } from '../domain/execution.ts'
import type { Place } from '../projections/queue.ts'
import type { FlowConfig } from './flow-config.ts'

/** What the commands of this context stand on. */
export interface CommandPorts {
  readonly database: Database
  readonly schemas: Schemas
  /** Where the files lie that executions make. */
  readonly storages: Storages
  /** Who may see and decide what belongs to no workspace. */
  readonly operators: Operators
  /** Where tasks of a job type run; anywhere when the type is not known here. */
  placeOf(jobType: string): Place
  /** What the operator lets run at a time. */
  readonly flow: FlowConfig
  /** In [0, 1): spreads retries. */
  random(): number
  /** A new UUIDv7. */
  newId(): string
  /** Called after a commit that left something waiting for a claim. */
  onQueued(): void
  /** Called after a commit that took something from a running attempt, or asks it to end. */
  onInterrupted(): void
}

/** An attempt that an executor was given: from now on it alone writes for this execution. */
export interface Claim {
  /** As it is since the attempt started. */
  readonly execution: Execution
  readonly executorId: string
  /** The attempt's number, and the fence: a write that carries an older one is refused. */
  readonly epoch: number
  /** The number of the last line that earlier attempts logged. */
  readonly logSeq: number
  /** The W3C trace context in which the execution was fired, if any. */
  readonly traceparent: string | undefined
}

/** What an executor is given when its attempt is the latest of an execution. */
export function claimOf(execution: Execution, logSeq: number, traceparent?: string | null): Claim {
  const attempt = execution.attempts.at(-1)
  invariant(attempt?.status === 'RUNNING', `${execution.id} is claimed and does not run`)
  const held = { executorId: attempt.executorId, epoch: attempt.number }
  return { execution, ...held, logSeq, traceparent: traceparent ?? undefined }
}
