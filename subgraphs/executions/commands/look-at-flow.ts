import type { Unit } from '#platform/database'
import { type Bucket, refilled, tokenAtMs, tokensIn } from '#platform/policy'
import { bucketOf, type FlowKey, type FlowKeyRow, forgetKeys, rateOf, writeKeys } from '../projections/flow-keys.ts'
import { countWoken, firstMax, wake, withRateWaits } from '../projections/flow-waits.ts'
import { heldSlots } from '../projections/slots.ts'
import { KEY_IDLE_MS } from './admit-starts.ts'
import type { CommandPorts } from './ports.ts'

const KEYS_A_BATCH = 100
const LOOK_AGAIN_MS = 5_000
const WOKEN_A_KEY = 1_000

/** What selects keys that are to be looked at by an instant. */
export const DUE_KEYS = 'select * from flow_keys where look_at <= ? order by look_at limit ?'

/**
 * Looks at keys whose time has come: brings back what their rate lets start now, and what a slot is free for, and forgets
 * keys that nobody has used for long.
 *
 * @returns how many keys were due
 */
export async function lookAtKeys(ports: Pick<CommandPorts, 'database' | 'onQueued'>): Promise<number> {
  const { database, onQueued } = ports
  const nowMs = (await database.now()).getTime()
  // A look costs no transaction.
  const first = await database.reader.get<{ look_at: number }>('select look_at from flow_keys order by look_at limit 1')
  if (!first || first.look_at > nowMs) return 0
  const due = { sql: DUE_KEYS, params: [nowMs, KEYS_A_BATCH] }
  return database.claim<FlowKeyRow, number>(due, async (unit, rows) => {
    const held = await heldSlots(
      unit,
      rows.map(({ limit_key }) => limit_key),
    )
    const kept: FlowKey[] = []
    const idle: string[] = []
    let woken = 0
    for (const row of rows) {
      const looked = await lookAt(unit, row, held.get(row.limit_key)?.length ?? 0)
      woken += looked.woken
      if (looked.key) kept.push(looked.key)
      else idle.push(row.limit_key)
    }
    await writeKeys(unit, kept)
    await forgetKeys(unit, idle)
    if (woken > 0) unit.afterCommit(onQueued)
    return rows.length
  })
}

/** @returns no key when nothing is to be known of it any more */
async function lookAt(
  unit: Unit,
  row: FlowKeyRow,
  held: number,
): Promise<{ readonly woken: number; readonly key: FlowKey | null }> {
  const limitKey = row.limit_key
  const atMs = unit.now.getTime()
  const rate = rateOf(row)
  const old = bucketOf(row)
  const bucket: Bucket | null = rate && old && refilled(old, rate, atMs)
  const before = await countWoken(unit, limitKey)
  const max = await firstMax(unit, limitKey, 'CONCURRENCY')
  let woken = 0
  if (max !== undefined) woken += await wake(unit, limitKey, 'CONCURRENCY', Math.min(max - held - before, WOKEN_A_KEY))
  const tokens = bucket ? tokensIn(bucket) : WOKEN_A_KEY
  woken += await wake(unit, limitKey, 'RATE', Math.min(tokens - before - woken, WOKEN_A_KEY))

  const key = (lookAtMs: number): FlowKey => ({ limitKey, bucket, rate, lookAtMs })
  if ((await withRateWaits(unit, [limitKey])).size > 0) {
    const next = rate && bucket ? tokenAtMs(bucket, rate, before + woken) : 0
    return { woken, key: key(Math.min(Math.max(next, atMs + 1), atMs + LOOK_AGAIN_MS)) }
  }
  if (max !== undefined || before + woken > 0) return { woken, key: key(atMs + LOOK_AGAIN_MS) }
  const isFull = !rate || !bucket || tokensIn(bucket) >= rate.burst
  return { woken, key: held > 0 || !isFull ? key(atMs + KEY_IDLE_MS) : null }
}
