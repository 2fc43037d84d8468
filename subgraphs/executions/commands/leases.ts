import type { Database, Reader, Unit } from '#platform/database'

/** How long an executor is trusted after it was heard of. Each renews its lease every `LEASE_RENEWAL_MS`. */
export const LEASE_MS = 8_000

/** Four renewals fit into a lease, so that a slow commit or two loses nothing. */
export const LEASE_RENEWAL_MS = 2_000

/** Lets an executor in, with its first lease. */
export async function registerExecutor(database: Database, executorId: string): Promise<void> {
  await database.unit([`lease:executor:${executorId}`], async (unit) => {
    const nowMs = unit.now.getTime()
    const columns = ['id', 'started_at', 'lease_until', 'lost_at']
    await unit.insertMany('executors', columns, [[executorId, nowMs, nowMs + LEASE_MS, null]])
  })
}

/** Renews the one lease of an executor. @returns false when it was declared lost: all it holds is another's now */
export async function renewLease(database: Database, executorId: string): Promise<boolean> {
  return database.unit([`lease:executor:${executorId}`], async (unit) => {
    const until = unit.now.getTime() + LEASE_MS
    const sql = 'update executors set lease_until = ? where id = ? and lost_at is null'
    return (await unit.run(sql, [until, executorId])) === 1
  })
}

/** Whether any executor holds a lease by the database's clock. */
export async function hasExecutors(database: Database): Promise<boolean> {
  const sql = 'select id from executors where lease_until > ? and lost_at is null limit 1'
  return (await database.reader.get(sql, [(await database.now()).getTime()])) !== undefined
}

/** Whether an executor was let in and not declared lost since. Until the unit commits, nobody declares it lost. */
export async function isTrusted(unit: Unit, executorId: string): Promise<boolean> {
  const sql = `select id from executors where id = ? and lost_at is null${unit.dialect.keepRows}`
  return (await unit.get(sql, [executorId])) !== undefined
}

/** An attempt that an executor holds, as the others see it. */
export interface HeldClaim {
  readonly epoch: number
  /** Somebody wants its execution to end. */
  readonly cancel: 'ASKED' | null
}

/** The attempts that an executor holds, by the ids of their executions. */
export async function claimsOf(reader: Reader, executorId: string): Promise<ReadonlyMap<string, HeldClaim>> {
  const rows = await reader.all<HeldClaim & { execution_id: string }>(
    'select execution_id, epoch, cancel from queue where executor_id = ?',
    [executorId],
  )
  return new Map(rows.map(({ execution_id, epoch, cancel }) => [execution_id, { epoch, cancel }]))
}
