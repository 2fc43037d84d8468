import type { Reader, Row, Unit, Value } from '#platform/database'
import { recordChanges } from '#platform/projections'
import type { Missed, MissedKind } from '../domain/missed.ts'

/** A missed thing as its row is stored. */
export interface MissedRow extends Row {
  readonly missed_id: string
  readonly workspace_id: string
  readonly job_id: string
  readonly kind: MissedKind
  readonly cause: string
  readonly scheduled_for: number
  readonly through: number
  readonly nominal_count: number
  readonly wall_time: string | null
  readonly reason: string
  readonly detail: string
  readonly job_version: number
  readonly late_by_ms: number | null
  readonly execution_id: string | null
  readonly missed_at: number
}

const COLUMNS = [
  'missed_id',
  'workspace_id',
  'job_id',
  'kind',
  'cause',
  'scheduled_for',
  'through',
  'nominal_count',
  'wall_time',
  'reason',
  'detail',
  'job_version',
  'late_by_ms',
  'execution_id',
  'missed_at',
] as const satisfies readonly (keyof MissedRow)[]

const KEY_LENGTH_MAX = 191
const MISSED_A_STATEMENT = 200

/**
 * Writes down what was missed, and tells those who watch. The same thing of a job (kind, cause, nominal time) is told
 * once, however often it is found and by however many processes.
 *
 * @returns those that are new
 */
export async function recordMissed(unit: Unit, missed: readonly Missed[]): Promise<readonly Missed[]> {
  const fresh: Missed[] = []
  for (let start = 0; start < missed.length; start += MISSED_A_STATEMENT) {
    fresh.push(...(await insertFresh(unit, missed.slice(start, start + MISSED_A_STATEMENT))))
  }
  const changes = fresh.map((each) => ({
    key: `missed:${each.id}`,
    group: missedIn(each.workspaceId),
    version: 1,
    state: JSON.stringify(rowOf(each)),
  }))
  await recordChanges(unit, changes)
  await unit.append(
    'missed_feed',
    ['job_id', 'subject'],
    fresh.map((each) => [each.jobId, missedSubject(each)]),
  )
  return fresh
}

/** Writes those that are not there. @returns these */
async function insertFresh(unit: Unit, missed: readonly Missed[]): Promise<readonly Missed[]> {
  const inserted = await unit.insertMany('missed', [...COLUMNS, 'subject'], missed.map(valuesOf), 'ignore')
  if (inserted === missed.length) return missed
  const same = missed.map(() => '(job_id = ? and subject = ?)').join(' or ')
  const params = missed.flatMap((each) => [each.jobId, missedSubject(each)])
  const rows = await unit.all<Pick<MissedRow, 'missed_id'>>(`select missed_id from missed where ${same}`, params)
  const ids = new Set(rows.map(({ missed_id }) => missed_id))
  return missed.filter(({ id }) => ids.has(id))
}

/** The group of changes under which watchers are told of what is missed in a workspace. */
export function missedIn(workspaceId: string): string {
  return `missed:${workspaceId}`
}

/** A missed thing as a change carries it. */
export function missedOfChange(state: string): Missed {
  return missedFrom(JSON.parse(state) as MissedRow)
}

/** One missed thing, with its place in the order of commits. */
export interface PlacedMissed {
  readonly position: number
  readonly missed: Missed
}

/**
 * What was missed after a place and is not dropped from the feed, in the order in which it was committed: whoever reads on
 * from the last place misses none. For whoever may see all workspaces.
 */
export async function missedAfter(reader: Reader, position: number, limit: number): Promise<readonly PlacedMissed[]> {
  const sql = `select position, missed.* from missed_feed
    join missed on missed.job_id = missed_feed.job_id and missed.subject = missed_feed.subject
    where position > ? order by position limit ?`
  const rows = await reader.all<MissedRow & { readonly position: number }>(sql, [position, limit])
  return rows.map((row) => ({ position: row.position, missed: missedFrom(row) }))
}

/** Drops what everybody has read, up to a place. */
export async function dropReadMissed(unit: Unit, through: number): Promise<void> {
  await unit.runLater('delete from missed_feed where position <= ?', [through])
}

function missedFrom(row: MissedRow): Missed {
  return {
    id: row.missed_id,
    workspaceId: row.workspace_id,
    jobId: row.job_id,
    kind: row.kind,
    cause: row.cause,
    scheduledFor: new Date(row.scheduled_for),
    through: new Date(row.through),
    count: row.nominal_count,
    wallTime: row.wall_time,
    reason: row.reason,
    detail: row.detail,
    jobVersion: row.job_version,
    lateByMs: row.late_by_ms,
    executionId: row.execution_id,
    at: new Date(row.missed_at),
  }
}

function rowOf(missed: Missed): MissedRow {
  return {
    missed_id: missed.id,
    workspace_id: missed.workspaceId,
    job_id: missed.jobId,
    kind: missed.kind,
    cause: missed.cause,
    scheduled_for: missed.scheduledFor.getTime(),
    through: missed.through.getTime(),
    nominal_count: missed.count,
    wall_time: missed.wallTime,
    reason: missed.reason,
    detail: missed.detail,
    job_version: missed.jobVersion,
    late_by_ms: missed.lateByMs,
    execution_id: missed.executionId,
    missed_at: missed.at.getTime(),
  }
}

function valuesOf(missed: Missed): Value[] {
  const row = rowOf(missed)
  return [...COLUMNS.map((column) => row[column]), missedSubject(missed)]
}

/** What makes a missed thing of a job the same one when it is told again. */
export function missedSubject({
  kind,
  scheduledFor,
  wallTime,
  cause,
}: Pick<Missed, 'kind' | 'scheduledFor' | 'wallTime' | 'cause'>): string {
  // Of the times of one gap of the clocks all have one instant: the wall time tells them apart.
  return `${kind}:${scheduledFor.getTime()}:${wallTime ?? ''}:${cause}`.slice(0, KEY_LENGTH_MAX)
}
