import type { Unit, Value } from '#platform/database'
import type { StoredEvent } from '#platform/event-store'
import type { Projection } from '#platform/projections'
import type { FiredOccurrence, ScheduleAdvanced, SkippedOccurrences } from '../domain/schedule-advanced.ts'

const KEY = ['job_id', 'cause', 'nominal_at', 'wall_key'] as const
const COLUMNS = [
  ...KEY,
  'through_at',
  'slot_count',
  'workspace_id',
  'outcome',
  'reason',
  'detail',
  'execution_id',
  'job_version',
  'decided_at',
  'effective_at',
  'is_late',
  'wall_time',
] as const

/** What `occurrences` needs of an event. */
export type Advance = Pick<StoredEvent<ScheduleAdvanced>, 'event' | 'workspaceId' | 'recordedAt'>

/**
 * The ledger: each nominal time that was decided, with what became of it. Those in a row that were skipped for one reason
 * are one row.
 */
export const occurrences: Projection<ScheduleAdvanced> = {
  name: 'occurrences',
  tables: [{ name: 'occurrences', keyColumns: KEY }],
  apply: (unit, events, into) => insertOccurrences(unit, events, into('occurrences')),
}

/** Writes down what was decided. @throws {UniqueViolationError} when one of it was decided before */
export async function insertOccurrences(
  unit: Unit,
  advances: readonly Advance[],
  table = 'occurrences',
): Promise<void> {
  const rows: Value[][] = []
  const longer: { readonly event: ScheduleAdvanced; readonly skipped: SkippedOccurrences; readonly atMs: number }[] = []
  for (const { event, workspaceId, recordedAt } of advances) {
    const atMs = recordedAt.getTime()
    for (const fired of event.fired) rows.push(firedRow(event, fired, workspaceId, atMs))
    for (const skipped of event.skipped ?? []) {
      if (skipped.continuesMs === undefined) rows.push(skippedRow(event, skipped, workspaceId, atMs))
      else longer.push({ event, skipped, atMs })
    }
  }
  await unit.insertMany(table, COLUMNS, rows)
  for (const { event, skipped, atMs } of longer) await lengthen(unit, table, event, skipped, atMs)
}

/** What fired of a job in a time, by its schedule or a backfill. Its parameters: the job, and after and up to when. */
const FIRED_BETWEEN = `select nominal_at from occurrences where job_id = ?
  and (cause = 'schedule' or cause like 'backfill:%') and nominal_at > ? and nominal_at <= ? and outcome = 'FIRED'`

/** The nominal times that fired in (`from`, `through`], by the schedule or a backfill, in milliseconds. */
export async function firedBetween(unit: Unit, jobId: string, from: Date, through: Date): Promise<ReadonlySet<number>> {
  const rows = await unit.all<{ nominal_at: number }>(FIRED_BETWEEN, [jobId, from.getTime(), through.getTime()])
  return new Set(rows.map(({ nominal_at }) => nominal_at))
}

function firedRow({ jobId }: ScheduleAdvanced, fired: FiredOccurrence, workspaceId: string, atMs: number): Value[] {
  const { cause, nominalAtMs, executionId, jobVersion, effectiveAtMs = null, isLate = false, wallTime = null } = fired
  const row: Value[] = [jobId, cause, nominalAtMs, '', nominalAtMs, 1]
  row.push(workspaceId, 'FIRED', null, null, executionId, jobVersion, atMs, effectiveAtMs, isLate ? 1 : 0, wallTime)
  return row
}

function skippedRow(
  { jobId }: ScheduleAdvanced,
  skipped: SkippedOccurrences,
  workspaceId: string,
  atMs: number,
): Value[] {
  const { cause, fromMs, throughMs, count, outcome, reason, detail, jobVersion, wallTime } = skipped
  // Two wall times that never were may share the moment at which the clocks jumped with one that was.
  const row: Value[] = [jobId, cause, fromMs, wallTime ?? '', throughMs, count]
  row.push(workspaceId, outcome, reason, detail, null, jobVersion, atMs, null, 0, wallTime)
  return row
}

async function lengthen(
  unit: Unit,
  table: string,
  { jobId }: ScheduleAdvanced,
  { cause, continuesMs = 0, throughMs, count }: SkippedOccurrences,
  atMs: number,
): Promise<void> {
  const sql = `update ${table} set through_at = ?, slot_count = slot_count + ?, decided_at = ?
    where job_id = ? and cause = ? and nominal_at = ? and wall_key = ''`
  await unit.run(sql, [throughMs, count, atMs, jobId, cause, continuesMs])
}
