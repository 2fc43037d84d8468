import type { Unit } from '#platform/database'
import { streamOf } from '../projections/executions.ts'
import { addOrders, firstOrder, type JobCancel, openToCancel, removeOrder } from '../projections/job-cancels.ts'
import { commandAll } from './command-executions.ts'
import type { CommandPorts } from './ports.ts'

const EXECUTIONS_A_UNIT = 200
const REASON = 'its job was archived'

/**
 * Orders that all of some jobs ends that is open, in the unit that has taken in all of it: nothing of these jobs fires after
 * that. However much it is, it is cancelled afterwards, in batches.
 */
export async function orderCancels(unit: Unit, orders: readonly JobCancel[], onOrdered: () => void): Promise<void> {
  if (orders.length === 0) return
  await addOrders(unit, orders)
  unit.afterCommit(onOrdered)
}

/**
 * Cancels a batch of what was ordered. Any number of processes may do so at once: cancelling twice is cancelling once.
 *
 * @returns whether it did anything, so that there may be more to do
 */
export async function cancelOrdered(ports: CommandPorts): Promise<boolean> {
  const { database } = ports
  const order = await firstOrder(database.reader)
  if (!order) return false
  const { jobId, by } = order
  const ids = await openToCancel(database.reader, jobId, EXECUTIONS_A_UNIT)
  return database.unit([`job-cancel-${jobId}`, ...ids.map(streamOf)], async (unit) => {
    if (ids.length === 0) {
      // Something may have been taken in since.
      if ((await openToCancel(unit, jobId, 1)).length === 0) await removeOrder(unit, jobId)
      return true
    }
    const atMs = unit.now.getTime()
    const cancel = { type: 'RequestCancel', by: { kind: 'USER', userId: by }, reason: REASON, atMs } as const
    return (await commandAll(unit, ports, ids, cancel)).length > 0
  })
}
