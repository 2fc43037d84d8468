// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** A job after a change, whole: a consumer that missed a record is right again with the next one. */
export interface JobChanged {
  readonly jobId: string
  readonly workspaceId: string
  readonly ownerId: string
  /** The job's version after this change, from 1. */
  readonly version: number
  readonly change: JobChange
  readonly name: string
  readonly jobType: string
  readonly schedule: string
  /** JSON. */
  readonly params: string
  readonly state: JobLifecycle
  /** Nominal times count from after this instant: creation, or the last change of the schedule, or the last resume. */
  readonly scheduledSince: Date
  readonly trigger: JobTrigger | null
  readonly recordedAt: Date
}

export type JobChange = 'UNKNOWN' | 'CREATED' | 'UPDATED' | 'PAUSED' | 'RESUMED' | 'ARCHIVED' | 'TRIGGERED'

export type JobLifecycle = 'UNKNOWN' | 'ACTIVE' | 'PAUSED' | 'ARCHIVED'

export interface JobTrigger {
  readonly executionId: string
  readonly key: string
  /** JSON: the job's params, or those given with the trigger. */
  readonly params: string
  readonly triggeredAt: Date
}
