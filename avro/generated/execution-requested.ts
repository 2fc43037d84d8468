// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** An occurrence fired: all that an executor needs to run it. With cancelsOpen it is none, but what follows the last one of a job. */
export interface ExecutionRequested {
  readonly executionId: string
  readonly jobId: string
  readonly workspaceId: string
  readonly jobVersion: number
  readonly jobType: string
  /** JSON. */
  readonly params: string
  /** schedule, trigger:<key>, backfill:<id> or chain:<executionId>. */
  readonly cause: string
  readonly scheduledFor: Date
  /** The nominal time with its jitter; null without any. */
  readonly effectiveAt: Date | null
  readonly isLate: boolean
  /** JSON: how it is to be run. */
  readonly policy: string
  /** All executions of the job that are open are to end. executionId, jobType and params are empty then. */
  readonly cancelsOpen: OpenCancel | null
  readonly firedAt: Date
}

export interface OpenCancel {
  /** The id of a user. */
  readonly by: string
}
