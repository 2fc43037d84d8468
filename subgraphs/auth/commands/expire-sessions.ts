import { executeCommand } from '#platform/event-store'
import { session } from '../domain/session.ts'
import type { AuthParts } from '../parts.ts'
import { expiredSessions } from '../projections/sessions.ts'
import { settleSession } from './settle-session.ts'

const SESSIONS_MAX = 100

/** Ends sessions whose time is up, in one bounded batch, so that their tokens need not be kept. @returns how many */
export async function expireSessions(parts: AuthParts): Promise<number> {
  const { database } = parts
  const expired = await expiredSessions(database.reader, await database.now(), SESSIONS_MAX)
  for (const { sessionId, workspaceId } of expired) {
    const context = { workspaceId, actor: 'auth', correlationId: sessionId, causationId: sessionId }
    await executeCommand(database, {
      ...context,
      decider: session,
      stream: `session-${sessionId}`,
      command: ({ now }) => ({ type: 'ExpireSession', now }) as const,
      conclude: (unit, decided) => settleSession(parts, unit, context, decided),
    })
  }
  return expired.length
}
