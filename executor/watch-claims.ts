import type { ExecutionCommands, LossReason } from '#executions'
import type { Clock } from '#platform/clock'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { Attempts } from './attempts.ts'
import type { LeaseKeeper } from './lease-keeper.ts'

/** What watching takes. */
export interface WatchClaimsPorts {
  readonly executions: Pick<ExecutionCommands, 'claimsOf' | 'giveBack'>
  readonly clock: Clock
  readonly lease: LeaseKeeper
  readonly attempts: Attempts
  /** Why a claim without work is given back. */
  reason(): LossReason
  onError(error: unknown): void
}

const WATCH_MS = 500

/**
 * Compares what this executor runs with what it holds, by one query. Work without a claim is ended, and work whose end is
 * wanted is asked to. A claim without work, whose reply was lost or whose result could not be written, is given back when
 * it is seen twice.
 */
export function watchClaims({ executions, clock, lease, attempts, reason, onError }: WatchClaimsPorts): Loop {
  let workless: ReadonlySet<string> = new Set()

  async function watchOnce(): Promise<false> {
    if (!lease.checkTrust()) return false
    const executorId = lease.id()
    // Taken before the query: what is claimed meanwhile is not missing.
    const before = [...attempts.all()].filter(({ phase }) => phase === 'running')
    const held = await executions.claimsOf(executorId)
    if (lease.id() !== executorId) return false
    const still = before.filter(({ phase }) => phase === 'running')
    const heldAs = (id: string, epoch: number) => {
      const claim = held.get(id)
      return claim?.epoch === epoch ? claim : undefined
    }
    attempts.drop(still.filter(({ claim }) => !heldAs(claim.execution.id, claim.epoch)))
    attempts.cancel(still.filter(({ claim }) => heldAs(claim.execution.id, claim.epoch)?.cancel === 'ASKED'))
    const working = new Set([...attempts.all()].map(({ claim }) => claim.execution.id))
    const idle = [...held.keys()].filter((executionId) => !working.has(executionId))
    const again = idle.filter((executionId) => workless.has(executionId))
    workless = new Set(idle)
    if (again.length > 0) await executions.giveBack(executorId, again, reason())
    return false
  }

  return startLoop({ clock, pollMs: WATCH_MS, runOnce: watchOnce, onError })
}
