import { type ExecutionRow, executionOf } from '../projections/executions.ts'
import { lastSeqs } from '../projections/logs.ts'
import { isWaiting, type Place, type QueueRow } from '../projections/queue.ts'
import { isTrusted } from './leases.ts'
import { type Claim, type CommandPorts, claimOf } from './ports.ts'
import { decideAll, loadedOf, record } from './record.ts'

/** A row of `executions` with what its next write needs from `queue`. */
export type OpenRow = ExecutionRow &
  Pick<QueueRow, 'place' | 'hash' | 'sent_version' | 'correlation_id' | 'trace_parent'>

/** What selects open executions, up to its WHERE. */
export const OPEN_ROWS = `select q.place, q.hash, q.sent_version, q.correlation_id, q.trace_parent, e.*
  from queue q join executions e on e.id = q.execution_id`

/**
 * Gives an executor what has waited longest for a place, at most `limit`. The attempts are committed as started before
 * this resolves, so whoever runs them holds them.
 */
export async function claim(
  ports: CommandPorts,
  executorId: string,
  place: Place,
  limit: number,
): Promise<readonly Claim[]> {
  const { database } = ports
  // A look costs no transaction.
  if (limit <= 0 || !(await isWaiting(database.reader, place))) return []
  const sql = `${OPEN_ROWS} where q.executor_id = '' and q.place = ? order by q.execution_id limit ?`
  return database.claim<OpenRow, readonly Claim[]>({ sql, params: [place, limit] }, async (unit, rows) => {
    if (!(await isTrusted(unit, executorId))) return []
    const atMs = unit.now.getTime()
    const decisions = rows
      .map((row) => decideAll(loadedOf(executionOf(row), row), [{ type: 'StartAttempt', executorId, atMs }]))
      .filter((decided) => decided !== null)
    await record(unit, ports, decisions)
    const again = decisions.filter(({ after }) => after.attempts.length > 1).map(({ after }) => after.id)
    const logged = again.length > 0 ? await lastSeqs(unit, again) : new Map<string, number>()
    return decisions.map(({ after, traceparent }) => claimOf(after, logged.get(after.id) ?? 0, traceparent))
  })
}
