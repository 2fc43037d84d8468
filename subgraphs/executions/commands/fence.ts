import type { QueueRow } from '../projections/queue.ts'
import type { Claim } from './ports.ts'

/** Whether a claim still holds its execution: it is open, and no later attempt was given out. */
export function isHeld(row: QueueRow | undefined, { executorId, epoch }: Claim): boolean {
  return row !== undefined && row.epoch === epoch && row.executor_id === executorId
}
