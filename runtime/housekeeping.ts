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
  /** The time by the databases' clock. */
  now(): Promise<Date>
  /** Whether every consumer has taken all there is. While one has not, nothing is dropped, however old it is. */
  isCaughtUp(): Promise<boolean>
  /** Drops what was told before an instant. */
  prune(before: Date): Promise<void>
}

const ROUND_MS = 60_000

/** Drops what was told long ago and taken by everybody: records between services, and changes for subscribers. */
export function startHousekeeping(options: HousekeepingOptions): Loop {
  const { clock, log, retentionMs, now, isCaughtUp, prune } = options
  return startLoop({
    clock,
    pollMs: ROUND_MS,
    async runOnce() {
      const before = new Date((await now()).getTime() - retentionMs)
      if (await isCaughtUp()) await prune(before)
      return false
    },
    onError: (error) => log.warn('housekeeping.failed', { err: error }),
  })
}

/** Drops old records and changes of databases that this thread writes, in bounded batches. */
export async function pruneDatabases(
  { outboxes, feeds }: { readonly outboxes: readonly Database[]; readonly feeds: readonly Database[] },
  before: Date,
): Promise<void> {
  for (const database of outboxes) while ((await pruneOutbox(database, before)) > 0);
  for (const database of feeds) while ((await pruneChanges(database, before)) > 0);
}
