import type { Unit } from '#platform/database'
import type { Bucket, Rate } from '#platform/policy'
import { rowsIn, runIn } from './bulk.ts'

/** A row of `flow_keys`: whoever holds it alone starts executions with its key. */
export interface FlowKeyRow {
  readonly limit_key: string
  readonly bucket_level: number | null
  readonly refilled_at: number | null
  readonly per_minute: number | null
  readonly burst: number | null
  /** When somebody should look whether something may go on, or nothing is left to know of it. */
  readonly look_at: number
}

/** A key as it is to be written. */
export interface FlowKey {
  readonly limitKey: string
  readonly bucket: Bucket | null
  readonly rate: Rate | null
  readonly lookAtMs: number
}

const COLUMNS = ['limit_key', 'bucket_level', 'refilled_at', 'per_minute', 'burst', 'look_at']
const NEVER_MS = 8_640_000_000_000_000

/**
 * Takes keys that nobody else has in hand, and makes those that were never seen. Those in other hands are left out: their
 * executions wait for the next claim, and nobody waits for a lock.
 */
export async function takeKeys(unit: Unit, limitKeys: readonly string[]): Promise<ReadonlyMap<string, FlowKeyRow>> {
  const known = await rowsIn<{ limit_key: string }>(unit, 'select limit_key from flow_keys where limit_key', limitKeys)
  const names = new Set(known.map(({ limit_key }) => limit_key))
  const missing = limitKeys.filter((limitKey) => !names.has(limitKey)).sort()
  const rows = missing.map((limitKey) => [limitKey, null, null, null, null, NEVER_MS])
  if (rows.length > 0) await unit.insertMany('flow_keys', COLUMNS, rows, 'ignore')
  const taken = await rowsIn<FlowKeyRow>(unit, 'select * from flow_keys where limit_key', limitKeys, {
    sql: unit.dialect.lockForClaim,
    params: [],
  })
  return new Map(taken.map((row) => [row.limit_key, row]))
}

/** Holds keys until the unit commits: who has them in hand is waited for. @returns those that there are */
export async function holdKeys(unit: Unit, limitKeys: readonly string[]): Promise<readonly string[]> {
  const held: string[] = []
  // One after another in their order, so that two who want the same never wait for each other.
  for (const limitKey of [...limitKeys].sort()) {
    const sql = `select limit_key from flow_keys where limit_key = ?${unit.dialect.lockRows}`
    if (await unit.get(sql, [limitKey])) held.push(limitKey)
  }
  return held
}

/** Overwrites keys that are in hand. */
export async function writeKeys(unit: Unit, keys: readonly FlowKey[]): Promise<void> {
  if (keys.length === 0) return
  const rows = keys.map(({ limitKey, bucket, rate, lookAtMs }) => [
    ...[limitKey, bucket?.level ?? null, bucket?.refilledAtMs ?? null],
    ...[rate?.perMinute ?? null, rate?.burst ?? null, lookAtMs],
  ])
  await unit.upsertMany('flow_keys', ['limit_key'], COLUMNS, rows)
}

/** Forgets keys that are in hand and of which nothing is to be known, with their free slots. */
export async function forgetKeys(unit: Unit, limitKeys: readonly string[]): Promise<void> {
  await runIn(unit, 'delete from slots where limit_key', limitKeys)
  await runIn(unit, 'delete from flow_keys where limit_key', limitKeys)
}

/** The rate of a row, and what its bucket holds. */
export function rateOf({ per_minute, burst }: FlowKeyRow): Rate | null {
  return per_minute === null || burst === null ? null : { perMinute: per_minute, burst }
}

/** The bucket of a row; null when nothing was taken from it yet. */
export function bucketOf({ bucket_level, refilled_at }: FlowKeyRow): Bucket | null {
  return bucket_level === null || refilled_at === null ? null : { level: bucket_level, refilledAtMs: refilled_at }
}
