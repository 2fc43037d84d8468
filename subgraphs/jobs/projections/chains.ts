import type { Reader, Unit } from '#platform/database'
import type { ChainLink } from '../domain/after-job.ts'
import type { Job, JobState } from '../domain/job.ts'
import { type JobRow, type SavedJob, savedById } from './job-rows.ts'
import { places, rowsById } from './rows-by-id.ts'

/** A job, and the one that it follows. */
export interface LinkedJob extends ChainLink {
  readonly state: JobState
  readonly afterJobId: string | null
}

/** Lets nobody else change the chains of a workspace until the unit commits: what is read after this stays so. */
export async function lockChains(unit: Unit, workspaceId: string): Promise<void> {
  const sql = `select job_count from workspace_jobs where workspace_id = ?${unit.dialect.lockRows}`
  await unit.get(sql, [workspaceId])
}

/** One job of a workspace as a link. */
export async function linkedJob(reader: Reader, workspaceId: string, id: string): Promise<LinkedJob | undefined> {
  const row = await reader.get<Pick<JobRow, 'id' | 'name' | 'state' | 'after_job_id'>>(
    'select id, name, state, after_job_id from jobs where workspace_id = ? and id = ?',
    [workspaceId, id],
  )
  return row && { id: row.id, name: row.name, state: row.state, afterJobId: row.after_job_id }
}

/** The jobs that follow others, by the ids of these, each list in one order. */
export async function followersOf(
  reader: Reader,
  workspaceIds: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly SavedJob[]>> {
  if (workspaceIds.length === 0) return new Map()
  const sql = `select * from jobs${reader.dialect.alongIndex('jobs_after_job')}
    where workspace_id in (${places(workspaceIds)}) and after_job_id in`
  const rows = await rowsById<JobRow>(reader, sql, workspaceIds, ids)
  return Map.groupBy(
    [...savedById(rows).values()].sort((one, other) => (one.state.id < other.state.id ? -1 : 1)),
    ({ state }) => state.afterJob?.jobId ?? '',
  )
}

/** The same as the graph shows them. */
export async function findFollowers(
  reader: Reader,
  workspaceIds: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Job[]>> {
  const followers = await followersOf(reader, workspaceIds, ids)
  return new Map([...followers].map(([id, jobs]) => [id, jobs.map(({ state }) => state)]))
}
