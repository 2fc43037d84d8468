import { UniqueViolationError, type Unit } from '#platform/database'
import { DomainError } from '#platform/domain'
import { newStream } from '#platform/event-store'
import { findCredential, insertPasswordHash } from '../credentials/credential-rows.ts'
import { hashOfToken } from '../credentials/refresh-tokens.ts'
import { checkPassword } from '../domain/password-policy.ts'
import { SESSION_LIFE_MS, session } from '../domain/session.ts'
import { user } from '../domain/user.ts'
import { parseUsername } from '../domain/username.ts'
import type { AuthParts, Origin } from '../parts.ts'
import { type IssuedSession, issueSession, type SessionToIssue, userThatExists } from './issue-session.ts'
import { recordEvents } from './record-events.ts'

/** A name and a password, as somebody typed them. */
export interface NameAndPassword {
  readonly username: string
  readonly password: string
}

/**
 * Makes a user with a workspace of their own, and opens a session.
 *
 * @throws {DomainError} `RATE_LIMITED`, `BAD_USER_INPUT`, `WEAK_PASSWORD`, `USERNAME_TAKEN` or `OVERLOADED`
 */
export async function signUp(parts: AuthParts, input: NameAndPassword, origin: Origin): Promise<IssuedSession> {
  const { database, clock, config, passwords, refreshTokens, throttles } = parts
  throttles.signUpsPerNetwork.take(origin.network)
  const username = parseUsername(input.username)
  checkPassword(input.password, config.passwordCharactersMin)
  // Looked up before the costly hash; the unit below looks again, and its answer counts.
  if (await findCredential(database.reader, username.key)) throw usernameTaken()

  const passwordHash = await passwords.hash(input.password)
  const [userId, workspaceId, sessionId] = [clock.newId(), clock.newId(), clock.newId()]
  const refreshToken = refreshTokens.first()
  const tokenHash = hashOfToken(refreshToken)
  const { correlationId } = origin

  const work = async (unit: Unit): Promise<SessionToIssue> => {
    if (await findCredential(unit, username.key)) throw usernameTaken()
    const { now } = unit
    const signedUp = user.decide({ type: 'SignUp', userId, username: username.name, workspaceId }, user.initial)
    const start = { type: 'StartSession', sessionId, userId, workspaceId, tokenHash, now } as const
    await recordEvents(unit, { workspaceId, actor: userId, correlationId, causationId: correlationId }, [
      { head: newStream(`user-${userId}`), events: signedUp },
      { head: newStream(`session-${sessionId}`), events: session.decide(start, session.initial) },
    ])
    await insertPasswordHash(unit, userId, passwordHash)
    const sessionExpiresAt = new Date(now.getTime() + SESSION_LIFE_MS)
    return { sessionId, user: await userThatExists(unit, userId), refreshToken, sessionExpiresAt, now }
  }
  const started = await database.unit([`username:${username.key}`], work).catch((error: unknown) => {
    // The ids are new, so that the name is the one key which can exist.
    throw error instanceof UniqueViolationError ? usernameTaken() : error
  })
  parts.log.info('user.signed-up', { userId, workspaceId, correlationId })
  return issueSession(parts, started)
}

function usernameTaken(): DomainError {
  return new DomainError('USERNAME_TAKEN', 'this username is taken', { path: 'input.username' })
}
