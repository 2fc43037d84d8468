import { DomainError } from '#platform/domain'
import { executeCommand } from '#platform/event-store'
import { hashOfToken, isRefreshToken } from '../credentials/refresh-tokens.ts'
import { type RevocationReason, session } from '../domain/session.ts'
import type { AuthParts, Origin } from '../parts.ts'
import { findSessionOfToken } from '../projections/sessions.ts'
import { type IssuedSession, issueSession, type SessionToIssue, userThatExists } from './issue-session.ts'
import { settleSession } from './settle-session.ts'

/**
 * Spends a refresh token and gives its successor: the same one, if the token comes again within its grace, also when the
 * process died between the commit and the answer. A token that comes again later ends the session.
 *
 * @throws {DomainError} `INVALID_REFRESH_TOKEN` or `RATE_LIMITED`
 */
export async function refreshSession(parts: AuthParts, token: string, origin: Origin): Promise<IssuedSession> {
  const { database, refreshTokens, throttles, log } = parts
  throttles.refreshesPerNetwork.take(origin.network)
  if (!isRefreshToken(token)) throw invalidToken()
  const presentedHash = hashOfToken(token)
  const owner = await findSessionOfToken(database.reader, presentedHash)
  if (!owner) throw invalidToken()

  const { sessionId, userId, workspaceId } = owner
  const { correlationId } = origin
  const refreshToken = refreshTokens.successorOf(token)
  const successorHash = hashOfToken(refreshToken)
  const context = { workspaceId, actor: userId, correlationId, causationId: correlationId }
  const refreshed = await executeCommand(database, {
    ...context,
    decider: session,
    stream: `session-${sessionId}`,
    command: ({ now }) => ({ type: 'RefreshSession', presentedHash, successorHash, now }) as const,
    async conclude(unit, decided): Promise<SessionToIssue | { readonly reason: RevocationReason | undefined }> {
      const ended = await settleSession(parts, unit, context, decided)
      if (ended || typeof decided.state === 'string') return { reason: ended?.reason }
      const sessionExpiresAt = new Date(decided.state.expiresAtMs)
      return { sessionId, user: await userThatExists(unit, userId), refreshToken, sessionExpiresAt, now: unit.now }
    },
  })
  if ('user' in refreshed) return issueSession(parts, refreshed)
  // The refusal comes after the commit: the end of the session must last.
  if (refreshed.reason === 'TOKEN_REUSED') log.warn('session.token-reused', { sessionId, userId, correlationId })
  throw invalidToken()
}

function invalidToken(): DomainError {
  return new DomainError('INVALID_REFRESH_TOKEN', 'the refresh token is not valid')
}
