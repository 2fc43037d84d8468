import type { BackfillProgress } from '#avro'
import type { Reader, Row, Unit, Value } from '#platform/database'
import type { Backfill, BackfillState } from '../domain/backfill.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { places, rowsById } from './rows-by-id.ts'

interface BackfillRow extends Row {
  readonly id: string
  readonly workspace_id: string
  readonly job_id: string
  readonly job_version: number
  readonly from_at: number
  readonly to_at: number
  readonly rerun: number
  readonly fires_per_minute_max: number
  readonly requested_at: number
  readonly cancelled_at: number | null
  /** What the scheduler said last; empty before that. */
  readonly told_state: BackfillState | ''
  readonly fired_count: number
  readonly left_out_count: number
}

const COLUMNS = [
  'id',
  'workspace_id',
  'job_id',
  'job_version',
  'from_at',
  'to_at',
  'rerun',
  'fires_per_minute_max',
  'requested_at',
  'cancelled_at',
  'told_state',
  'fired_count',
  'left_out_count',
] as const satisfies readonly (keyof BackfillRow)[]

/** What a job's own event says of backfills. */
export interface BackfillEvent {
  readonly event: JobEvent
  readonly version: number
  readonly workspaceId: string
}

/** Makes backfills follow their jobs' own events. */
export async function addBackfills(unit: Unit, table: string, events: readonly BackfillEvent[]): Promise<void> {
  const requested = events.flatMap(({ event, version, workspaceId }) => {
    if (event.type !== 'JobBackfillRequested') return []
    const { backfillId, jobId, fromMs, toMs, rerun, firesPerMinuteMax, requestedAtMs } = event
    const terms = [fromMs, toMs, rerun ? 1 : 0, firesPerMinuteMax, requestedAtMs]
    return [[backfillId, workspaceId, jobId, version, ...terms, null, '', 0, 0] satisfies Value[]]
  })
  if (requested.length > 0) await unit.insertMany(table, COLUMNS, requested)
  for (const { event, workspaceId } of events) {
    if (event.type !== 'JobBackfillCancelled') continue
    const { backfillId, cancelledAtMs } = event
    const sql = `update ${table} set cancelled_at = ? where id = ? and workspace_id = ?`
    await unit.run(sql, [cancelledAtMs, backfillId, workspaceId])
  }
}

/** What the scheduler said of a backfill. */
export interface ToldProgress {
  readonly jobId: string
  readonly progress: BackfillProgress
}

/** Makes backfills follow what the scheduler says, in the order in which it does. @returns what is of no backfill of its job */
export async function advanceBackfills(
  unit: Unit,
  table: string,
  told: readonly ToldProgress[],
): Promise<readonly ToldProgress[]> {
  if (told.length === 0) return []
  const ids = [...new Set(told.map(({ progress }) => progress.backfillId))]
  const sql = `select * from ${table} where id in`
  const rows = new Map((await rowsById<BackfillRow>(unit, sql, [], ids)).map((row) => [row.id, row]))
  const unknown = told.filter(({ jobId, progress }) => rows.get(progress.backfillId)?.job_id !== jobId)
  if (unknown.length > 0) return unknown
  for (const { progress } of told) {
    const { backfillId, state, firedCount, leftOutCount } = progress
    const row = rows.get(backfillId)
    // A state that is not known here says how far it is all the same.
    const told_state = state === 'UNKNOWN' ? 'RUNNING' : state
    if (row) rows.set(backfillId, { ...row, told_state, fired_count: firedCount, left_out_count: leftOutCount })
  }
  const values = [...rows.values()].map((row) => COLUMNS.map((column) => row[column]))
  await unit.upsertMany(table, ['id'], COLUMNS, values)
  return []
}

/** The backfills of a job, the newest first, before an id. */
export async function backfillsOf(
  reader: Reader,
  workspaceIds: readonly string[],
  jobId: string,
  { beforeId, limit }: { readonly beforeId: string | null; readonly limit: number },
): Promise<readonly Backfill[]> {
  if (workspaceIds.length === 0) return []
  const sql = `select * from backfills where job_id = ? and workspace_id in (${places(workspaceIds)})
    ${beforeId === null ? '' : 'and id < ?'} order by id desc limit ?`
  const params = [jobId, ...workspaceIds, ...(beforeId === null ? [] : [beforeId]), limit]
  return (await reader.all<BackfillRow>(sql, params)).map(backfillFrom)
}

/** One backfill, or nothing when it is of another workspace. */
export async function findBackfill(
  reader: Reader,
  workspaceIds: readonly string[],
  id: string,
): Promise<Backfill | undefined> {
  if (workspaceIds.length === 0) return undefined
  const sql = `select * from backfills where id = ? and workspace_id in (${places(workspaceIds)})`
  const row = await reader.get<BackfillRow>(sql, [id, ...workspaceIds])
  return row && backfillFrom(row)
}

function backfillFrom(row: BackfillRow): Backfill {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    jobId: row.job_id,
    jobVersion: row.job_version,
    from: new Date(row.from_at),
    to: new Date(row.to_at),
    rerun: row.rerun === 1,
    firesPerMinuteMax: row.fires_per_minute_max,
    requestedAt: new Date(row.requested_at),
    state: stateOf(row),
    firedCount: row.fired_count,
    leftOutCount: row.left_out_count,
  }
}

/** One that was cancelled may have been completed before the scheduler heard of it. */
function stateOf({ told_state, cancelled_at }: BackfillRow): BackfillState {
  if (told_state === 'COMPLETED' || told_state === 'CANCELLED') return told_state
  if (cancelled_at !== null) return 'CANCELLED'
  return told_state === '' ? 'REQUESTED' : told_state
}
