import type { Clock } from '#platform/clock'
import { ACCESS_TOKEN } from './token-format.ts'

/** The sessions whose access tokens are good no more, though their time is not up. */
export interface Revocations {
  /** @param until the latest `exp` that a token of this session can carry; afterwards it is forgotten */
  revoke(sessionId: string, until: Date): void
  /** @param expiresAtMs when the token in question ends */
  isRevoked(sessionId: string, expiresAtMs: number): boolean
  /** Calls back once for each session, at its revocation. @returns how to stop it */
  onRevoked(listener: (sessionId: string) => void): () => void
}

const REVOCATIONS_MAX = 100_000

/**
 * Keeps revocations in memory, bounded. Beyond the bound the oldest is forgotten, and with it every token that ends no
 * later than the forgotten session's: their holders refresh, which a revoked session cannot. So it fails closed.
 */
export function makeRevocations(
  clock: Pick<Clock, 'now'>,
  { revocationsMax = REVOCATIONS_MAX }: { revocationsMax?: number } = {},
): Revocations {
  const untilMs = new Map<string, number>()
  const listeners = new Set<(sessionId: string) => void>()
  let refusedUntilMs = 0

  function forgetPast(): void {
    const nowMs = clock.now().getTime()
    for (const [sessionId, until] of untilMs) {
      if (until + ACCESS_TOKEN.skewMs >= nowMs) break
      untilMs.delete(sessionId)
    }
  }

  function forgetOldest(): void {
    const oldest = untilMs.entries().next().value
    if (!oldest) return
    untilMs.delete(oldest[0])
    refusedUntilMs = Math.max(refusedUntilMs, oldest[1])
  }

  return {
    revoke(sessionId, until) {
      const isNew = !untilMs.has(sessionId)
      untilMs.set(sessionId, Math.max(untilMs.get(sessionId) ?? 0, until.getTime()))
      forgetPast()
      if (untilMs.size > revocationsMax) forgetOldest()
      if (isNew) for (const listener of listeners) listener(sessionId)
    },
    isRevoked: (sessionId, expiresAtMs) => expiresAtMs <= refusedUntilMs || untilMs.has(sessionId),
    onRevoked(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
