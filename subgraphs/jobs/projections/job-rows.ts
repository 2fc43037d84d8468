import type { Row, Unit, Value } from '#platform/database'
import type { Job, JobState } from '../domain/job.ts'

/** A job as its row is stored. */
export interface JobRow extends Row {
  readonly workspace_id: string
  readonly id: string
  readonly owner_id: string
  readonly name: string
  readonly name_folded: string
  readonly job_type: string
  readonly schedule: string
  readonly params: string
  readonly state: JobState
  readonly scheduled_since: number
  readonly created_at: number
  readonly updated_at: number
  readonly version: number
  readonly sent_version: number
}

const COLUMNS = [
  'workspace_id',
  'id',
  'owner_id',
  'name',
  'name_folded',
  'job_type',
  'schedule',
  'params',
  'state',
  'scheduled_since',
  'created_at',
  'updated_at',
  'version',
  'sent_version',
] as const satisfies readonly (keyof JobRow)[]

/** Writes the rows of new jobs. */
export async function insertJobs(unit: Unit, table: string, jobs: readonly Job[]): Promise<void> {
  await unit.insertMany(table, COLUMNS, jobs.map(jobValues))
}

/** Writes the rows of jobs, whether they are there or not. */
export async function saveJobs(unit: Unit, table: string, jobs: readonly Job[]): Promise<void> {
  await unit.upsertMany(table, ['workspace_id', 'id'], COLUMNS, jobs.map(jobValues))
}

/** A job out of its row. */
export function jobFrom(row: JobRow): Job {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    ownerId: row.owner_id,
    name: row.name,
    jobType: row.job_type,
    schedule: row.schedule,
    params: row.params,
    state: row.state,
    scheduledSince: new Date(row.scheduled_since),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    version: row.version,
    sentVersion: row.sent_version,
  }
}

/** A name as it is searched for. */
export function folded(name: string): string {
  return name.toLowerCase()
}

function jobValues(job: Job): Value[] {
  return [
    job.workspaceId,
    job.id,
    job.ownerId,
    job.name,
    folded(job.name),
    job.jobType,
    job.schedule,
    job.params,
    job.state,
    job.scheduledSince.getTime(),
    job.createdAt.getTime(),
    job.updatedAt.getTime(),
    job.version,
    job.sentVersion,
  ]
}
