import { executeCommand } from '#platform/event-store'
import type { Caller } from '#platform/identity'
import { session } from '../domain/session.ts'
import type { AuthParts, Origin } from '../parts.ts'
import { findSession } from '../projections/sessions.ts'
import { settleSession } from './settle-session.ts'

/** Ends the caller's session: its refresh token is good no more, and its access tokens are refused from now on. */
export async function logOut(parts: AuthParts, caller: Caller, { correlationId }: Origin): Promise<void> {
  const owner = await findSession(parts.database.reader, caller.sessionId)
  if (!owner) return
  const { sessionId, userId, workspaceId } = owner
  const context = { workspaceId, actor: userId, correlationId, causationId: correlationId }
  await executeCommand(parts.database, {
    ...context,
    decider: session,
    stream: `session-${sessionId}`,
    command: ({ now }) => ({ type: 'LogOut', now }) as const,
    conclude: (unit, decided) => settleSession(parts, unit, context, decided),
  })
}
