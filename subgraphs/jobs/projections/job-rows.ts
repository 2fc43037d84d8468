import type { Reader, Row, Unit, Value } from '#platform/database'
import { invariant } from '#platform/domain'
import type { StreamHead } from '#platform/event-store'
import { type Job, type JobState, jobStream } from '../domain/job.ts'
import { rowsById } from './rows-by-id.ts'

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
  readonly stream_hash: string
}

/** A job as it stands after its last event, with the head of its stream: all that a change of it needs. */
export interface SavedJob {
  readonly state: Job
  readonly head: StreamHead
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
  'stream_hash',
] as const satisfies readonly (keyof JobRow)[]

/** Writes the rows of new jobs. */
export async function insertJobs(unit: Unit, table: string, jobs: readonly SavedJob[]): Promise<void> {
  await unit.insertMany(table, COLUMNS, jobs.map(jobValues))
}

/** Writes the rows of jobs, whether they are there or not. */
export async function saveJobs(unit: Unit, table: string, jobs: readonly SavedJob[]): Promise<void> {
  await unit.upsertMany(table, ['workspace_id', 'id'], COLUMNS, jobs.map(jobValues))
}

/** Jobs of one workspace, by their ids. */
export async function loadJobs(
  reader: Reader,
  table: string,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, SavedJob>> {
  const sql = `select * from ${table} where workspace_id = ? and id in`
  return savedById(await rowsById<JobRow>(reader, sql, [workspaceId], ids))
}

/** Jobs of any workspaces, by their ids: their statuses know which. */
export async function loadJobsAnywhere(reader: Reader, ids: readonly string[]): Promise<Map<string, SavedJob>> {
  const sql = `select jobs.* from job_status
    join jobs on jobs.workspace_id = job_status.workspace_id and jobs.id = job_status.job_id
    where job_status.job_id in`
  return savedById(await rowsById<JobRow>(reader, sql, [], ids))
}

function savedById(rows: readonly JobRow[]): Map<string, SavedJob> {
  return new Map(
    rows.map((row) => {
      const head = { stream: jobStream(row.id), version: row.version, hash: row.stream_hash }
      return [row.id, { state: jobFrom(row), head }]
    }),
  )
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

function jobValues({ state: job, head }: SavedJob): Value[] {
  invariant(job.version === head.version, `the job ${job.id} has another version than its stream`)
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
    head.hash,
  ]
}
