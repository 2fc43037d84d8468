// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** An occurrence fired: all that an executor needs to run it. */
export interface ExecutionRequested {
  readonly executionId: string
  readonly jobId: string
  readonly workspaceId: string
  readonly jobVersion: number
  readonly jobType: string
  /** JSON. */
  readonly params: string
  /** schedule, or trigger:<key>. */
  readonly cause: string
  readonly scheduledFor: Date
  readonly firedAt: Date
}
