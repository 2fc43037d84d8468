import type { Database } from '#platform/database'
import type { Stack } from '#platform/lifecycle'
import { pruneDatabases, startHousekeeping } from '../housekeeping.ts'
import type { ServiceGround } from './ground.ts'

/**
 * Drops what a database told long ago. Its topics have it from then on; what has not reached them yet is kept, however
 * old it is.
 */
export function keepPruned(
  { clock, log, config }: ServiceGround,
  stack: Stack,
  { database, hasFeed }: { readonly database: Database; readonly hasFeed: boolean },
): void {
  const housekeeping = startHousekeeping({
    clock,
    log,
    retentionMs: config.retentionMs,
    now: () => database.now(),
    isCaughtUp: async () => true,
    prune: (before) => pruneDatabases({ outboxes: [database], feeds: hasFeed ? [database] : [] }, before),
  })
  stack.push('housekeeping', () => housekeeping.stop())
}
