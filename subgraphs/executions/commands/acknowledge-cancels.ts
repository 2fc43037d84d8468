import { executionOf, rowsOfExecutions, streamOf } from '../projections/executions.ts'
import { queueRows } from '../projections/queue.ts'
import { decideAll, loadedOf } from './decided.ts'
import { isHeld } from './fence.ts'
import type { Claim, CommandPorts } from './ports.ts'
import { record } from './record.ts'

/** Notes, behind the fence, that tasks were told to end. Repeating it changes nothing. */
export async function acknowledgeCancels(ports: CommandPorts, claims: readonly Claim[]): Promise<void> {
  const byId = new Map(claims.map((claim) => [claim.execution.id, claim]))
  const ids = [...byId.keys()]
  await ports.database.unit(ids.map(streamOf), async (unit) => {
    const open = await queueRows(unit, ids)
    const atMs = unit.now.getTime()
    const decisions = (await rowsOfExecutions(unit, ids)).map((row) => {
      const claim = byId.get(row.id)
      const held = open.get(row.id)
      if (!claim || !held || !isHeld(held, claim)) return null
      const command = { type: 'AcknowledgeCancel', attempt: claim.epoch, atMs } as const
      return decideAll(loadedOf(executionOf(row), held), [command])
    })
    await record(
      unit,
      ports,
      decisions.filter((decided) => decided !== null),
    )
  })
}
