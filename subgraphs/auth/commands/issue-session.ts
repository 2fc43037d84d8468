import type { Reader } from '#platform/database'
import { invariant } from '#platform/domain'
import { signAccessToken } from '../credentials/access-tokens.ts'
import type { AuthParts } from '../parts.ts'
import { findUser, type UserView } from '../projections/user-views.ts'

/** What a client gets to act for a user. */
export interface IssuedSession {
  readonly accessToken: string
  readonly refreshToken: string
  /** When `accessToken` ends. */
  readonly expiresAt: Date
  readonly user: UserView
}

/** What is known of a session once its unit has committed. */
export interface SessionToIssue {
  readonly sessionId: string
  readonly user: UserView
  readonly refreshToken: string
  readonly sessionExpiresAt: Date
  readonly now: Date
}

/** Signs an access token for a session that is kept already; it never outlives the session. */
export async function issueSession(parts: AuthParts, session: SessionToIssue): Promise<IssuedSession> {
  const { sessionId, user, refreshToken, sessionExpiresAt, now } = session
  const issuedAt = new Date(now.getTime() - (now.getTime() % 1_000))
  const endMs = Math.min(issuedAt.getTime() + parts.config.accessTokenLifeMs, sessionExpiresAt.getTime())
  // A token's times are whole seconds.
  const expiresAt = new Date(endMs - (endMs % 1_000))
  const grant = {
    tokenId: parts.clock.newId(),
    userId: user.id,
    username: user.username,
    sessionId,
    workspaceIds: user.workspaces.map((workspace) => workspace.id),
    issuedAt,
    expiresAt,
  }
  const accessToken = await signAccessToken(grant, parts.keyRing.signingKey(now))
  return { accessToken, refreshToken, expiresAt, user }
}

/** A user of whom it is known that they exist. */
export async function userThatExists(reader: Reader, userId: string): Promise<UserView> {
  const user = await findUser(reader, userId)
  invariant(user, 'a session belongs to a user')
  return user
}
