import type { Database, Dialect, Reader, Unit, Value } from '#platform/database'
import { policyOf } from '#platform/policy'
import { deleteLogs, type RetentionRow, type Spans, spansIn } from '../projections/retention.ts'
import { deleteExecutions } from './delete-executions.ts'

/** How many executions one unit takes in hand: so few that nobody waits for it. */
export const EXECUTIONS_A_UNIT = 100
const UNITS_A_ROUND = 5

interface EndedRow {
  readonly id: string
  readonly finished_at: number
  readonly policy: string | null
}

type What = 'executions' | 'logs'

/** Deletes the oldest of a workspace that are beyond their time, in a few small units. @returns how many it looked at */
export async function sweepWorkspace(database: Database, row: RetentionRow, system: Spans): Promise<number> {
  const nowMs = (await database.now()).getTime()
  let taken = 0
  for (const what of ['executions', 'logs'] as const) {
    // A look costs no transaction.
    if ((await endedBeyond(database.reader, row, what, system, nowMs, 1)).length === 0) continue
    for (let units = 0; units < UNITS_A_ROUND; units++) {
      const some = await sweepOnce(database, row.workspace_id, what, system)
      taken += some
      if (some < EXECUTIONS_A_UNIT) break
    }
  }
  return taken
}

async function sweepOnce(database: Database, workspaceId: string, what: What, system: Spans): Promise<number> {
  const sql = 'select * from retention where workspace_id = ?'
  return database.claim<RetentionRow, number>({ sql, params: [workspaceId] }, async (unit, [row]) => {
    if (!row) return 0
    const ended = await endedBeyond(unit, row, what, system, unit.now.getTime(), EXECUTIONS_A_UNIT)
    const last = ended.at(-1)
    if (!last) return 0
    // Those whose jobs have a span of their own are due at another time.
    const own = what === 'executions' ? 'executionsKeptMs' : 'logsKeptMs'
    const due = ended.filter(({ policy }) => policy === null || policyOf(policy)[own] === null).map(({ id }) => id)
    const isAll = await (what === 'executions' ? deleteExecutions : deleteLogs)(unit, due)
    if (isAll) await moveOn(unit, workspaceId, what, last)
    return isAll ? ended.length : EXECUTIONS_A_UNIT
  })
}

function endedBeyond(
  reader: Reader,
  row: RetentionRow,
  what: What,
  system: Spans,
  nowMs: number,
  limit: number,
): Promise<readonly EndedRow[]> {
  const spanMs = spansIn(row, system)[`${what}Ms`]
  if (spanMs === null) return Promise.resolve([])
  const [at, id] = [row[`${what}_at`], row[`${what}_id`]]
  const params: readonly Value[] = [row.workspace_id, at, nowMs - spanMs, at, id, limit]
  return reader.all<EndedRow>(endedAfter(reader.dialect), params)
}

/** What selects the executions of a workspace that ended from a place on and up to an instant, the first ones of them. */
export function endedAfter(dialect: Dialect): string {
  return `select id, finished_at, policy from executions${dialect.alongIndex('executions_ended')}
    where workspace_id = ? and finished_at >= ? and finished_at <= ? and (finished_at > ? or id > ?)
    order by finished_at, id limit ?`
}

async function moveOn(unit: Unit, workspaceId: string, what: What, last: EndedRow): Promise<void> {
  const sql = `update retention set ${what}_at = ?, ${what}_id = ? where workspace_id = ?`
  await unit.run(sql, [last.finished_at, last.id, workspaceId])
}
