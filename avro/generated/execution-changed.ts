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
  readonly changedAt: Date
}

export type ExecutionLifecycle = 'UNKNOWN' | 'NONE' | 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED'
