import { test } from 'vitest'
import { scenario } from '#platform/testing'
import {
  REFRESH_GRACE_MS,
  REFRESHES_MAX,
  type RevocationReason,
  SESSION_LIFE_MS,
  type SessionCommand,
  type SessionEvent,
  session,
} from './session.ts'

const { given } = scenario(session)
const startMs = Date.UTC(2026, 10, 23)
const at = (ms: number): Date => new Date(startMs + ms)
const ids = { sessionId: 'session-1', userId: 'user-1' }
const started: SessionEvent = {
  type: 'SessionStarted',
  ...ids,
  workspaceId: 'workspace-1',
  tokenHash: 'hash-0',
  startedAtMs: startMs,
  expiresAtMs: startMs + SESSION_LIFE_MS,
}
const MINUTE_MS = 60_000

/** Token `spent` comes, which `spent + 1` follows. */
function refresh(spent: number, ms: number): SessionCommand {
  return { type: 'RefreshSession', presentedHash: `hash-${spent}`, successorHash: `hash-${spent + 1}`, now: at(ms) }
}

function refreshed(spent: number, ms: number): SessionEvent {
  const hashes = { spentHash: `hash-${spent}`, tokenHash: `hash-${spent + 1}` }
  return { type: 'SessionRefreshed', sessionId: 'session-1', ...hashes, refreshedAtMs: startMs + ms }
}

function revoked(reason: RevocationReason, ms: number): SessionEvent {
  return { type: 'SessionRevoked', ...ids, reason, revokedAtMs: startMs + ms }
}

test('a session starts with its end', () => {
  given()
    .when({ type: 'StartSession', ...ids, workspaceId: 'workspace-1', tokenHash: 'hash-0', now: at(0) })
    .yields(started)
})

test('each token is good once, one after the other', () => {
  given(started).when(refresh(0, MINUTE_MS)).yields(refreshed(0, MINUTE_MS))
  given(started, refreshed(0, MINUTE_MS))
    .when(refresh(1, 2 * MINUTE_MS))
    .yields(refreshed(1, 2 * MINUTE_MS))
})

test('the token that was spent last may come again within its grace, and changes nothing', () => {
  given(started, refreshed(0, 0)).when(refresh(0, REFRESH_GRACE_MS)).yields()
  given(started, refreshed(0, 0))
    .when(refresh(0, REFRESH_GRACE_MS + 1))
    .yields(revoked('TOKEN_REUSED', REFRESH_GRACE_MS + 1))
})

test('a spent token has no grace once its successor was spent', () => {
  given(started, refreshed(0, 0), refreshed(1, 1)).when(refresh(0, 2)).yields(revoked('TOKEN_REUSED', 2))
})

test('within the grace too, a successor other than the one that lives is reuse', () => {
  const forged: SessionCommand = { type: 'RefreshSession', presentedHash: 'hash-0', successorHash: 'other', now: at(1) }
  given(started, refreshed(0, 0)).when(forged).yields(revoked('TOKEN_REUSED', 1))
})

test('a session that ended gives nothing more', () => {
  given().when(refresh(0, 1)).isRefused('INVALID_REFRESH_TOKEN')
  given(started, revoked('LOGGED_OUT', 1)).when(refresh(0, 2)).isRefused('INVALID_REFRESH_TOKEN')
  given(started, refreshed(0, 0), revoked('TOKEN_REUSED', 1)).when(refresh(1, 2)).isRefused('INVALID_REFRESH_TOKEN')
})

test('a session ends after 30 days, however lately it was refreshed', () => {
  const end = SESSION_LIFE_MS
  given(started)
    .when(refresh(0, end - 1))
    .yields(refreshed(0, end - 1))
  given(started).when(refresh(0, end)).yields(revoked('EXPIRED', end))
  given(started, refreshed(0, end - 1))
    .when(refresh(1, end))
    .yields(revoked('EXPIRED', end))
  given(started)
    .when({ type: 'ExpireSession', now: at(end - 1) })
    .yields()
  given(started)
    .when({ type: 'ExpireSession', now: at(end) })
    .yields(revoked('EXPIRED', end))
  given(started, revoked('EXPIRED', end))
    .when({ type: 'ExpireSession', now: at(end) })
    .yields()
})

test('a session ends after very many refreshes', () => {
  const history = Array.from({ length: REFRESHES_MAX }, (_, index) => refreshed(index, index))
  given(started, ...history)
    .when(refresh(REFRESHES_MAX, MINUTE_MS))
    .yields(revoked('EXPIRED', MINUTE_MS))
})

test('logging out twice is logging out once', () => {
  given(started)
    .when({ type: 'LogOut', now: at(1) })
    .yields(revoked('LOGGED_OUT', 1))
  given(started, revoked('LOGGED_OUT', 1))
    .when({ type: 'LogOut', now: at(2) })
    .yields()
  given()
    .when({ type: 'LogOut', now: at(2) })
    .yields()
})
