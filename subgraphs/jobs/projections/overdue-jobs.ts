import type { Dialect, Reader } from '#platform/database'
import type { JobStatus } from '../domain/job-status.ts'
import { type JobStatusRow, statusFrom } from './job-status-rows.ts'
import { rowsById } from './rows-by-id.ts'

/** A place in the list of jobs that wait for a time. */
export interface OverduePlace {
  readonly nextFireAtMs: number
  readonly jobId: string
}

const INDEX = 'job_status_next_fire_at'

/** Active jobs whose next nominal time is before an instant, the earliest first, after a place. */
export async function jobsDueBefore(
  reader: Reader,
  before: Date,
  after: OverduePlace,
  limit: number,
): Promise<readonly JobStatus[]> {
  const { nextFireAtMs, jobId } = after
  const params = [before.getTime(), nextFireAtMs, nextFireAtMs, jobId, limit]
  return (await reader.all<JobStatusRow>(dueStatuses(reader.dialect), params)).map(statusFrom)
}

/** The SELECT of those. */
export function dueStatuses({ alongIndex }: Pick<Dialect, 'alongIndex'>): string {
  return `select * from job_status${alongIndex(INDEX)}
    where job_state = 'ACTIVE' and next_fire_at < ? and next_fire_at >= ? and (next_fire_at > ? or job_id > ?)
    order by next_fire_at, job_id limit ?`
}

/** Active jobs without a next nominal time that a scheduler has told of, in the order of their ids. */
export async function jobsWithoutNext(reader: Reader, afterId: string, limit: number): Promise<readonly JobStatus[]> {
  return (await reader.all<JobStatusRow>(statusesWithoutNext(reader.dialect), [afterId, limit])).map(statusFrom)
}

/** The SELECT of those. */
export function statusesWithoutNext({ alongIndex }: Pick<Dialect, 'alongIndex'>): string {
  return `select * from job_status${alongIndex(INDEX)}
    where job_state = 'ACTIVE' and next_fire_at is null and job_id > ? order by job_id limit ?`
}

/** The nominal times of jobs that were told to be overdue, each as `<job id> <ms>`. */
export async function toldOverdue(reader: Reader, jobIds: readonly string[]): Promise<ReadonlySet<string>> {
  const sql = `select job_id, scheduled_for from missed where kind = 'OVERDUE' and job_id in`
  const rows = await rowsById<{ job_id: string; scheduled_for: number }>(reader, sql, [], jobIds)
  return new Set(rows.map(({ job_id, scheduled_for }) => `${job_id} ${scheduled_for}`))
}
