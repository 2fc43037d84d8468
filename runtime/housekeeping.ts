import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import { type Loop, startLoop } from '#platform/lifecycle'
import { pruneOutbox } from '#platform/outbox'
import { pruneChanges } from '#platform/projections'
import type { Log } from '#platform/telemetry'

/** What is kept, and for how long. */
export interface HousekeepingOptions {
  readonly clock: Clock
  readonly log: Log
  readonly retentionMs: number
  readonly outboxes: readonly Database[]
  readonly feeds: readonly Database[]
}

const ROUND_MS = 60_000

/** Drops, in bounded batches, what was told long ago: records between services, and changes for subscribers. */
export function startHousekeeping({ clock, log, retentionMs, outboxes, feeds }: HousekeepingOptions): Loop {
  return startLoop({
    clock,
    pollMs: ROUND_MS,
    async runOnce() {
      let dropped = 0
      for (const database of outboxes) dropped += await pruneOutbox(database, await before(database, retentionMs))
      for (const database of feeds) dropped += await pruneChanges(database, await before(database, retentionMs))
      return dropped > 0
    },
    onError: (error) => log.warn('housekeeping.failed', { err: error }),
  })
}

async function before(database: Database, retentionMs: number): Promise<Date> {
  return new Date((await database.now()).getTime() - retentionMs)
}
