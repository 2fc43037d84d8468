import { waitingLimits, wake } from '../projections/flow-waits.ts'
import { TYPE_LIMIT_PREFIX } from '../projections/limit-names.ts'
import { countFreeSlots, freeOrphan, orphanSlots } from '../projections/slots.ts'
import { sharedMaxima } from './flow-config.ts'
import type { CommandPorts } from './ports.ts'

const WOKEN_A_LIMIT = 1_000

/**
 * The net below the limits of the operator: frees slots that nobody can free any more, since a process that knew nothing of the
 * limit ended their executions, and brings back what waits for a job type although there is room.
 *
 * @returns how many slots were held by what does not run
 */
export async function repairFlow(ports: Pick<CommandPorts, 'database' | 'flow' | 'onQueued'>): Promise<number> {
  const { database, flow, onQueued } = ports
  const orphans = await orphanSlots(database.reader)
  let freed = 0
  if (orphans.length > 0) {
    freed = await database.unit(['slots'], async (unit) => {
      let changed = 0
      for (const orphan of orphans) changed += await freeOrphan(unit, orphan)
      return changed
    })
  }
  const maxima = sharedMaxima(flow)
  for (const limitKey of await waitingLimits(database.reader, TYPE_LIMIT_PREFIX)) {
    const max = maxima.get(limitKey)
    const free = max === undefined ? WOKEN_A_LIMIT : await countFreeSlots(database.reader, limitKey, max)
    if (free === 0) continue
    await database.unit([`flow:${limitKey}`], async (unit) => {
      if ((await wake(unit, limitKey, 'CONCURRENCY', Math.min(free, WOKEN_A_LIMIT))) > 0) unit.afterCommit(onQueued)
    })
  }
  return freed
}
