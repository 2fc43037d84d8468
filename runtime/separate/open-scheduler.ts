import { openOutbox } from '#platform/outbox'
import { openScheduler } from '#services/scheduler'
import { serviceHealth } from './health.ts'
import { keepPruned } from './pruning.ts'
import type { OpenService } from './service.ts'

// DESIGN rule 12: while what was fired cannot reach its topic within this time, nothing more is fired.
const UNSENT_MS_MAX = 5_000

/** What fires, in a process of its own. Any number of them are active at once. */
export const openSchedulerService: OpenService = async ({ ground, stack }) => {
  const { clock, log, messaging, schemas, metrics } = ground
  const database = await ground.database('scheduler')
  const outbox = openOutbox(database, ['job-execute'])
  const scheduler = await openScheduler({
    ...{ database, messaging, schemas, clock, log, metrics },
    mayFire: async () => (await outbox.oldestUnsentMs()) <= UNSENT_MS_MAX,
  })
  stack.push('scheduler', () => scheduler.stop())
  await scheduler.start()
  keepPruned(ground, stack, { database, hasFeed: false })
  return { health: serviceHealth({ clock, database, messaging, schemas, groups: ['scheduler'] }) }
}
