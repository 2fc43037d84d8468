import type { Reader, Unit, Value } from '#platform/database'
import { overwriteMany, rowsIn, runIn } from './bulk.ts'

/** Where a task runs: on the loop of its executor, or in a worker that can be killed. */
export type Place = 'loop' | 'worker'

/** A row of `queue`: an open execution, and what its next write needs. */
export interface QueueRow {
  readonly execution_id: string
  /** Who runs it; '' while it waits. */
  readonly executor_id: string
  readonly place: Place
  /** The number of its latest attempt, 0 before the first. Only who holds it may write. */
  readonly epoch: number
  /** The head of its stream: version and hash. */
  readonly version: number
  readonly hash: string
  /** The version that was last sent to `execution-events`. */
  readonly sent_version: number
  readonly correlation_id: string
  /** The W3C trace context in which it was fired, if any. */
  readonly trace_parent: string | null
}

const CHANGING = ['executor_id', 'epoch', 'version', 'hash', 'sent_version']
const COLUMNS = ['execution_id', 'place', 'correlation_id', 'trace_parent', ...CHANGING]

/** Adds executions that are open now. */
export async function enqueue(unit: Unit, rows: readonly QueueRow[]): Promise<void> {
  if (rows.length > 0) await unit.insertMany('queue', COLUMNS, rows.map(valuesOf))
}

/** Overwrites the rows of executions that are still open. */
export async function updateQueue(unit: Unit, rows: readonly QueueRow[]): Promise<void> {
  await overwriteMany(unit, { name: 'queue', key: ['execution_id'], columns: COLUMNS }, CHANGING, rows.map(valuesOf))
}

/** Drops executions that have ended. */
export async function dequeue(unit: Unit, executionIds: readonly string[]): Promise<void> {
  await runIn(unit, 'delete from queue where execution_id', executionIds)
}

/** The rows of the given executions that are still open, held until the unit commits. */
export async function queueRows(unit: Unit, executionIds: readonly string[]): Promise<ReadonlyMap<string, QueueRow>> {
  const rows = await rowsIn<QueueRow>(unit, 'select * from queue where execution_id', executionIds, {
    sql: unit.dialect.lockRows,
    params: [],
  })
  return new Map(rows.map((row) => [row.execution_id, row]))
}

/** Whether anything waits for a place. */
export async function isWaiting(reader: Reader, place: Place): Promise<boolean> {
  const sql = `select execution_id from queue where executor_id = '' and place = ? limit 1`
  return (await reader.get(sql, [place])) !== undefined
}

function valuesOf(row: QueueRow): readonly Value[] {
  const { execution_id, place, correlation_id, trace_parent, executor_id, epoch, version, hash, sent_version } = row
  return [execution_id, place, correlation_id, trace_parent, executor_id, epoch, version, hash, sent_version]
}
