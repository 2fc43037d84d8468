import type { Reader, Unit } from '#platform/database'
import { rowsIn } from './bulk.ts'

/** What a task says of how far it is. */
export interface ProgressReport {
  /** From 0 to 100. */
  readonly percent?: number
  readonly step?: string
  readonly message?: string
  /** Any JSON value. */
  readonly data?: unknown
}

/** What the task of an execution said last, when, and in which attempt. */
export interface Progress extends ProgressReport {
  readonly atMs: number
  readonly attempt: number
}

/** A report with whose it is. */
export interface OwnedProgress {
  readonly executionId: string
  readonly workspaceId: string
  readonly attempt: number
  readonly report: ProgressReport
}

interface ProgressRow {
  readonly execution_id: string
  readonly attempt: number
  readonly reported_at: number
  readonly report: string
}

const KEY = ['execution_id']
const COLUMNS = [...KEY, 'workspace_id', 'attempt', 'reported_at', 'report']

/** Writes the last report of each execution. It is no event: it matters only until the next one. */
export async function writeProgress(unit: Unit, reports: readonly OwnedProgress[]): Promise<void> {
  if (reports.length === 0) return
  const atMs = unit.now.getTime()
  const rows = reports.map(({ executionId, workspaceId, attempt, report: { percent, step, message, data } }) => {
    const report = JSON.stringify({ percent, step, message, data })
    return [executionId, workspaceId, attempt, atMs, report]
  })
  await unit.upsertMany('execution_progress', KEY, COLUMNS, rows)
}

/** The last report of each execution that has one, those of the given workspaces only. */
export async function progressOf(
  reader: Reader,
  workspaceIds: readonly string[],
  executionIds: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  if (workspaceIds.length === 0) return new Map()
  const sql = 'select execution_id, attempt, reported_at, report from execution_progress where execution_id'
  const rows = await rowsIn<ProgressRow>(reader, sql, executionIds, {
    sql: `and workspace_id in (${workspaceIds.map(() => '?').join(', ')})`,
    params: workspaceIds,
  })
  return new Map(
    rows.map(({ execution_id, attempt, reported_at, report }) => [
      execution_id,
      { ...(JSON.parse(report) as ProgressReport), attempt, atMs: reported_at },
    ]),
  )
}
