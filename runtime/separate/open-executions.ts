import { startLoop } from '#platform/lifecycle'
import type { Consumer } from '#platform/messaging'
import { addressesOf } from '#platform/registry'
import { type Executions, openExecutions, openExecutionsGraph } from '#services/executions'
import { taskNamed } from '#services/executor'
import { serviceHealth } from './health.ts'
import { openIdentity } from './identity.ts'
import { keepPruned } from './pruning.ts'
import type { OpenService, ServiceScene } from './service.ts'

const STAND_IN_LOOK_MS = 1_000

/** What runs and ran, as people see it, in a process of its own. */
export const openExecutionsService: OpenService = async ({ ground, directory, stack }) => {
  const { clock, log, messaging, schemas } = ground
  const database = await ground.database('executions')
  const { verifier } = await openIdentity(ground, stack, () => addressesOf(directory, 'auth'))
  const placeOf = (jobType: string) => taskNamed(jobType)?.place ?? 'loop'
  const executions = await openExecutions({ database, messaging, schemas, clock, log, placeOf })
  stack.push('executions', () => executions.stop())
  await executions.carry()
  standIn(executions, { ground, directory, stack })
  const graph = openExecutionsGraph({ database, clock, log, verifier })
  stack.push('executions graph', () => graph.stop())
  keepPruned(ground, stack, { database, hasFeed: true })
  return { subgraph: graph.subgraph, health: serviceHealth({ clock, database, messaging, groups: ['executions'] }) }
}

/**
 * Does what executors do for the whole context while none is alive: takes requests in, so that people see them queued,
 * and gives back what a lost executor held. With executors it keeps out: they start at once what they take in.
 */
function standIn(executions: Executions, { ground, stack }: ServiceScene): void {
  let intake: Consumer | undefined
  const loop = startLoop({
    clock: ground.clock,
    pollMs: STAND_IN_LOOK_MS,
    async runOnce() {
      await executions.commands.recoverLost()
      const isNeeded = !(await executions.commands.hasExecutors())
      if (isNeeded) intake ??= await executions.takeIn()
      else {
        await intake?.stop()
        intake = undefined
      }
      return false
    },
    onError: (error) => ground.log.warn('executions.stand_in_delayed', { err: error }),
  })
  stack.push('stand-in', async () => {
    await loop.stop()
    await intake?.stop()
  })
}
