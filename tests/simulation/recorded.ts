import type { World } from './world.ts'

/** An event as its row is stored, its payload read. */
export interface RecordedEvent {
  readonly stream: string
  readonly version: number
  readonly actor: string
  readonly correlation_id: string
  readonly recorded_at: number
  readonly event: { readonly type: string } & Readonly<Record<string, unknown>>
}

/** A row of the scheduler's ledger. */
export interface RecordedOccurrence {
  readonly job_id: string
  readonly cause: string
  readonly nominal_at: number
  readonly outcome: string
  /** Of what fired. */
  readonly execution_id: string
  readonly job_version: number
  readonly decided_at: number
}

/** A row of the executions, its attempts read. */
export interface RecordedExecution {
  readonly id: string
  readonly job_id: string
  readonly job_version: number
  readonly job_type: string
  readonly params: string
  readonly cause: string
  readonly status: string
  readonly scheduled_for: number
  readonly queued_at: number
  readonly finished_at: number | null
  readonly error_code: string | null
  readonly attempts: readonly RecordedAttempt[]
  readonly version: number
}

/** One try. */
export interface RecordedAttempt {
  readonly number: number
  readonly status: string
  readonly executorId: string
  readonly startedAtMs: number
  readonly finishedAtMs: number | null
  readonly lateResultAtMs: number | null
}

/** A row of `job_status`. */
export interface RecordedStatus {
  readonly job_id: string
  readonly phase: string
  readonly next_fire_at: number | null
  readonly last_fired_at: number | null
  readonly last_outcome: string | null
  readonly fired_count: number
  readonly queued_count: number
  readonly running_count: number
  readonly succeeded_count: number
  readonly failed_count: number
}

/** All that a history left behind, as plain rows. */
export interface Recorded {
  readonly jobEvents: readonly RecordedEvent[]
  readonly scheduleEvents: readonly RecordedEvent[]
  readonly executionEvents: readonly RecordedEvent[]
  readonly occurrences: readonly RecordedOccurrence[]
  readonly executions: readonly RecordedExecution[]
  readonly statuses: readonly RecordedStatus[]
}

/** Reads what a history left behind. */
export async function readRecorded({ time, databases: { jobs, scheduler, executions } }: World): Promise<Recorded> {
  const events = async (database: typeof jobs): Promise<readonly RecordedEvent[]> => {
    const rows = await time.finish(
      database.reader.all<Omit<RecordedEvent, 'event'> & { payload: string }>('select * from events order by id'),
    )
    return rows.map(({ payload, ...row }) => ({ ...row, event: JSON.parse(payload) as RecordedEvent['event'] }))
  }
  const executed = await time.finish(
    executions.reader.all<Omit<RecordedExecution, 'attempts'> & { attempts: string }>(
      'select * from executions order by id',
    ),
  )
  return {
    jobEvents: await events(jobs),
    scheduleEvents: await events(scheduler),
    executionEvents: await events(executions),
    occurrences: await time.finish(
      scheduler.reader.all<RecordedOccurrence>('select * from occurrences order by job_id, cause, nominal_at'),
    ),
    executions: executed.map((row) => ({ ...row, attempts: JSON.parse(row.attempts) as RecordedAttempt[] })),
    statuses: await time.finish(jobs.reader.all<RecordedStatus>('select * from job_status order by job_id')),
  }
}
