import type { Database, Dialect, Reader } from '#platform/database'
import { DomainError } from '#platform/domain'
import type { Job, JobState } from '../domain/job.ts'
import { folded, type JobRow, jobFrom } from './job-rows.ts'
import { jobCountIn } from './jobs.ts'
import { places, rowsById } from './rows-by-id.ts'

/** Which jobs; all when nothing is said. */
export interface JobFilter {
  readonly states?: readonly JobState[] | null | undefined
  readonly jobTypes?: readonly string[] | null | undefined
  /** Part of the name, case ignored. */
  readonly nameContains?: string | null | undefined
}

const NAME_CONTAINS_LENGTH_MAX = 200

/** @throws {DomainError} BAD_USER_INPUT for a filter that asks for too much */
export function checkFilter({ nameContains }: JobFilter): void {
  if ((nameContains?.length ?? 0) <= NAME_CONTAINS_LENGTH_MAX) return
  const message = `nameContains has at most ${NAME_CONTAINS_LENGTH_MAX} characters`
  throw new DomainError('BAD_USER_INPUT', message, { argument: 'filter.nameContains' })
}

/** Jobs by their ids, those of other workspaces left out. */
export async function findJobs(
  reader: Reader,
  workspaceIds: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Job>> {
  if (workspaceIds.length === 0) return new Map()
  const sql = `select * from jobs where workspace_id in (${places(workspaceIds)}) and id in`
  const rows = await rowsById<JobRow>(reader, sql, workspaceIds, ids)
  return new Map(rows.map((row) => [row.id, jobFrom(row)]))
}

/** One job, or nothing when it belongs to another workspace. */
export async function findJob(reader: Reader, workspaceIds: readonly string[], id: string): Promise<Job | undefined> {
  return (await findJobs(reader, workspaceIds, [id])).get(id)
}

/** The newest jobs first, after an id. */
export async function listJobs(
  { reader, dialect }: Pick<Database, 'reader' | 'dialect'>,
  workspaceIds: readonly string[],
  filter: JobFilter,
  { afterId, limit }: { readonly afterId: string | null; readonly limit: number },
): Promise<readonly Job[]> {
  if (letsNothingThrough(workspaceIds, filter)) return []
  let query = filtered(dialect, workspaceIds, filter).selectAll().orderBy('id', 'desc').limit(limit)
  if (afterId !== null) query = query.where('id', '<', afterId)
  const rows = await reader.query(query)
  return (rows as JobRow[]).map(jobFrom)
}

/** How many jobs a filter lets through. */
export async function countJobs(
  { reader, dialect }: Pick<Database, 'reader' | 'dialect'>,
  workspaceIds: readonly string[],
  filter: JobFilter,
): Promise<number> {
  if (letsNothingThrough(workspaceIds, filter)) return 0
  if (!filter.states && !filter.jobTypes && !filter.nameContains) {
    let total = 0
    for (const workspaceId of workspaceIds) total += await jobCountIn(reader, workspaceId)
    return total
  }
  const query = filtered(dialect, workspaceIds, filter).select((expression) => expression.fn.countAll().as('total'))
  const [row] = await reader.query(query)
  return Number((row as { total: number } | undefined)?.total ?? 0)
}

/** An empty list in a WHERE is no SQL. */
function letsNothingThrough(workspaceIds: readonly string[], { states, jobTypes }: JobFilter): boolean {
  return workspaceIds.length === 0 || states?.length === 0 || jobTypes?.length === 0
}

function filtered({ builder }: Dialect, workspaceIds: readonly string[], filter: JobFilter) {
  let query = builder.selectFrom('jobs').where('workspace_id', 'in', workspaceIds)
  if (filter.states) query = query.where('state', 'in', filter.states)
  if (filter.jobTypes) query = query.where('job_type', 'in', filter.jobTypes)
  if (filter.nameContains) {
    const part = folded(filter.nameContains)
    query = query.where((expression) => expression.fn('instr', ['name_folded', expression.val(part)]), '>', 0)
  }
  return query
}
