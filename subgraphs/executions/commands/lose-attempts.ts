import type { Unit } from '#platform/database'
import type { LossReason } from '../domain/execution-command.ts'
import { executionOf } from '../projections/executions.ts'
import { OPEN_ROWS, type OpenRow } from './claim.ts'
import { decideAll, loadedOf } from './decided.ts'
import type { CommandPorts } from './ports.ts'
import { record } from './record.ts'

const ATTEMPTS_A_BATCH = 200
const EXECUTORS_A_ROUND = 100

/**
 * Finds executors whose lease has ended by the database's clock, and gives back what they held.
 *
 * @returns how many attempts were lost
 */
export async function recoverLost(ports: CommandPorts): Promise<number> {
  const { database } = ports
  const nowMs = (await database.now()).getTime()
  const sql = 'select id, lost_at from executors where lease_until <= ? or lost_at is not null order by id limit ?'
  const ended = await database.reader.all<{ id: string }>(sql, [nowMs, EXECUTORS_A_ROUND])
  let lost = 0
  for (const { id } of ended) {
    if (await endLease(ports, id, 'when over')) lost += await loseAttempts(ports, id, 'EXECUTOR_LOST')
  }
  return lost
}

/** Declares one executor lost, whatever its lease says: whoever calls this knows that its process is gone. */
export async function declareLost(ports: CommandPorts, executorId: string): Promise<number> {
  return (await endLease(ports, executorId, 'now')) ? loseAttempts(ports, executorId, 'EXECUTOR_LOST') : 0
}

/** Declares all executors lost: for a process that has the database to itself and lets none in before. */
export async function declareAllLost(ports: CommandPorts): Promise<number> {
  let lost = 0
  const executors = await ports.database.reader.all<{ id: string }>('select id from executors order by id')
  for (const { id } of executors) lost += await declareLost(ports, id)
  return lost
}

/** Lets an executor out in order, and gives back what it still held. */
export async function retireExecutor(ports: CommandPorts, executorId: string): Promise<number> {
  return (await endLease(ports, executorId, 'now')) ? loseAttempts(ports, executorId, 'EXECUTOR_STOPPED') : 0
}

/** From this commit on the executor is given nothing and renews nothing. @returns whether it is lost now */
async function endLease({ database }: CommandPorts, executorId: string, when: 'now' | 'when over'): Promise<boolean> {
  return database.unit([`executor:${executorId}`], async (unit) => {
    const nowMs = unit.now.getTime()
    // It may have renewed its lease since it was found.
    const sql =
      'update executors set lost_at = coalesce(lost_at, ?) where id = ? and (lost_at is not null or lease_until <= ?)'
    return (await unit.run(sql, [nowMs, executorId, when === 'now' ? Number.MAX_SAFE_INTEGER : nowMs])) === 1
  })
}

/** Gives back single attempts of an executor that goes on. @returns how many it held of them */
export async function giveBack(
  ports: CommandPorts,
  executorId: string,
  executionIds: readonly string[],
  reason: LossReason = 'EXECUTOR_LOST',
): Promise<number> {
  const some = executionIds.slice(0, ATTEMPTS_A_BATCH)
  const sql = `${OPEN_ROWS} where q.executor_id = ? and q.execution_id in (${some.map(() => '?').join(', ')})`
  return ports.database.claim<OpenRow, number>({ sql, params: [executorId, ...some] }, (unit, rows) =>
    loseRows(ports, unit, rows, reason),
  )
}

/** Gives back, in bounded batches, what an executor holds whose lease was ended, and forgets it. */
async function loseAttempts(ports: CommandPorts, executorId: string, reason: LossReason): Promise<number> {
  const sql = `${OPEN_ROWS} where q.executor_id = ? order by q.execution_id limit ?`
  for (let lost = 0; ; ) {
    const batch = await ports.database.claim<OpenRow, number>(
      { sql, params: [executorId, ATTEMPTS_A_BATCH] },
      async (unit, rows) => {
        const given = await loseRows(ports, unit, rows, reason)
        if (given < ATTEMPTS_A_BATCH) await forget(unit, executorId)
        return given
      },
    )
    lost += batch
    if (batch < ATTEMPTS_A_BATCH) return lost
  }
}

/** Unless it still holds what another transaction has in hand: that may be undone, and then it is the next round's. */
async function forget(unit: Unit, executorId: string): Promise<void> {
  const isFree = 'not exists (select 1 from queue where executor_id = ?)'
  await unit.run(`delete from executors where id = ? and ${isFree}`, [executorId, executorId])
}

async function loseRows(
  ports: CommandPorts,
  unit: Unit,
  rows: readonly OpenRow[],
  reason: LossReason,
): Promise<number> {
  const atMs = unit.now.getTime()
  const decisions = rows.map((row) => {
    const state = executionOf(row)
    const look = { heartbeatAtMs: row.heartbeat_at ?? null, jitter: ports.random(), atMs }
    return decideAll(loadedOf(state, row), [{ type: 'LoseAttempt', attempt: state.attempts.length, reason, ...look }])
  })
  await record(
    unit,
    ports,
    decisions.filter((decided) => decided !== null),
  )
  return rows.length
}
