/** The one event of a job's schedule stream: what was decided at one moment. */
export interface ScheduleAdvanced {
  readonly type: 'ScheduleAdvanced'
  readonly jobId: string
  /** The job's version that is applied now. */
  readonly appliedVersion: number
  readonly fired: readonly FiredOccurrence[]
  readonly nextFireAtMs: number | null
  readonly exhausted: boolean
  /** Each nominal time up to here is decided. */
  readonly decidedThroughMs: number
}

/** An occurrence that fired. */
export interface FiredOccurrence {
  readonly executionId: string
  readonly cause: string
  readonly nominalAtMs: number
  readonly jobVersion: number
}
