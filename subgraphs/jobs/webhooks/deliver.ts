// Tells webhooks of what was missed: shares it out, signs it, sends it, and tries again until it is taken.
// Never decides what is missed, and never waits for a receiver while it holds a transaction.
import { failPoint } from '#platform/fail-points'
import { startLoop } from '#platform/lifecycle'
import { openClient } from '#platform/outbound'
import type { JobsParts } from '../parts.ts'
import { attemptDelivery } from './attempt-delivery.ts'
import { type Claimed, claimDeliveries, travellerOf } from './claim-deliveries.ts'
import { concludeAttempt } from './conclude-attempt.ts'
import { FAN_OUT_PAGE, fanOut } from './fan-out.ts'
import { LANES, openLanes } from './lanes.ts'
import { pruneOld, pruneWebhook } from './prune-deliveries.ts'
import { releaseClaim } from './release-claim.ts'

/** Deliveries at work. */
export interface Deliveries {
  /** There may be something to send: looks at once. */
  wake(): void
  /** Lets what is under way end for a moment, then gives it back. Safe to call twice. */
  stop(): Promise<void>
}

const POLL_MS = 1_000
const PRUNE_EVERY_MS = 60_000
const GRACE_MS = 3_000

/** Starts to deliver. Any number of processes may. */
export function startDeliveries(parts: JobsParts): Deliveries {
  const { database, clock, log, webhooks } = parts
  const lanes = openLanes(LANES)
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  const told = new Set<string>()
  let client: ReturnType<typeof openClient> | undefined
  let prunedMs = Number.NEGATIVE_INFINITY

  async function deliver(claimed: Claimed): Promise<void> {
    const { delivery, webhook } = claimed
    const named = { webhookId: webhook.id, deliveryId: delivery.id }
    try {
      client ??= openClient(webhooks.httpPolicy, clock, webhooks.lookup)
      const startedMs = clock.monotonicMs()
      const ports = { clock, keys: webhooks.keys, client: await client, signal: stopping.signal }
      const outcome = await attemptDelivery(claimed, ports)
      failPoint('jobs.before-webhook-result')
      if (outcome === null) return await releaseClaim(database, claimed)
      const durationMs = Math.round(clock.monotonicMs() - startedMs)
      const concluded = await concludeAttempt(database, claimed, { ...outcome, durationMs }, clock.random())
      const { statusCode, errorCode } = outcome
      log.debug('webhook.attempted', { ...named, statusCode, errorCode, durationMs, state: concluded?.verdict.state })
      if (concluded?.disabled) log.warn('webhook.disabled', { ...named, reason: concluded.disabled })
      if (errorCode === 'SECRET_UNREADABLE') log.error('webhook.secret-unreadable', named)
    } catch (error) {
      // Its lease ends, and it is tried again under the same id.
      log.warn('webhook.result-lost', { ...named, err: error })
    } finally {
      lanes.leave(travellerOf(delivery))
      told.add(webhook.id)
      loop.wake()
    }
  }

  function begin(claimed: Claimed): void {
    const running = deliver(claimed)
    underWay.add(running)
    void running.finally(() => underWay.delete(running))
  }

  async function prune(): Promise<void> {
    if (clock.monotonicMs() - prunedMs < PRUNE_EVERY_MS) return
    prunedMs = clock.monotonicMs()
    while ((await pruneOld(database)) > 0) await clock.turn()
    for (const webhookId of told) while ((await pruneWebhook(database, webhookId)) > 0) await clock.turn()
    told.clear()
  }

  const loop = startLoop({
    clock,
    pollMs: POLL_MS,
    async runOnce() {
      const { shared, overfull } = await fanOut(database, () => clock.newId())
      for (const webhookId of overfull) log.warn('webhook.backlog-full', { webhookId })
      const claimed = await claimDeliveries(database, lanes)
      for (const each of claimed) begin(each)
      await prune()
      return claimed.length > 0 || shared === FAN_OUT_PAGE
    },
    onError: (error) => log.warn('webhooks.failed', { err: error }),
  })

  return {
    wake: () => loop.wake(),
    async stop() {
      await loop.stop()
      await Promise.race([Promise.all(underWay), clock.sleep(GRACE_MS, stopping.signal)])
      stopping.abort()
      await Promise.all(underWay)
      await (await client)?.destroy()
    },
  }
}
