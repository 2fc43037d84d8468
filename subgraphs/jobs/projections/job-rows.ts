import type { Reader, Row, Unit, Value } from '#platform/database'
import { invariant } from '#platform/domain'
import type { StreamHead } from '#platform/event-store'
import { DEFAULT_POLICY } from '#platform/policy'
import { defaultTimingOptions, type TimingOptions } from '#platform/schedule'
import type { AfterJobOn } from '../domain/after-job.ts'
import { isSameTiming } from '../domain/decide-job.ts'
import { type Archive, type Job, type JobState, jobStream, type Pause } from '../domain/job.ts'
import type { PauseReason } from '../domain/job-event.ts'
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
  /** JSON; null is the default, also for rows of before it was kept. The same holds for `policy`. */
  readonly timing: string | null
  readonly policy: string | null
  readonly pause_on_failures: number | null
  readonly pause_since: number | null
  readonly pause_until: number | null
  readonly pause_note: string | null
  readonly pause_by: string | null
  readonly pause_reason: PauseReason | null
  readonly after_job_id: string | null
  readonly after_job_on: AfterJobOn | null
  /** JSON. */
  readonly archive_terms: string | null
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
  'timing',
  'policy',
  'pause_on_failures',
  'pause_since',
  'pause_until',
  'pause_note',
  'pause_by',
  'pause_reason',
  'after_job_id',
  'after_job_on',
  'archive_terms',
] as const satisfies readonly (keyof JobRow)[]

/** Writes the rows of new jobs. */
export async function insertJobs(unit: Unit, table: string, jobs: readonly SavedJob[]): Promise<void> {
  await unit.insertLater(table, COLUMNS, jobs.map(jobValues))
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

/** Jobs out of rows, each with the head of its stream. */
export function savedById(rows: readonly JobRow[]): Map<string, SavedJob> {
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
    timing: row.timing === null ? defaultTimingOptions : (JSON.parse(row.timing) as TimingOptions),
    state: row.state,
    pause: pauseFrom(row),
    pauseOnFailures: row.pause_on_failures,
    policy: row.policy ?? DEFAULT_POLICY,
    afterJob: row.after_job_id && row.after_job_on ? { jobId: row.after_job_id, on: row.after_job_on } : null,
    archive: row.archive_terms ? archiveFrom(row.archive_terms) : null,
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
    isSameTiming(job.timing, defaultTimingOptions) ? null : JSON.stringify(job.timing),
    job.policy === DEFAULT_POLICY ? null : job.policy,
    job.pauseOnFailures,
    ...pauseValues(job.pause),
    job.afterJob?.jobId ?? null,
    job.afterJob?.on ?? null,
    job.archive && JSON.stringify(job.archive),
  ]
}

function pauseValues(pause: Pause | null): Value[] {
  if (pause === null) return [null, null, null, null, null]
  const { since, until, note, by, reason } = pause
  return [since.getTime(), until?.getTime() ?? null, note, by, reason]
}

function archiveFrom(json: string): Archive {
  const { at, by, executions, openCount } = JSON.parse(json) as Archive
  return { at: new Date(at), by, executions, openCount }
}

function pauseFrom(row: JobRow): Pause | null {
  const { state, pause_since: since, pause_until: until } = row
  if (state !== 'PAUSED' || since === null) return null
  return {
    since: new Date(since),
    until: until === null ? null : new Date(until),
    note: row.pause_note,
    by: row.pause_by ?? '',
    reason: row.pause_reason ?? 'ASKED',
  }
}
