import type { Reader, Unit } from '#platform/database'
import { rowsIn, runIn } from './bulk.ts'
import { servedTag } from './fair-shares.ts'
import { PARKED, type Place } from './queue.ts'

/** Why an execution is out of the order of claims; WOKEN when it is back there and has still to start. */
export type WaitKind = 'CONCURRENCY' | 'RATE' | 'WOKEN'

/** An execution that a limit holds. */
export interface FlowWait {
  readonly executionId: string
  readonly limitKey: string
  readonly kind: WaitKind
  readonly max: number
  readonly priorityRank: number
  readonly fairTag: number
}

const COLUMNS = ['execution_id', 'limit_key', 'kind', 'limit_max', 'priority_rank', 'fair_tag']

/** Takes queued executions out of the order of claims. */
export async function park(unit: Unit, waits: readonly FlowWait[]): Promise<void> {
  if (waits.length === 0) return
  const rows = waits.map((wait) => [
    ...[wait.executionId, wait.limitKey, wait.kind, wait.max],
    ...[wait.priorityRank, wait.fairTag],
  ])
  await unit.upsertMany('flow_waits', ['execution_id'], COLUMNS, rows)
  const ids = waits.map(({ executionId }) => executionId)
  await runIn(unit, `update queue set executor_id = '${PARKED}' where execution_id`, ids)
}

interface WaitingRow {
  readonly execution_id: string
  readonly place: Place
  readonly priority_rank: number
}

/**
 * Brings the first that wait for a limit back into the order of claims, at most `limit`. They come in at the present, not
 * where they left: else who was held long would go before all that others have queued since.
 *
 * @returns how many they were
 */
export async function wake(
  unit: Unit,
  limitKey: string,
  kind: Exclude<WaitKind, 'WOKEN'>,
  limit: number,
): Promise<number> {
  if (limit <= 0) return 0
  const rows = await unit.all<WaitingRow>(firstWaits(unit.dialect.lockForClaim), [limitKey, kind, limit])
  for (const ofLine of Map.groupBy(rows, (row) => `${row.place} ${row.priority_rank}`).values()) {
    const [first] = ofLine
    if (!first) continue
    const served = (await servedTag(unit, { place: first.place, priorityRank: first.priority_rank })) ?? 0
    const ids = ofLine.map(({ execution_id }) => execution_id)
    const tag = `case when fair_tag < ${served} then ${served} else fair_tag end`
    const back = `update queue set executor_id = '', fair_tag = ${tag} where executor_id = '${PARKED}' and execution_id`
    await runIn(unit, back, ids)
    await runIn(unit, `update flow_waits set kind = 'WOKEN' where execution_id`, ids)
  }
  return rows.length
}

/** What selects the first that wait for a limit. */
export function firstWaits(lock: string): string {
  return `select w.execution_id, q.place, w.priority_rank from flow_waits w join queue q on q.execution_id = w.execution_id
    where w.limit_key = ? and w.kind = ?
    order by w.priority_rank, w.fair_tag, w.execution_id limit ?${lock}`
}

/** Of some executions those that are held, or were and have still to start. */
export async function waitsOf(reader: Reader, executionIds: readonly string[]): Promise<ReadonlyMap<string, WaitKind>> {
  const rows = await rowsIn<{ execution_id: string; kind: WaitKind }>(
    reader,
    'select execution_id, kind from flow_waits where execution_id',
    executionIds,
  )
  return new Map(rows.map(({ execution_id, kind }) => [execution_id, kind]))
}

/** The most that the first one held by a limit lets run at a time; undefined when none is. */
export async function firstMax(reader: Reader, limitKey: string, kind: WaitKind): Promise<number | undefined> {
  const sql = `select limit_max from flow_waits where limit_key = ? and kind = ?
    order by priority_rank, fair_tag, execution_id limit 1`
  return (await reader.get<{ limit_max: number }>(sql, [limitKey, kind]))?.limit_max
}

/** How many are back and have still to start. */
export async function countWoken(reader: Reader, limitKey: string): Promise<number> {
  const sql = `select count(*) as woken from flow_waits where limit_key = ? and kind = 'WOKEN'`
  return (await reader.get<{ woken: number }>(sql, [limitKey]))?.woken ?? 0
}

/** Of some limits those whose rate holds something. */
export async function withRateWaits(reader: Reader, limitKeys: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const limitKey of limitKeys) {
    const sql = `select execution_id from flow_waits where limit_key = ? and kind = 'RATE' limit 1`
    if (await reader.get(sql, [limitKey])) found.add(limitKey)
  }
  return found
}

const LIMITS_A_ROUND = 100

/** The limits whose keys begin so and that hold something, some of them: one step along the index for each. */
export async function waitingLimits(reader: Reader, prefix: string): Promise<readonly string[]> {
  const found: string[] = []
  for (let last = prefix; found.length < LIMITS_A_ROUND; ) {
    const sql = 'select limit_key from flow_waits where limit_key > ? order by limit_key limit 1'
    const next = (await reader.get<{ limit_key: string }>(sql, [last]))?.limit_key
    if (!next?.startsWith(prefix)) break
    found.push(next)
    last = next
  }
  return found
}

/** Forgets that a limit held executions: they have started, or ended. */
export async function forgetWaits(unit: Unit, executionIds: readonly string[]): Promise<void> {
  await runIn(unit, 'delete from flow_waits where execution_id', executionIds)
}
