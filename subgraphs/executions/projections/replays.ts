import type { Dialect, Reader, Unit, Value } from '#platform/database'
import { recordChanges } from '#platform/projections'
import { replayKey } from '../change-keys.ts'
import type { ExecutionStatus } from '../domain/execution.ts'
import type { Replay, ReplayRequest, ReplayState } from '../domain/replay.ts'

/** A row of `replays`. */
export interface ReplayRow {
  readonly workspace_id: string
  readonly id: string
  /** JSON text of a `ReplayRequest`. */
  readonly request: string
  readonly requested_by: string
  readonly requested_at: number
  readonly per_minute_max: number
  readonly selected_count: number
  readonly state: ReplayState
  readonly reached: string
  readonly queued_count: number
  readonly outcomes: string
  readonly due_at: number | null
  readonly ended_at: number | null
  readonly version: number
}

const CHANGING = ['state', 'reached', 'queued_count', 'outcomes', 'due_at', 'ended_at', 'version'] as const
const COLUMNS = [
  'workspace_id',
  'id',
  'request',
  'requested_by',
  'requested_at',
  'per_minute_max',
  'selected_count',
  ...CHANGING,
] as const

/** Adds a replay with nothing queued. @returns false when one of its name is there already */
export async function insertReplay(unit: Unit, replay: Replay & { readonly id: string }): Promise<boolean> {
  const { executionsPerMinuteMax, selectedCount, requestedAtMs } = replay
  const request = requestText(replay)
  const asked = [request, replay.requestedBy, requestedAtMs, executionsPerMinuteMax, selectedCount]
  const dueAtMs = selectedCount > 0 ? requestedAtMs : null
  const row = [replay.workspaceId, replay.id, ...asked, replay.state, '', 0, '[]', dueAtMs, replay.endedAtMs, 1]
  return (await unit.insertMany('replays', COLUMNS, [row], 'ignore')) === 1
}

/** A wish as text: equal wishes are equal texts. */
export function requestText({ filter, params, overlap, executionsPerMinuteMax }: ReplayRequest): string {
  return JSON.stringify({ filter, params, overlap, executionsPerMinuteMax })
}

/** Overwrites how far a replay is, and tells those who watch it. */
export async function updateReplay(unit: Unit, row: ReplayRow): Promise<void> {
  const set = CHANGING.map((column) => `${column} = ?`).join(', ')
  const values = CHANGING.map((column): Value => row[column])
  await unit.run(`update replays set ${set} where workspace_id = ? and id = ?`, [...values, row.workspace_id, row.id])
  const key = replayKey(row.workspace_id, row.id)
  await recordChanges(unit, [{ key, version: row.version, state: JSON.stringify(replayOf(row)) }])
}

/** Sets when a replay is looked at again, and after what: nothing of it has changed for those who watch it. */
export async function postponeReplay(unit: Unit, { workspace_id, id, reached, due_at }: ReplayRow): Promise<void> {
  const sql = 'update replays set reached = ?, due_at = ? where workspace_id = ? and id = ?'
  await unit.run(sql, [reached, due_at, workspace_id, id])
}

/** The replay of a row. */
export function replayOf(row: ReplayRow): Replay {
  return {
    ...(JSON.parse(row.request) as ReplayRequest),
    id: row.id,
    workspaceId: row.workspace_id,
    requestedBy: row.requested_by,
    requestedAtMs: row.requested_at,
    state: row.state,
    selectedCount: row.selected_count,
    queuedCount: row.queued_count,
    outcomes: JSON.parse(row.outcomes) as Replay['outcomes'],
    endedAtMs: row.ended_at,
    version: row.version,
  }
}

/** A replay by its id; with a unit it is held until that commits. */
export async function findReplay(
  reader: Reader,
  workspaceIds: readonly string[],
  id: string,
  lock = '',
): Promise<ReplayRow | undefined> {
  if (workspaceIds.length === 0) return undefined
  const within = workspaceIds.map(() => '?').join(', ')
  const sql = `select * from replays where workspace_id in (${within}) and id = ? order by workspace_id limit 1${lock}`
  return reader.get<ReplayRow>(sql, [...workspaceIds, id])
}

/** The newest replays of a workspace, from before one; at most `limit`. */
export async function listReplays(
  { reader, dialect }: { readonly reader: Reader; readonly dialect: Dialect },
  workspaceIds: readonly string[],
  before: { readonly requestedAtMs: number; readonly id: string } | null,
  limit: number,
): Promise<readonly Replay[]> {
  if (workspaceIds.length === 0) return []
  let query = dialect.builder
    .selectFrom('replays')
    .selectAll()
    .where('workspace_id', 'in', workspaceIds)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (before) {
    const { requestedAtMs, id } = before
    query = query.where(({ eb, or, and }) =>
      or([eb('requested_at', '<', requestedAtMs), and([eb('requested_at', '=', requestedAtMs), eb('id', '<', id)])]),
    )
  }
  const rows = await reader.query(query)
  return (rows as unknown as readonly ReplayRow[]).map(replayOf)
}

/** What selects replays that are due by an instant, along their index. */
export function dueReplays(dialect: Dialect): string {
  return `select * from replays${dialect.alongIndex('replays_due')} where due_at <= ? order by due_at limit ?`
}

/** The statuses of what a replay has queued; what was deleted since counts by its end. */
export async function replayOutcomes(
  reader: Reader,
  { workspace_id, id }: Pick<ReplayRow, 'workspace_id' | 'id'>,
  queuedCount: number,
): Promise<Replay['outcomes']> {
  const key = [workspace_id, id]
  const countsIn = async (table: string, params: readonly Value[]): Promise<Replay['outcomes']> => {
    const sql = `select status, count(*) as count from (${table}) as them group by status order by status`
    const rows = await reader.all<{ status: ExecutionStatus; count: number }>(sql, params)
    return rows.map(({ status, count }) => ({ status, count: Number(count) }))
  }
  const kept = await countsIn(KEPT_OF_REPLAY, key)
  if (kept.reduce((total, { count }) => total + count, 0) >= queuedCount) return kept
  // In one statement, so that what is being deleted is counted once.
  return countsIn(`${KEPT_OF_REPLAY} union all ${DELETED_OF_REPLAY}`, [...key, ...key])
}

const KEPT_OF_REPLAY = `select e.status as status from replay_items i join executions e on e.id = i.execution_id
  where i.workspace_id = ? and i.replay_id = ?`
const DELETED_OF_REPLAY = `select t.status as status from replay_items i join tombstones t on t.execution_id = i.execution_id
  where i.workspace_id = ? and i.replay_id = ?`
