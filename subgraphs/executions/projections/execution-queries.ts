import type { Compilable } from 'kysely'
import type { Database, Reader } from '#platform/database'
import type { Execution, ExecutionStatus } from '../domain/execution.ts'
import { rowsIn } from './bulk.ts'
import { type ExecutionRow, executionOf } from './executions.ts'

/** Which executions of the caller's workspaces. */
export interface ExecutionSelection {
  readonly workspaceIds: readonly string[]
  readonly jobId?: string | undefined
  readonly statuses?: readonly ExecutionStatus[] | undefined
}

/** The statuses of what may still come to something. */
export const OPEN_STATUSES: readonly ExecutionStatus[] = ['QUEUED', 'WAITING', 'RUNNING', 'RETRYING', 'HELD']

/** Executions by their ids, those of the given workspaces only. */
export async function findExecutions(
  reader: Reader,
  workspaceIds: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Execution>> {
  if (workspaceIds.length === 0) return new Map()
  const within = `and workspace_id in (${workspaceIds.map(() => '?').join(', ')})`
  const rows = await rowsIn<ExecutionRow>(reader, 'select * from executions where id', ids, {
    sql: within,
    params: workspaceIds,
  })
  return new Map(rows.map((row) => [row.id, executionOf(row)]))
}

/** The newest first, from before an id; at most `limit`. */
export async function listExecutions(
  database: Database,
  selection: ExecutionSelection,
  beforeId: string | null,
  limit: number,
): Promise<readonly Execution[]> {
  if (isNothing(selection)) return []
  let query = selected(database, selection).selectAll().orderBy('id', 'desc').limit(limit)
  if (beforeId !== null) query = query.where('id', '<', beforeId)
  const rows = await database.reader.query(query as Compilable<ExecutionRow>)
  return rows.map(executionOf)
}

/** How many there are. */
export async function countExecutions(database: Database, selection: ExecutionSelection): Promise<number> {
  if (isNothing(selection)) return 0
  const { builder } = database.dialect
  const query = selected(database, selection).select(builder.fn.countAll().as('total'))
  const [row] = await database.reader.query(query as Compilable<{ total: number }>)
  return row?.total ?? 0
}

const SNAPSHOT_EXECUTIONS_MAX = 100
const OPEN_LOOKED_AT_MAX = 1_000

/** How the executions of a job are now, in the order in which they fired: those that are open, and the newest one. */
export async function jobSnapshot(
  database: Database,
  workspaceIds: readonly string[],
  jobId: string,
): Promise<readonly Execution[]> {
  const { reader } = database
  // Behind one that runs for long there may be any number that were skipped.
  const sql = `select execution_id as id from queue${reader.dialect.alongIndex('queue_job')} where job_id = ? limit ?`
  const open = await reader.all<{ id: string }>(sql, [jobId, OPEN_LOOKED_AT_MAX])
  const ids = open.map(({ id }) => id).sort()
  const found = await findExecutions(reader, workspaceIds, ids.slice(-SNAPSHOT_EXECUTIONS_MAX))
  const newest = await listExecutions(database, { workspaceIds, jobId }, null, 1)
  const all = new Map([...found.values(), ...newest].map((execution) => [execution.id, execution]))
  return [...all.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
}

function isNothing({ workspaceIds, statuses }: ExecutionSelection): boolean {
  return workspaceIds.length === 0 || statuses?.length === 0
}

function selected(database: Database, { workspaceIds, jobId, statuses }: ExecutionSelection) {
  let query = database.dialect.builder.selectFrom('executions').where('workspace_id', 'in', workspaceIds)
  if (jobId !== undefined) query = query.where('job_id', '=', jobId)
  if (statuses !== undefined) query = query.where('status', 'in', statuses)
  return query
}
