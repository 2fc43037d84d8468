import { startLoop } from '#platform/lifecycle'
import type { Consumer } from '#platform/messaging'
import { addressesOf } from '#platform/registry'
import { openStorages } from '#platform/storage'
import { type Executions, openExecutions, openExecutionsGraph } from '#services/executions'
import { placeOf } from '#services/executor'
import { serviceHealth } from './health.ts'
import { openIdentity } from './identity.ts'
import { keepPruned } from './pruning.ts'
import type { OpenService, ServiceScene } from './service.ts'

const STAND_IN_LOOK_MS = 1_000
const SWEEP_MS = 60_000

/** What runs and ran, as people see it, in a process of its own. */
export const openExecutionsService: OpenService = async ({ ground, directory, stack }) => {
  const { clock, log, messaging, schemas } = ground
  const { flow, kept: retention, operators } = ground.config
  const database = await ground.database('executions')
  const { verifier } = await openIdentity(ground, stack, () => addressesOf(directory, 'auth'))
  const storages = openStorages(ground.config.storage, { database, clock })
  stack.push('storages', () => storages.close())
  const executions = await openExecutions({
    ...{ database, messaging, schemas, storages, clock, log, placeOf, flow, operators },
  })
  stack.push('executions', () => executions.stop())
  await executions.carry()
  executions.sweep(retention)
  standIn(executions, { ground, directory, stack })
  const graph = openExecutionsGraph({
    ...{ database, storages, clock, log, verifier, schemas, operators, retention },
    operate: executions.commands.operate,
  })
  stack.push('executions graph', () => graph.stop())
  keepPruned(ground, stack, { database, hasFeed: true })
  keepSwept(executions, { ground, directory, stack })
  return {
    subgraph: graph.subgraph,
    health: serviceHealth({ clock, database, messaging, schemas, groups: ['executions'] }),
  }
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
      await executions.commands.fireTimers()
      await executions.commands.repairFlow()
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

/** Removes files that no execution refers to, a batch a minute. */
function keepSwept(executions: Executions, { ground, stack }: ServiceScene): void {
  const loop = startLoop({
    clock: ground.clock,
    pollMs: SWEEP_MS,
    async runOnce() {
      await executions.commands.sweepArtefacts()
      return false
    },
    onError: (error) => ground.log.warn('executions.sweep_delayed', { err: error }),
  })
  stack.push('sweeper', () => loop.stop())
}
