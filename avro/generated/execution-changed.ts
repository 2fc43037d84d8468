// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** An execution went from one status to another. */
export interface ExecutionChanged {
  readonly executionId: string
  readonly jobId: string
  readonly workspaceId: string
  readonly previousStatus: ExecutionLifecycle
  readonly status: ExecutionLifecycle
  /** The number of the latest attempt; 0 before the first. */
  readonly attempt: number
  readonly scheduledFor: Date
  readonly errorCode: string | null
  /** WAITING: the execution that it waits behind. SKIPPED: the one that stood in its way. */
  readonly blockedBy: string | null
  /** SKIPPED: it had waited for its turn, be it within the same commit, and a newer one took its place. */
  readonly hadWaited: boolean
  readonly cause: string
  /** The version of the job that it runs; 0 where the writer was older than this field. */
  readonly jobVersion: number
  readonly changedAt: Date
}

export type ExecutionLifecycle =
  | 'UNKNOWN'
  | 'NONE'
  | 'QUEUED'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'RETRYING'
  | 'HELD'
  | 'TIMED_OUT'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'WAITING'
  | 'SKIPPED'
