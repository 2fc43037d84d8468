import { makeRevocations } from '#platform/identity'
import { openAuth } from '#services/auth'
import { serviceHealth } from './health.ts'
import { keepPruned } from './pruning.ts'
import type { OpenService } from './service.ts'

/** Users, sessions and keys in a process of their own. */
export const openAuthService: OpenService = async ({ ground, stack }) => {
  const { clock, log, messaging, schemas, config } = ground
  const database = await ground.database('auth')
  const revocations = makeRevocations(clock)
  const auth = await openAuth({ database, messaging, schemas, clock, log, config: config.auth, revocations })
  stack.push('auth', () => auth.stop())
  keepPruned(ground, stack, { database, hasFeed: false })
  return {
    subgraph: auth.subgraph,
    documents: { '/.well-known/jwks.json': () => auth.jwks() },
    health: serviceHealth({ clock, database, messaging, schemas, groups: [] }),
  }
}
