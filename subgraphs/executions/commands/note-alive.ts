import { streamOf } from '../projections/executions.ts'
import { noteHeartbeats, queueRows } from '../projections/queue.ts'
import { isHeld } from './fence.ts'
import type { Claim, CommandPorts } from './ports.ts'

/** Notes, behind the fence, that attempts were heard of. No event: it matters only until the next one. */
export async function noteAlive({ database }: CommandPorts, claims: readonly Claim[]): Promise<void> {
  const ids = claims.map(({ execution }) => execution.id)
  await database.unit(ids.map(streamOf), async (unit) => {
    const open = await queueRows(unit, ids)
    const held = claims.filter((claim) => isHeld(open.get(claim.execution.id), claim))
    await noteHeartbeats(
      unit,
      held.map(({ execution }) => execution.id),
    )
  })
}
