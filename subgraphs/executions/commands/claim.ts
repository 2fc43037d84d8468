import type { Dialect } from '#platform/database'
import { failPoint } from '#platform/fail-points'
import { type ExecutionRow, executionOf } from '../projections/executions.ts'
import { GLOBAL_LIMIT } from '../projections/limit-names.ts'
import { lastSeqs } from '../projections/logs.ts'
import { isWaiting, type Place, type QueueRow } from '../projections/queue.ts'
import { hasFreeSlot } from '../projections/slots.ts'
import { admitStarts, type Queued } from './admit-starts.ts'
import { type Decided, decideAll, loadedOf } from './decided.ts'
import { isTrusted } from './leases.ts'
import { type Claim, type CommandPorts, claimOf } from './ports.ts'
import { record } from './record.ts'

/** A row of `executions` with what its next write needs from `queue`. */
export type OpenRow = ExecutionRow &
  Pick<
    QueueRow,
    | 'place'
    | 'hash'
    | 'sent_version'
    | 'correlation_id'
    | 'trace_parent'
    | 'heartbeat_at'
    | 'priority_rank'
    | 'fair_tag'
  >

/** What selects open executions, up to its WHERE. */
export const OPEN_ROWS = `select q.place, q.hash, q.sent_version, q.correlation_id, q.trace_parent, q.heartbeat_at,
  q.priority_rank, q.fair_tag, e.*
  from queue q join executions e on e.id = q.execution_id`

const ROUNDS_MAX = 20
const LOOKED_AT_MIN = 1_000

/**
 * Gives an executor what is first in the order of a place, at most `limit`: by priority, then workspace after workspace. The
 * attempts are committed as started before this resolves, so whoever runs them holds them. What a limit holds is taken out of
 * the order, what has no time left ends by that, and the next is looked at.
 */
export async function claim(
  ports: CommandPorts,
  executorId: string,
  place: Place,
  limit: number,
): Promise<readonly Claim[]> {
  let lookedAtMax = limit
  for (let round = 1; ; round++) {
    if (limit <= 0 || !(await mayStart(ports, place))) return []
    const { claims, leftOut, lookedAt } = await claimOnce(ports, executorId, place, { limit, lookedAtMax })
    const isMore = leftOut > 0 && lookedAt === lookedAtMax
    if (claims.length === 0 && isMore && round < ROUNDS_MAX) lookedAtMax = Math.max(limit, LOOKED_AT_MIN)
    else {
      if (isMore) ports.onQueued()
      return claims
    }
  }
}

/** A look costs no transaction. */
async function mayStart({ database, flow }: CommandPorts, place: Place): Promise<boolean> {
  if (!(await isWaiting(database.reader, place))) return false
  const max = flow.concurrencyMax
  return max === null || hasFreeSlot(database.reader, GLOBAL_LIMIT, max)
}

interface Claimed {
  readonly claims: readonly Claim[]
  /** How many left the order without a start. */
  readonly leftOut: number
  readonly lookedAt: number
}

/** What selects those that are first in the order of a place. */
export function firstInOrder(dialect: Dialect): string {
  const openRows = OPEN_ROWS.replace('from queue q', `from queue q${dialect.alongIndex('queue_order')}`)
  return `${openRows} where q.executor_id = '' and q.place = ?
    order by q.priority_rank, q.fair_tag, q.execution_id limit ?`
}

function claimOnce(
  ports: CommandPorts,
  executorId: string,
  place: Place,
  { limit, lookedAtMax }: { readonly limit: number; readonly lookedAtMax: number },
): Promise<Claimed> {
  const { database, flow } = ports
  const query = { sql: firstInOrder(database.dialect), params: [place, lookedAtMax] }
  return database.claim<OpenRow, Claimed>(query, async (unit, rows) => {
    if (!(await isTrusted(unit, executorId))) return { claims: [], leftOut: 0, lookedAt: 0 }
    const { startable, over } = decideStarts(rows, executorId, unit.now.getTime())
    const { starting, parked } = await admitStarts(unit, flow, startable, limit)
    const decisions = starting.map(({ decided }) => decided)
    await record(unit, ports, [...over, ...decisions])
    if (decisions.length > 0) unit.afterCommit(() => failPoint('executions.after-claim'))
    const again = decisions.filter(({ after }) => after.attempts.length > 1).map(({ after }) => after.id)
    const logged = again.length > 0 ? await lastSeqs(unit, again) : new Map<string, number>()
    const claims = decisions.map(({ after, traceparent }) => claimOf(after, logged.get(after.id) ?? 0, traceparent))
    return { claims, leftOut: parked + over.length, lookedAt: rows.length }
  })
}

interface Startable extends Queued {
  readonly decided: Decided
}

/** Decided before anybody admits it: what does not start takes no slot and no token. */
function decideStarts(rows: readonly OpenRow[], executorId: string, atMs: number) {
  const startable: Startable[] = []
  const over: Decided[] = []
  for (const row of rows) {
    const state = executionOf(row)
    const decided = decideAll(loadedOf(state, row), [{ type: 'StartAttempt', executorId, atMs }])
    if (decided?.after.status === 'RUNNING') {
      startable.push({ execution: state, priorityRank: row.priority_rank, fairTag: row.fair_tag, decided })
    } else if (decided) over.push(decided)
  }
  return { startable, over }
}
