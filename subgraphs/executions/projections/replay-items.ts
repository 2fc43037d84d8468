import type { Compilable } from 'kysely'
import type { Database, Reader, Row, Unit } from '#platform/database'
import type { Replay, ReplayFilter } from '../domain/replay.ts'
import type { JobDefinition } from './job-definitions.ts'

const CAUSE_KIND = /^[a-z]+:$/
const OPEN_REPEATS_MAX = 100

/** The executions of a workspace that a filter selects, in the order in which they were queued; at most `limit` ids. */
export async function selectEnded(
  reader: Reader,
  { builder }: Database['dialect'],
  workspaceId: string,
  { jobId, statuses, fromMs, toMs, cause, errorCode, rerun }: ReplayFilter,
  limit: number,
): Promise<readonly { readonly id: string; readonly job_id: string }[]> {
  let query = builder
    .selectFrom('executions')
    .select(['id', 'job_id'])
    .where('workspace_id', '=', workspaceId)
    .where('status', 'in', statuses)
    .orderBy('id')
    .limit(limit)
  if (jobId !== null) query = query.where('job_id', '=', jobId)
  if (fromMs !== null) query = query.where('finished_at', '>=', fromMs)
  if (toMs !== null) query = query.where('finished_at', '<', toMs)
  if (cause !== null && CAUSE_KIND.test(cause)) query = query.where('cause', 'like', `${cause}%`)
  else if (cause !== null) query = query.where('cause', '=', cause)
  if (errorCode !== null) query = query.where('error_code', '=', errorCode)
  if (!rerun) {
    query = query.where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('repeats').select('execution_id').whereRef('origin_id', '=', 'executions.id'))),
    )
  }
  return reader.query(query as Compilable<{ id: string; job_id: string }>)
}

type ReplayKey = Pick<Replay, 'workspaceId'> & { readonly id: string }

/** Fixes what a replay runs again. */
export async function insertItems(
  unit: Unit,
  { workspaceId, id }: ReplayKey,
  originIds: readonly string[],
): Promise<void> {
  const rows = originIds.map((originId) => [workspaceId, id, originId])
  await unit.insertMany('replay_items', ['workspace_id', 'replay_id', 'origin_id'], rows)
}

/** Fixes by which definitions a replay runs jobs. */
export async function insertReplayJobs(
  unit: Unit,
  { workspaceId, id }: ReplayKey,
  definitions: readonly JobDefinition[],
): Promise<void> {
  const columns = ['workspace_id', 'replay_id', 'job_id', 'version', 'job_type', 'params', 'policy']
  const rows = definitions.map(({ jobId, version, jobType, params, policy }) => [
    ...[workspaceId, id],
    ...[jobId, version, jobType, params, policy],
  ])
  await unit.insertMany('replay_jobs', columns, rows)
}

/** The definitions by which a replay runs jobs, by job; none of a replay by the original ones. */
export async function replayJobs(
  reader: Reader,
  { workspaceId, id }: ReplayKey,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, Pick<JobDefinition, 'version' | 'jobType' | 'params' | 'policy'>>> {
  const found = new Map<string, Pick<JobDefinition, 'version' | 'jobType' | 'params' | 'policy'>>()
  for (const jobId of new Set(jobIds)) {
    const row = await reader.get<Row>(
      'select version, job_type, params, policy from replay_jobs where workspace_id = ? and replay_id = ? and job_id = ?',
      [workspaceId, id, jobId],
    )
    if (!row) continue
    const [jobType, params, policy] = [String(row.job_type), String(row.params), String(row.policy)]
    found.set(jobId, { version: Number(row.version), jobType, params, policy })
  }
  return found
}

/** One of a replay's set, and what it was run again as, if it was. */
export interface ReplayItem {
  readonly origin_id: string
  readonly execution_id: string | null
}

/** The set of a replay after one of it, in the order in which it is run; at most `limit`. */
export function itemsAfter(
  reader: Reader,
  { workspaceId, id }: ReplayKey,
  afterOriginId: string,
  limit: number,
  { queuedOnly = false } = {},
): Promise<readonly ReplayItem[]> {
  return reader.all<ReplayItem & Row>(
    `select origin_id, execution_id from replay_items where workspace_id = ? and replay_id = ? and origin_id > ?
     ${queuedOnly ? 'and execution_id is not null' : ''} order by origin_id limit ?`,
    [workspaceId, id, afterOriginId, limit],
  )
}

/** Notes what executions were run again as. */
export async function noteRepeats(
  unit: Unit,
  repeats: readonly { readonly originId: string; readonly executionId: string }[],
): Promise<void> {
  const rows = repeats.map(({ originId, executionId }) => [originId, executionId])
  await unit.insertMany('repeats', ['origin_id', 'execution_id'], rows)
}

/** Notes the same for the set of a replay. */
export async function noteItems(
  unit: Unit,
  { workspaceId, id }: ReplayKey,
  repeats: readonly { readonly originId: string; readonly executionId: string }[],
): Promise<void> {
  const columns = ['workspace_id', 'replay_id', 'origin_id', 'execution_id']
  const rows = repeats.map(({ originId, executionId }) => [workspaceId, id, originId, executionId])
  await unit.upsertMany('replay_items', ['workspace_id', 'replay_id', 'origin_id'], columns, rows)
}

/** The executions that retries of another one have queued and that are open, the oldest first. */
export async function openRepeats(reader: Reader, originId: string): Promise<readonly string[]> {
  const rows = await reader.all<{ execution_id: string }>(
    `select r.execution_id from repeats r join queue q on q.execution_id = r.execution_id
     where r.origin_id = ? order by r.execution_id limit ?`,
    [originId, OPEN_REPEATS_MAX],
  )
  return rows.map(({ execution_id }) => execution_id)
}
