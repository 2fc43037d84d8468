import type { Dialect } from '#platform/database'
import { failPoint } from '#platform/fail-points'
import { nextTimer } from '../domain/timers.ts'
import { executionOf } from '../projections/executions.ts'
import { setTimers } from '../projections/queue.ts'
import { OPEN_ROWS, type OpenRow } from './claim.ts'
import { type Decided, decideAll, loadedOf } from './decided.ts'
import type { CommandPorts } from './ports.ts'
import { record } from './record.ts'

const TIMERS_A_BATCH = 200

/**
 * Lets happen what is due by the database's clock: retries, time-outs, expiry, the end of a grace. A timer is a column of
 * the row that it is about, so it survives whatever dies, and any number of processes may look.
 *
 * @returns how many were due
 */
export async function fireTimers(ports: Omit<CommandPorts, 'storages'>): Promise<number> {
  const { database } = ports
  const nowMs = (await database.now()).getTime()
  // A look costs no transaction.
  const first = await database.reader.get<{ timer_at: number }>(
    'select timer_at from queue where timer_at is not null order by timer_at limit 1',
  )
  if (!first || first.timer_at > nowMs) return 0
  failPoint('executions.before-timers')
  const due = { sql: dueTimers(database.dialect), params: [nowMs, TIMERS_A_BATCH] }
  return database.claim<OpenRow, number>(due, async (unit, rows) => {
    const atMs = unit.now.getTime()
    const decisions: Decided[] = []
    const postponed: { readonly executionId: string; readonly atMs: number | null }[] = []
    for (const row of rows) {
      const state = executionOf(row)
      const heartbeatAtMs = row.heartbeat_at ?? null
      const command = { type: 'FireTimer', heartbeatAtMs, jitter: ports.random(), atMs } as const
      const decided = decideAll(loadedOf(state, row), [command])
      if (decided) decisions.push(decided)
      // It was heard of since the timer was set.
      else postponed.push({ executionId: state.id, atMs: nextTimer(state, heartbeatAtMs)?.atMs ?? null })
    }
    await record(unit, ports, decisions)
    await setTimers(unit, postponed)
    unit.afterCommit(() => failPoint('executions.after-timers'))
    return rows.length
  })
}

/** What selects executions whose timers are due by an instant, the first ones of them, along their index. */
export function dueTimers(dialect: Dialect): string {
  const openRows = OPEN_ROWS.replace('from queue q', `from queue q${dialect.alongIndex('queue_timer')}`)
  return `${openRows} where q.timer_at <= ? order by q.timer_at limit ?`
}
