import type { Reader } from '#platform/database'
import type { Projection } from '#platform/projections'
import type { SessionEvent } from '../domain/session.ts'

/** Sessions, and which refresh token belongs to which: every token ever given, so that a spent one is known again. */
export const sessionsProjection: Projection<SessionEvent> = {
  name: 'sessions',
  tables: [
    { name: 'sessions', keyColumns: ['session_id'] },
    { name: 'refresh_tokens', keyColumns: ['token_hash'] },
  ],
  async apply(unit, events, into) {
    for (const { event } of events) {
      switch (event.type) {
        case 'SessionStarted': {
          const { sessionId, userId, workspaceId, tokenHash, startedAtMs, expiresAtMs } = event
          const columns = ['session_id', 'user_id', 'workspace_id', 'started_at', 'expires_at']
          const row = [sessionId, userId, workspaceId, startedAtMs, expiresAtMs]
          await unit.insertMany(into('sessions'), columns, [row])
          await unit.insertMany(into('refresh_tokens'), ['token_hash', 'session_id'], [[tokenHash, sessionId]])
          break
        }
        case 'SessionRefreshed': {
          const row = [event.tokenHash, event.sessionId]
          await unit.insertMany(into('refresh_tokens'), ['token_hash', 'session_id'], [row])
          break
        }
        case 'SessionRevoked': {
          const { sessionId, reason, revokedAtMs } = event
          const ended = [revokedAtMs, reason, sessionId]
          await unit.run(`update ${into('sessions')} set revoked_at = ?, reason = ? where session_id = ?`, ended)
          // None of its tokens will ever be good again: that one is unknown says as much.
          await unit.run(`delete from ${into('refresh_tokens')} where session_id = ?`, [sessionId])
          break
        }
      }
    }
  },
}

/** Where a session belongs. */
export interface SessionOwner {
  readonly sessionId: string
  readonly userId: string
  readonly workspaceId: string
}

interface OwnerRow {
  readonly session_id: string
  readonly user_id: string
  readonly workspace_id: string
}

/** The session that a refresh token was given for, spent or not. */
export async function findSessionOfToken(reader: Reader, tokenHash: string): Promise<SessionOwner | undefined> {
  const row = await reader.get<OwnerRow>(
    `select sessions.session_id, sessions.user_id, sessions.workspace_id
     from refresh_tokens join sessions on sessions.session_id = refresh_tokens.session_id
     where refresh_tokens.token_hash = ?`,
    [tokenHash],
  )
  return row && ownerOf(row)
}

/** A session by its id. */
export async function findSession(reader: Reader, sessionId: string): Promise<SessionOwner | undefined> {
  const row = await reader.get<OwnerRow>(
    'select session_id, user_id, workspace_id from sessions where session_id = ?',
    [sessionId],
  )
  return row && ownerOf(row)
}

/** Sessions whose time is up and that nobody ended, the oldest first. */
export async function expiredSessions(reader: Reader, now: Date, limit: number): Promise<readonly SessionOwner[]> {
  const rows = await reader.all<OwnerRow>(
    `select session_id, user_id, workspace_id from sessions
     where revoked_at is null and expires_at <= ? order by expires_at limit ?`,
    [now.getTime(), limit],
  )
  return rows.map(ownerOf)
}

/** Sessions that were ended since an instant, the oldest first: all of them, since one left out would be good again. */
export async function sessionsRevokedSince(
  reader: Reader,
  since: Date,
): Promise<readonly { readonly sessionId: string; readonly revokedAt: Date }[]> {
  const rows = await reader.all<{ session_id: string; revoked_at: number }>(
    'select session_id, revoked_at from sessions where revoked_at >= ? order by revoked_at',
    [since.getTime()],
  )
  return rows.map((row) => ({ sessionId: row.session_id, revokedAt: new Date(row.revoked_at) }))
}

function ownerOf(row: OwnerRow): SessionOwner {
  return { sessionId: row.session_id, userId: row.user_id, workspaceId: row.workspace_id }
}
