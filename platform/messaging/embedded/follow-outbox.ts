import type { Clock } from '#platform/clock'
import { startLoop } from '#platform/lifecycle'
import type { OutboxSource } from '#platform/outbox'
import type { Log } from '#platform/telemetry'
import type { FollowedSource } from './record-source.ts'

/** What following an outbox takes. */
export interface FollowOutbox {
  readonly outbox: OutboxSource
  readonly source: FollowedSource
  readonly clock: Clock
  readonly log: Log
  /** Topics have grown. */
  onGrown(topics: ReadonlySet<string>): void
}

const POLL_MS = 100

/**
 * Tells of what is added to an outbox. Resolves when it knows what is there. Looks in the turn of each commit; the loop
 * finds what that could not see, such as the commits of another process.
 */
export async function followOutbox(options: FollowOutbox): Promise<{ stop(): Promise<void> }> {
  const { outbox, source, clock, log, onGrown } = options
  const look = async (): Promise<boolean> => {
    const grown = await source.follow()
    if (grown.size > 0) onGrown(grown)
    return grown.size > 0
  }
  await look()
  const onError = (error: unknown): void => log.warn('outbox.not_followed', { outbox: outbox.name, err: error })
  const loop = startLoop({ clock, pollMs: POLL_MS, runOnce: look, onError })
  const unsubscribe = outbox.onCommit(() => void look().catch(onError))
  return {
    async stop() {
      unsubscribe()
      await loop.stop()
    },
  }
}
