import type { Reader, Unit, Value } from '#platform/database'
import { overwriteMany, rowsIn, runIn, runInLater } from './bulk.ts'

/** Where a task runs: on the loop of its executor, or in a worker that can be killed. */
export type Place = 'loop' | 'worker'

/** A row of `queue`: an open execution, and what its next write needs. */
export interface QueueRow {
  readonly execution_id: string
  readonly job_id: string
  /** Who runs it; '' while it waits for somebody, PARKED while a limit holds it, NOBODY while nobody may run it. */
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
  /** When something is to happen to it if nobody does anything. */
  readonly timer_at: number | null
  /** Since when it waits behind others of its job; null once it was admitted. */
  readonly waiting_since: number | null
  /** When the running attempt was heard of last. It is written by itself, and not with the rest. */
  readonly heartbeat_at?: number | null
  /** Somebody wants its end. */
  readonly cancel: 'ASKED' | null
  /** What has the least is given out first, and within it what has the least tag. */
  readonly priority_rank: number
  readonly fair_tag: number
}

/** Stands for the executor of what is in back-off, waits behind others, or is in an operator's hands. */
export const NOBODY = '-'

/** Stands for the executor of what is queued and held by a limit: `flow_waits` says by which. */
export const PARKED = '~'

const CHANGING = [
  ...['executor_id', 'epoch', 'version', 'hash', 'sent_version', 'timer_at', 'cancel', 'waiting_since'],
  'fair_tag',
]
const COLUMNS = [...['execution_id', 'job_id', 'place', 'correlation_id', 'trace_parent', 'priority_rank'], ...CHANGING]

/** Adds executions that are open now. */
export async function enqueue(unit: Unit, rows: readonly QueueRow[]): Promise<void> {
  if (rows.length > 0) await unit.insertLater('queue', COLUMNS, rows.map(valuesOf))
}

/** Overwrites the rows of executions that are still open. */
export async function updateQueue(unit: Unit, rows: readonly QueueRow[]): Promise<void> {
  await overwriteMany(unit, { name: 'queue', key: ['execution_id'], columns: COLUMNS }, CHANGING, rows.map(valuesOf))
}

/** Sets when something is to happen to executions. */
export async function setTimers(
  unit: Unit,
  timers: readonly { readonly executionId: string; readonly atMs: number | null }[],
): Promise<void> {
  for (const { executionId, atMs } of timers) {
    await unit.runLater('update queue set timer_at = ? where execution_id = ?', [atMs, executionId])
  }
}

/** Writes down that running attempts were heard of. Their timers find it when they are due. */
export async function noteHeartbeats(unit: Unit, executionIds: readonly string[]): Promise<void> {
  const set = `update queue set heartbeat_at = ${unit.now.getTime()} where execution_id`
  await runIn(unit, set, executionIds)
}

/** Drops executions that have ended. */
export async function dequeue(unit: Unit, executionIds: readonly string[]): Promise<void> {
  await runInLater(unit, 'delete from queue where execution_id', executionIds)
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
  const { executor_id, epoch, version, hash, sent_version, timer_at, cancel, waiting_since } = row
  const changing = [executor_id, epoch, version, hash, sent_version, timer_at, cancel, waiting_since, row.fair_tag]
  const place = [row.execution_id, row.job_id, row.place, row.correlation_id, row.trace_parent]
  return [...place, row.priority_rank, ...changing]
}
