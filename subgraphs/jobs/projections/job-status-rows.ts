import type { Reader, Row, Unit, Value } from '#platform/database'
import { textOfTimes, timesOfText } from '../domain/failure-streak.ts'
import type { JobState } from '../domain/job.ts'
import { type JobPhase, type JobStatus, type Outcome, phaseOf } from '../domain/job-status.ts'
import { places, rowsById } from './rows-by-id.ts'

/** A status as its row is stored. */
export interface JobStatusRow extends Row {
  readonly job_id: string
  readonly workspace_id: string
  readonly phase: JobPhase
  readonly job_state: JobState
  readonly schedule_version: number
  readonly advanced_version: number
  readonly next_fire_at: number | null
  readonly exhausted: number
  readonly last_fired_at: number | null
  readonly last_execution_id: string | null
  readonly last_outcome: Outcome | null
  readonly last_ended_at: number | null
  readonly last_ended_execution_id: string | null
  readonly fired_count: number
  readonly queued_count: number
  readonly running_count: number
  readonly retrying_count: number
  readonly held_count: number
  readonly waiting_count: number
  readonly succeeded_count: number
  readonly failed_count: number
  readonly cancelled_count: number
  readonly expired_count: number
  readonly skipped_count: number
  readonly pause_on_failures: number | null
  readonly streak_since: number | null
  readonly failure_times: string | null
  readonly updated_at: number
  readonly version: number
}

const COLUMNS = [
  'job_id',
  'workspace_id',
  'phase',
  'job_state',
  'schedule_version',
  'advanced_version',
  'next_fire_at',
  'exhausted',
  'last_fired_at',
  'last_execution_id',
  'last_outcome',
  'last_ended_at',
  'last_ended_execution_id',
  'fired_count',
  'queued_count',
  'running_count',
  'retrying_count',
  'held_count',
  'waiting_count',
  'succeeded_count',
  'failed_count',
  'cancelled_count',
  'expired_count',
  'skipped_count',
  'pause_on_failures',
  'streak_since',
  'failure_times',
  'updated_at',
  'version',
] as const satisfies readonly (keyof JobStatusRow)[]

/** The statuses of jobs, by their ids, to be changed in this unit. For whoever may see all workspaces. */
export async function loadStatuses(
  unit: Unit,
  table: string,
  jobIds: readonly string[],
): Promise<Map<string, JobStatus>> {
  const rows = await rowsById<JobStatusRow>(
    unit,
    `select * from ${table} where job_id in`,
    [],
    jobIds,
    unit.dialect.lockRows,
  )
  return new Map(rows.map((row) => [row.job_id, statusFrom(row)]))
}

/** The statuses of jobs as a member of some workspaces sees them. */
export async function findStatuses(
  reader: Reader,
  workspaceIds: readonly string[],
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, JobStatus>> {
  if (workspaceIds.length === 0) return new Map()
  const sql = `select * from job_status where workspace_id in (${places(workspaceIds)}) and job_id in`
  const rows = await rowsById<JobStatusRow>(reader, sql, workspaceIds, jobIds)
  return new Map(rows.map((row) => [row.job_id, statusFrom(row)]))
}

/** Writes the statuses of new jobs. */
export async function insertStatuses(unit: Unit, table: string, rows: readonly JobStatusRow[]): Promise<void> {
  await unit.insertLater(table, COLUMNS, rows.map(valuesOf))
}

/** Writes statuses, whether they are there or not. */
export async function saveStatuses(unit: Unit, table: string, rows: readonly JobStatusRow[]): Promise<void> {
  await unit.upsertMany(table, ['job_id'], COLUMNS, rows.map(valuesOf))
}

/** The row of a status. */
export function statusRow(status: JobStatus): JobStatusRow {
  return {
    job_id: status.jobId,
    workspace_id: status.workspaceId,
    phase: phaseOf(status),
    job_state: status.jobState,
    schedule_version: status.scheduleVersion,
    advanced_version: status.advancedVersion,
    next_fire_at: msOf(status.nextFireAt),
    exhausted: status.exhausted ? 1 : 0,
    last_fired_at: msOf(status.lastFiredAt),
    last_execution_id: status.lastExecutionId,
    last_outcome: status.lastOutcome,
    last_ended_at: msOf(status.lastEndedAt),
    last_ended_execution_id: status.lastEndedExecutionId,
    fired_count: status.firedCount,
    queued_count: status.queuedCount,
    running_count: status.runningCount,
    retrying_count: status.retryingCount,
    held_count: status.heldCount,
    waiting_count: status.waitingCount,
    succeeded_count: status.succeededCount,
    failed_count: status.failedCount,
    cancelled_count: status.cancelledCount,
    expired_count: status.expiredCount,
    skipped_count: status.skippedCount,
    pause_on_failures: status.pauseOnFailures,
    streak_since: msOf(status.streakSince),
    failure_times: textOfTimes(status.failureTimesMs),
    updated_at: status.updatedAt.getTime(),
    version: status.version,
  }
}

/** A status out of its row. */
export function statusFrom(row: JobStatusRow): JobStatus {
  return {
    jobId: row.job_id,
    workspaceId: row.workspace_id,
    jobState: row.job_state,
    scheduleVersion: row.schedule_version,
    advancedVersion: row.advanced_version,
    nextFireAt: dateOf(row.next_fire_at),
    exhausted: row.exhausted === 1,
    lastFiredAt: dateOf(row.last_fired_at),
    lastExecutionId: row.last_execution_id,
    lastOutcome: row.last_outcome,
    lastEndedAt: dateOf(row.last_ended_at),
    lastEndedExecutionId: row.last_ended_execution_id,
    firedCount: row.fired_count,
    queuedCount: row.queued_count,
    runningCount: row.running_count,
    retryingCount: row.retrying_count ?? 0,
    heldCount: row.held_count ?? 0,
    waitingCount: row.waiting_count ?? 0,
    succeededCount: row.succeeded_count,
    failedCount: row.failed_count,
    cancelledCount: row.cancelled_count ?? 0,
    expiredCount: row.expired_count ?? 0,
    skippedCount: row.skipped_count ?? 0,
    pauseOnFailures: row.pause_on_failures ?? null,
    streakSince: dateOf(row.streak_since ?? null),
    failureTimesMs: timesOfText(row.failure_times ?? null),
    updatedAt: new Date(row.updated_at),
    version: row.version,
  }
}

function valuesOf(row: JobStatusRow): Value[] {
  return COLUMNS.map((column) => row[column])
}

function msOf(date: Date | null): number | null {
  return date === null ? null : date.getTime()
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
