import type { Unit } from '#platform/database'
import type { Decided } from '#platform/event-store'
import { ACCESS_TOKEN } from '#platform/identity'
import { publish } from '#platform/outbox'
import type { SessionEvent, SessionState } from '../domain/session.ts'
import type { AuthParts } from '../parts.ts'
import { type EventContext, projectEvents } from './record-events.ts'

type Revoked = Extract<SessionEvent, { type: 'SessionRevoked' }>

/**
 * Projects what was decided about a session and, when it ended before its time, tells every verifier: those of this
 * process as soon as it is durable, the others by `identity-events`.
 *
 * @returns how the session ended, if it did
 */
export async function settleSession(
  { schemas, revocations }: AuthParts,
  unit: Unit,
  context: EventContext,
  { events, head }: Decided<SessionEvent, SessionState>,
): Promise<Revoked | undefined> {
  await projectEvents(unit, context, { ...head, version: head.version - events.length }, events)
  const revoked = events.find((event): event is Revoked => event.type === 'SessionRevoked')
  // No access token outlives its session, so that one which expired has none left to refuse.
  if (!revoked || revoked.reason === 'EXPIRED') return revoked
  const { userId, sessionId, reason } = revoked
  const revokedAt = new Date(revoked.revokedAtMs)
  const value = { userId, sessionId, reason, revokedAt }
  const { stream, version } = head
  const { correlationId } = context
  await publish(unit, schemas, [
    { topic: 'identity-events', key: sessionId, value, stream, version, previous: 0, correlationId },
  ])
  unit.afterCommit(() => revocations.revoke(sessionId, lastTokenEnd(revokedAt)))
  return revoked
}

/** The latest end of an access token of a session that was revoked at an instant. */
export function lastTokenEnd(revokedAt: Date): Date {
  return new Date(revokedAt.getTime() + ACCESS_TOKEN.lifeMsMax)
}
