import type { Unit } from '#platform/database'
import type { Execution } from '../domain/execution.ts'
import { holdKeys } from '../projections/flow-keys.ts'
import { forgetWaits, wake } from '../projections/flow-waits.ts'
import { typeLimit } from '../projections/limit-names.ts'
import { freeSlotsOf } from '../projections/slots.ts'
import { type FlowConfig, sharedLimits } from './flow-config.ts'
import { keyAskedBy } from './limit-keys.ts'

/** An execution before and after what was decided on it. */
interface Step {
  readonly state: Execution | null
  readonly after: Execution
}

/**
 * Frees the slots of executions that have ceased to run, and brings as many that wait for them back into the order of claims.
 * In the unit that writes the end, the loss or the back-off, so that no slot outlives its attempt.
 *
 * @returns how many may go on: those that were brought back, or those for which a place is free now
 */
export async function releaseSlots(unit: Unit, flow: FlowConfig, steps: readonly Step[]): Promise<number> {
  const left = steps.filter(({ state, after }) => state?.status === 'QUEUED' && !GOES_ON.has(after.status))
  await forgetWaits(
    unit,
    left.map(({ after }) => after.id),
  )
  const stopped = steps.filter(({ state, after }) => state?.status === 'RUNNING' && after.status !== 'RUNNING')
  const freed = new Map<string, number>()
  const ids: string[] = []
  const keys = new Set<string>()
  for (const { after } of stopped) {
    const key = keyAskedBy(after)
    const isKeyed = key !== null && key.max !== null
    if (!isKeyed && sharedLimits(flow, after.jobType).length === 0) continue
    ids.push(after.id)
    const ofType = typeLimit(after.jobType)
    if (flow.concurrencyMaxOfType.has(after.jobType)) freed.set(ofType, (freed.get(ofType) ?? 0) + 1)
    if (!isKeyed) continue
    keys.add(key.limitKey)
    freed.set(key.limitKey, (freed.get(key.limitKey) ?? 0) + 1)
  }
  if (ids.length === 0) return 0
  await freeSlotsOf(unit, ids)
  // Who is parking an execution has its key in hand: that is seen here, or sees what was freed.
  await holdKeys(unit, [...keys])
  let woken = 0
  for (const [limitKey, count] of [...freed].sort()) woken += await wake(unit, limitKey, 'CONCURRENCY', count)
  return Math.max(woken, ids.length)
}

const GOES_ON: ReadonlySet<Execution['status']> = new Set(['QUEUED', 'RUNNING'])
