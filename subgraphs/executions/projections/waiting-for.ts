import type { Reader } from '#platform/database'
import { flowKeyOf, policyOf, refilled, tokenAtMs } from '#platform/policy'
import type { Execution } from '../domain/execution.ts'
import { rowsIn } from './bulk.ts'
import { bucketOf, type FlowKeyRow, rateOf } from './flow-keys.ts'
import { GLOBAL_LIMIT, isTypeLimit } from './limit-names.ts'

/** The limit that holds a queued execution, for people. */
export interface WaitingFor {
  readonly kind: 'CONCURRENCY' | 'RATE'
  readonly key: string
  readonly max: number
  /** When its turn may come at the earliest. */
  readonly untilMs: number | null
}

interface WaitRow {
  readonly execution_id: string
  readonly limit_key: string
  readonly kind: 'CONCURRENCY' | 'RATE'
  readonly limit_max: number
}

/** What holds each of some executions: null for what waits for an executor alone, or for nothing. */
export async function waitingFor(
  reader: Reader,
  executions: readonly Execution[],
  nowMs: number,
): Promise<readonly (WaitingFor | null)[]> {
  const queued = executions.filter(({ status }) => status === 'QUEUED').map(({ id }) => id)
  if (queued.length === 0) return executions.map(() => null)
  const rows = await rowsIn<WaitRow>(
    reader,
    'select execution_id, limit_key, kind, limit_max from flow_waits where execution_id',
    queued,
    { sql: `and kind <> 'WOKEN'`, params: [] },
  )
  const waits = new Map(rows.map((row) => [row.execution_id, row]))
  const rates = rows.filter(({ kind }) => kind === 'RATE').map(({ limit_key }) => limit_key)
  const keys = await rowsIn<FlowKeyRow>(reader, 'select * from flow_keys where limit_key', [...new Set(rates)])
  const untilMs = new Map(keys.map((key) => [key.limit_key, nextTokenMs(key, nowMs)]))
  const global = waits.size < queued.length ? await globalLimit(reader) : null
  return executions.map((execution) => {
    if (execution.status !== 'QUEUED') return null
    const row = waits.get(execution.id)
    if (!row) return global
    const { kind, limit_key, limit_max: max } = row
    return { kind, key: nameOf(execution, limit_key), max, untilMs: untilMs.get(limit_key) ?? null }
  })
}

function nextTokenMs(key: FlowKeyRow, nowMs: number): number | null {
  const [bucket, rate] = [bucketOf(key), rateOf(key)]
  return bucket && rate && tokenAtMs(refilled(bucket, rate, nowMs), rate)
}

function nameOf({ policy, params, jobId }: Execution, limitKey: string): string {
  return isTypeLimit(limitKey) ? limitKey : flowKeyOf(policyOf(policy), params, jobId)
}

/** The limit over all, if there is one and it holds what is queued. */
async function globalLimit(reader: Reader): Promise<WaitingFor | null> {
  const free = `select slot_no from slots where execution_id = '' and limit_key = ? limit 1`
  if (await reader.get(free, [GLOBAL_LIMIT])) return null
  const sql = 'select count(*) as slots from slots where limit_key = ?'
  const max = (await reader.get<{ slots: number }>(sql, [GLOBAL_LIMIT]))?.slots ?? 0
  return max > 0 ? { kind: 'CONCURRENCY', key: GLOBAL_LIMIT, max, untilMs: null } : null
}
