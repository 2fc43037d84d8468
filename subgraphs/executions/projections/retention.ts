import type { Reader, Unit } from '#platform/database'
import { policyOf } from '#platform/policy'
import { type Execution, hasEnded } from '../domain/execution.ts'
import { rowsIn, runIn } from './bulk.ts'

/** How long executions are kept after they have ended, and their logs. Null is for ever. */
export interface Spans {
  readonly executionsMs: number | null
  readonly logsMs: number | null
}

/** A row of `retention`: what a workspace asked for, and the place up to which its history was gone through. */
export interface RetentionRow {
  readonly workspace_id: string
  readonly executions_for: number | null
  readonly logs_for: number | null
  readonly executions_at: number
  readonly executions_id: string
  readonly logs_at: number
  readonly logs_id: string
}

const COLUMNS = ['workspace_id', 'executions_at', 'executions_id', 'logs_at', 'logs_id']

/** Makes the rows of workspaces that have none: nothing asked for, nothing gone through. */
export async function insertRetention(unit: Unit, workspaceIds: readonly string[]): Promise<void> {
  const rows = workspaceIds.map((workspaceId) => [workspaceId, 0, '', 0, ''])
  await unit.insertMany('retention', COLUMNS, rows, 'ignore')
}

/** What holds in a workspace: what it asked for, else what the system has. */
export async function spansOf(reader: Reader, workspaceId: string, system: Spans): Promise<Spans> {
  const sql = 'select executions_for, logs_for from retention where workspace_id = ?'
  return spansIn(await reader.get<RetentionRow>(sql, [workspaceId]), system)
}

/** The same, of a row. */
export function spansIn(row: Pick<RetentionRow, 'executions_for' | 'logs_for'> | undefined, system: Spans): Spans {
  return { executionsMs: row?.executions_for ?? system.executionsMs, logsMs: row?.logs_for ?? system.logsMs }
}

/** Notes when executions that have just ended are due, if their jobs have spans of their own. */
export async function keepApart(unit: Unit, executions: readonly Execution[]): Promise<void> {
  const rows = executions.filter(hasEnded).flatMap(({ id, policy, finishedAtMs }) => {
    const { executionsKeptMs, logsKeptMs } = policyOf(policy)
    if (executionsKeptMs === null && logsKeptMs === null) return []
    const after = (spanMs: number | null): number | null => spanMs && (finishedAtMs ?? unit.now.getTime()) + spanMs
    return [[id, after(executionsKeptMs), after(logsKeptMs)]]
  })
  if (rows.length > 0) await unit.insertLater('kept_apart', ['execution_id', 'executions_due', 'logs_due'], rows)
}

/** Which of these executions were deleted. */
export async function buried(reader: Reader, executionIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await rowsIn<{ execution_id: string }>(
    reader,
    'select execution_id from tombstones where execution_id',
    executionIds,
  )
  return new Set(rows.map((row) => row.execution_id))
}

const CHUNKS_A_UNIT = 5_000

/** Deletes what executions logged, in the order of their ids, as much as fits into a unit. @returns whether that was all */
export async function deleteLogs(unit: Unit, executionIds: readonly string[]): Promise<boolean> {
  const chunks = await rowsIn<{ execution_id: string; first_seq: number }>(
    unit,
    'select execution_id, first_seq from log_chunks where execution_id',
    executionIds,
    { sql: 'order by execution_id, first_seq limit ?', params: [CHUNKS_A_UNIT + 1] },
  )
  const first = chunks.slice(0, CHUNKS_A_UNIT)
  const whole = [...new Set(first.map((chunk) => chunk.execution_id))]
  // The last one may have more of them than were read.
  const last = first.length < chunks.length ? first.at(-1) : undefined
  if (last) {
    whole.pop()
    const sql = 'delete from log_chunks where execution_id = ? and first_seq <= ?'
    await unit.run(sql, [last.execution_id, last.first_seq])
  }
  await runIn(unit, 'delete from log_chunks where execution_id', whole)
  if (last) return false
  await runIn(unit, 'update kept_apart set logs_due = null where execution_id', executionIds)
  return true
}

/** The settings of workspaces, and how far each was gone through. Those that were never looked at have none. */
export async function retentionRows(reader: Reader, workspaceIds: readonly string[]) {
  const rows = await rowsIn<RetentionRow>(reader, 'select * from retention where workspace_id', workspaceIds)
  return new Map(rows.map((row) => [row.workspace_id, row]))
}

/** Takes down what a workspace asks for; null is as the system has it. */
export async function writeRetention(
  unit: Unit,
  workspaceId: string,
  { executionsMs, logsMs }: Spans,
  userId: string,
): Promise<void> {
  await insertRetention(unit, [workspaceId])
  await unit.run(
    'update retention set executions_for = ?, logs_for = ?, set_by = ?, set_at = ? where workspace_id = ?',
    [executionsMs, logsMs, userId, unit.now.getTime(), workspaceId],
  )
}
