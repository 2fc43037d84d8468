// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** What the scheduler decided for one job: which nominal times fired, and when the next one is. */
export interface ScheduleAdvanced {
  readonly jobId: string
  readonly workspaceId: string
  /** The job's version by which was decided. */
  readonly appliedVersion: number
  readonly fired: readonly Fire[]
  readonly nextFireAt: Date | null
  /** The schedule can fire no more. */
  readonly exhausted: boolean
  readonly decidedAt: Date
}

export interface Fire {
  readonly executionId: string
  readonly cause: string
  readonly scheduledFor: Date
}
