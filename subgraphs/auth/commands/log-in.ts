import { DomainError } from '#platform/domain'
import { executeCommand, newStream } from '#platform/event-store'
import { type Credential, findCredential, replacePasswordHash } from '../credentials/credential-rows.ts'
import { hashOfToken } from '../credentials/refresh-tokens.ts'
import { isOfAcceptedLength } from '../domain/password-policy.ts'
import { SESSION_LIFE_MS, session } from '../domain/session.ts'
import { user } from '../domain/user.ts'
import { readUsername } from '../domain/username.ts'
import type { AuthParts, Origin } from '../parts.ts'
import { type IssuedSession, issueSession, userThatExists } from './issue-session.ts'
import { recordEvents } from './record-events.ts'
import type { NameAndPassword } from './sign-up.ts'

/**
 * Opens a session for whoever knows the password. Does the same work for a name that does not exist.
 *
 * @throws {DomainError} `INVALID_CREDENTIALS`, `RATE_LIMITED` or `OVERLOADED`
 */
export async function logIn(parts: AuthParts, input: NameAndPassword, origin: Origin): Promise<IssuedSession> {
  const credential = await checkedCredential(parts, input, origin)
  if (parts.passwords.isOutdated(credential.hash)) await rehash(parts, credential, input.password, origin)
  return startSession(parts, credential, origin)
}

async function checkedCredential(
  { database, passwords, throttles, log }: AuthParts,
  { username, password }: NameAndPassword,
  { network, correlationId }: Origin,
): Promise<Credential> {
  const key = readUsername(username)?.key
  throttles.logInsPerNetwork.take(network)
  // Counted before the password is looked at: attempts that run side by side are all counted.
  if (key !== undefined) throttles.logInsPerAccount.take(key)
  const credential = key === undefined ? undefined : await findCredential(database.reader, key)
  const isMatch = isOfAcceptedLength(password) && (await passwords.matches(password, credential?.hash))
  if (isMatch && credential && key !== undefined) {
    throttles.logInsPerAccount.giveBack(key)
    return credential
  }
  log.info('log-in.refused', { network, correlationId })
  throw new DomainError('INVALID_CREDENTIALS', 'wrong username or password')
}

async function startSession(
  { database, clock, refreshTokens, ...parts }: AuthParts,
  { userId, workspaceId }: Credential,
  { correlationId }: Origin,
): Promise<IssuedSession> {
  const sessionId = clock.newId()
  const refreshToken = refreshTokens.first()
  const tokenHash = hashOfToken(refreshToken)
  const started = await database.unit([`session-${sessionId}`], async (unit) => {
    const { now } = unit
    const start = { type: 'StartSession', sessionId, userId, workspaceId, tokenHash, now } as const
    const events = session.decide(start, session.initial)
    const context = { workspaceId, actor: userId, correlationId, causationId: correlationId }
    await recordEvents(unit, context, [{ head: newStream(`session-${sessionId}`), events }])
    const sessionExpiresAt = new Date(now.getTime() + SESSION_LIFE_MS)
    return { sessionId, user: await userThatExists(unit, userId), refreshToken, sessionExpiresAt, now }
  })
  return issueSession({ database, clock, refreshTokens, ...parts }, started)
}

/** Makes the hash anew by today's parameters: only at log-in is the password known. */
async function rehash(
  { database, passwords }: AuthParts,
  { userId, workspaceId, hash }: Credential,
  password: string,
  { correlationId }: Origin,
): Promise<void> {
  const next = await passwords.hash(password)
  const context = { workspaceId, actor: userId, correlationId, causationId: correlationId }
  await executeCommand(database, {
    ...context,
    decider: user,
    stream: `user-${userId}`,
    command: () => ({ type: 'RehashPassword', userId, parameters: passwords.parameters }) as const,
    async conclude(unit, { events }) {
      if (events.length > 0) await replacePasswordHash(unit, userId, hash, next)
    },
  })
}
