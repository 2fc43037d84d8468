import { type ExecutionCommands, LEASE_MS, LEASE_RENEWAL_MS } from '#executions'
import type { Clock } from '#platform/clock'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { Log } from '#platform/telemetry'

/** An executor's standing with the others. */
export interface LeaseKeeper {
  /** Under which name it holds attempts now. Another one after it was lost: what the former held is not its own. */
  id(): string
  /** Whether the lease surely holds, judged by a clock that never jumps. When it may not, it is given up for good. */
  checkTrust(): boolean
  /** Ends when the first lease is there. */
  start(): Promise<void>
  /** Renews no more. */
  stop(): Promise<void>
}

/** What the keeper stands on. */
export interface LeaseKeeperPorts {
  readonly executions: Pick<ExecutionCommands, 'register' | 'renewLease'>
  readonly clock: Clock
  readonly log: Log
  /** All that was held is another's now, or may be soon: end it. */
  onLost(): void
}

// Others may give an attempt out again when LEASE_MS have passed by the database's clock, from when it took the renewal. We
// count from before we asked, and stop a second earlier: what is left covers a clock that drifts and a task that ends slowly.
const TRUST_MS = LEASE_MS - 1_000

/** Keeps one lease for the executor, renewed by one row. */
export function openLeaseKeeper({ executions, clock, log, onLost }: LeaseKeeperPorts): LeaseKeeper {
  let id = ''
  let isRegistered = false
  let trustedUntilMs = Number.NEGATIVE_INFINITY
  let loops: readonly Loop[] = []

  async function register(): Promise<void> {
    // A new name each time: whether a former try came through is not known, and need not be.
    id = clock.newId()
    const askedMs = clock.monotonicMs()
    await executions.register(id)
    isRegistered = true
    trustedUntilMs = askedMs + TRUST_MS
    log.info('executor.registered', { executorId: id })
  }

  function checkTrust(): boolean {
    if (isRegistered && clock.monotonicMs() >= trustedUntilMs) giveUp()
    return isRegistered
  }

  function giveUp(): void {
    log.warn('executor.lost', { executorId: id })
    isRegistered = false
    onLost()
  }

  async function renew(): Promise<false> {
    if (checkTrust()) {
      const askedMs = clock.monotonicMs()
      if (await executions.renewLease(id)) trustedUntilMs = askedMs + TRUST_MS
      else giveUp()
    }
    if (!isRegistered) await register()
    return false
  }

  /** A renewal that fails is tried again after longer and longer waits: trust must not wait for it. */
  async function watch(): Promise<number> {
    checkTrust()
    return isRegistered ? trustedUntilMs - clock.monotonicMs() : LEASE_RENEWAL_MS
  }

  return {
    id: () => id,
    checkTrust,
    async start() {
      await register()
      const onError = (error: unknown): void => log.warn('executor.lease_delayed', { executorId: id, err: error })
      loops = [renew, watch].map((runOnce) => startLoop({ clock, pollMs: LEASE_RENEWAL_MS, runOnce, onError }))
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
