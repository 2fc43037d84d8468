import { type Decider, DomainError, invariant } from '#platform/domain'

/** A session ends so long after its log-in, however often it is refreshed. */
export const SESSION_LIFE_MS = 30 * 24 * 3_600_000

/**
 * For so long a spent refresh token still gives its successor, the same one, until that is spent itself: a reply that was
 * lost, or a second tab that refreshes at the same moment, must not log the user out.
 */
export const REFRESH_GRACE_MS = 10_000

/** Every 9 minutes for 30 days. A client that refreshes more often logs in again sooner. */
export const REFRESHES_MAX = 5_000

/** Why a session ended. */
export type RevocationReason = 'LOGGED_OUT' | 'TOKEN_REUSED' | 'EXPIRED'

/** What is asked of a session's stream. Token hashes are SHA-256 of 256 random bits: they give nothing away. */
export type SessionCommand =
  | {
      readonly type: 'StartSession'
      readonly sessionId: string
      readonly userId: string
      readonly workspaceId: string
      readonly tokenHash: string
      readonly now: Date
    }
  | {
      readonly type: 'RefreshSession'
      readonly presentedHash: string
      /** The hash of the one token that can follow the presented one. */
      readonly successorHash: string
      readonly now: Date
    }
  | { readonly type: 'LogOut'; readonly now: Date }
  | { readonly type: 'ExpireSession'; readonly now: Date }

/** What happened to a session. */
export type SessionEvent =
  | {
      readonly type: 'SessionStarted'
      readonly sessionId: string
      readonly userId: string
      readonly workspaceId: string
      readonly tokenHash: string
      readonly startedAtMs: number
      readonly expiresAtMs: number
    }
  | {
      readonly type: 'SessionRefreshed'
      readonly sessionId: string
      readonly spentHash: string
      readonly tokenHash: string
      readonly refreshedAtMs: number
    }
  | {
      readonly type: 'SessionRevoked'
      readonly sessionId: string
      readonly userId: string
      readonly reason: RevocationReason
      readonly revokedAtMs: number
    }

/** What the rules need to know of a session. */
export type SessionState =
  | 'absent'
  | 'ended'
  | {
      readonly sessionId: string
      readonly userId: string
      readonly workspaceId: string
      readonly expiresAtMs: number
      readonly liveHash: string
      readonly lastSpent: { readonly hash: string; readonly atMs: number } | null
      readonly refreshes: number
    }

type OpenState = Exclude<SessionState, string>

/**
 * A session: one refresh token lives at a time, and each is good once. One that comes again after its grace was stolen
 * from, or by, whoever holds the session, which then ends (RFC 9700 §4.14).
 */
export const session: Decider<SessionCommand, SessionEvent, SessionState> = {
  initial: 'absent',

  decide(command, state) {
    switch (command.type) {
      case 'StartSession': {
        invariant(state === 'absent', 'the id of a session is new')
        const { sessionId, userId, workspaceId, tokenHash, now } = command
        const startedAtMs = now.getTime()
        const expiresAtMs = startedAtMs + SESSION_LIFE_MS
        return [{ type: 'SessionStarted', sessionId, userId, workspaceId, tokenHash, startedAtMs, expiresAtMs }]
      }
      case 'RefreshSession':
        if (typeof state === 'string') throw new DomainError('INVALID_REFRESH_TOKEN', 'the refresh token is not valid')
        return refresh(command, state)
      case 'LogOut':
        // Logging out twice is logging out once.
        return typeof state === 'string' ? [] : [revoked(state, 'LOGGED_OUT', command.now)]
      case 'ExpireSession':
        if (typeof state === 'string' || command.now.getTime() < state.expiresAtMs) return []
        return [revoked(state, 'EXPIRED', command.now)]
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'SessionStarted': {
        const { sessionId, userId, workspaceId, expiresAtMs, tokenHash } = event
        return { sessionId, userId, workspaceId, expiresAtMs, liveHash: tokenHash, lastSpent: null, refreshes: 0 }
      }
      case 'SessionRefreshed': {
        if (typeof state === 'string') return state
        const lastSpent = { hash: event.spentHash, atMs: event.refreshedAtMs }
        return { ...state, liveHash: event.tokenHash, lastSpent, refreshes: state.refreshes + 1 }
      }
      case 'SessionRevoked':
        return 'ended'
      default:
        return state
    }
  },
}

function refresh(
  { presentedHash, successorHash, now }: Extract<SessionCommand, { type: 'RefreshSession' }>,
  state: OpenState,
): readonly SessionEvent[] {
  const { sessionId, liveHash, lastSpent, expiresAtMs } = state
  const refreshedAtMs = now.getTime()
  if (refreshedAtMs >= expiresAtMs || state.refreshes >= REFRESHES_MAX) return [revoked(state, 'EXPIRED', now)]
  if (presentedHash === liveHash) {
    const [spentHash, tokenHash] = [presentedHash, successorHash]
    return [{ type: 'SessionRefreshed', sessionId, spentHash, tokenHash, refreshedAtMs }]
  }
  const isRepeated = presentedHash === lastSpent?.hash && successorHash === liveHash
  if (isRepeated && refreshedAtMs - lastSpent.atMs <= REFRESH_GRACE_MS) return []
  return [revoked(state, 'TOKEN_REUSED', now)]
}

function revoked({ sessionId, userId }: OpenState, reason: RevocationReason, now: Date): SessionEvent {
  return { type: 'SessionRevoked', sessionId, userId, reason, revokedAtMs: now.getTime() }
}
