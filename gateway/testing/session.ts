import type { Clock } from '#platform/clock'
import { DomainError } from '#platform/domain'
import type { Caller, Revocations, TokenVerifier } from '#platform/identity'

/** Identity as far as a test of the gateway needs it: tokens in plain text, believed by whoever holds this. */
export interface TestIdentity extends Pick<TokenVerifier, 'verify'>, Pick<Revocations, 'onRevoked'> {
  issue(userId: string, lifeMs?: number): string
  revoke(token: string): void
}

/** Opens an identity of its own for one test. */
export function testIdentity(clock: Clock): TestIdentity {
  const callers = new Map<string, Caller>()
  const revoked = new Set<string>()
  const listeners = new Set<(sessionId: string) => void>()
  return {
    issue(userId, lifeMs = 300_000) {
      const sessionId = clock.newId()
      const token = `token-${userId}-${sessionId}`
      const expiresAt = new Date(clock.now().getTime() + lifeMs)
      callers.set(token, { userId, username: userId, sessionId, workspaceIds: ['w1'], expiresAt })
      return token
    },
    async verify(token) {
      const caller = callers.get(token)
      if (!caller || caller.expiresAt <= clock.now() || revoked.has(caller.sessionId)) {
        throw new DomainError('UNAUTHENTICATED', 'the access token is not valid')
      }
      return caller
    },
    revoke(token) {
      const sessionId = callers.get(token)?.sessionId ?? ''
      revoked.add(sessionId)
      for (const listener of listeners) listener(sessionId)
    },
    onRevoked(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
