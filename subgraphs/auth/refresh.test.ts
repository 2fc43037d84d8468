import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import {
  type AuthStage,
  LOG_OUT,
  ME,
  openStage,
  REFRESH,
  type SessionAnswer,
  SIGN_UP,
  type StageOptions,
  shreyash,
} from './auth.fixture.ts'
import { REFRESH_GRACE_MS, SESSION_LIFE_MS } from './domain/session.ts'

const MINUTE_MS = 60_000
const invalid = { code: 'INVALID_REFRESH_TOKEN' }
const open: AuthStage[] = []
let folder: string | undefined

interface Stage extends AuthStage {
  readonly clock: MovedClock
  readonly first: SessionAnswer
  refresh(session: { readonly refreshToken: string }): Promise<SessionAnswer>
  refusedRefresh(session: { readonly refreshToken: string }): Promise<unknown>
}

async function stage(options: StageOptions = {}, clock = movedClock(new Date('2026-11-23T12:00:00Z'))): Promise<Stage> {
  const opened = await openStage(clock, options)
  open.push(opened)
  const first = await opened.ask<SessionAnswer>(SIGN_UP, shreyash)
  return {
    ...opened,
    clock,
    first,
    refresh: ({ refreshToken }) => opened.ask(REFRESH, { refreshToken }),
    refusedRefresh: ({ refreshToken }) => opened.refusalOf(REFRESH, { refreshToken }),
  }
}

afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close()
  if (folder) rmSync(folder, { recursive: true })
  folder = undefined
})

test('a refresh gives the next tokens of the same session', async () => {
  const { first, refresh, clock, auth } = await stage()
  await clock.advance(14 * MINUTE_MS)
  const next = await refresh(first)
  expect(next.refreshToken).not.toBe(first.refreshToken)
  expect(next.expiresAt).toBe('2026-11-23T12:29:00.000Z')
  expect(next.user).toEqual(first.user)
  const [before, after] = [await auth.verifier.verify(first.accessToken), await auth.verifier.verify(next.accessToken)]
  expect(after.sessionId).toBe(before.sessionId)
  await clock.advance(14 * MINUTE_MS)
  await refresh(next)
})

test('an access token that has expired does not keep its holder from refreshing', async () => {
  const { first, ask, refusalOf, clock } = await stage()
  await clock.advance(16 * MINUTE_MS)
  const caller = { token: first.accessToken }
  expect(await refusalOf(ME, {}, caller)).toMatchObject({ code: 'UNAUTHENTICATED' })
  await ask(REFRESH, { refreshToken: first.refreshToken }, caller)
})

test('a token that was spent ends the whole session when it comes again after its grace', async () => {
  const { first, refresh, refusedRefresh, refusalOf, clock, database } = await stage()
  const next = await refresh(first)
  const live = await refresh(next)
  await clock.advance(REFRESH_GRACE_MS + 1)
  expect(await refusedRefresh(first)).toMatchObject(invalid)
  for (const token of [first, next, live]) expect(await refusedRefresh(token)).toMatchObject(invalid)
  expect(await refusalOf(ME, {}, { token: live.accessToken })).toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await database.reader.all('select reason from sessions')).toEqual([{ reason: 'TOKEN_REUSED' }])
  expect(await database.reader.all('select * from refresh_tokens')).toEqual([])
  const session = await database.reader.get<{ session_id: string }>('select session_id from sessions')
  expect(await database.reader.all('select record_key from outbox')).toEqual([{ record_key: session?.session_id }])
})

test('many who refresh with one token at once get one successor', async () => {
  const { first, refresh, database } = await stage()
  const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(first)))
  expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1)
  expect(await database.reader.all("select * from events where type = 'SessionRefreshed'")).toHaveLength(1)
  expect(await database.reader.all('select * from refresh_tokens')).toHaveLength(2)
})

test('1,000 races of two refreshes never leave two tokens that live', async () => {
  const { ask, refresh, database } = await stage()
  for (let user = 0; user < 10; user++) {
    let current = await ask<SessionAnswer>(SIGN_UP, { username: `racer-${user}`, password: '12345' })
    for (let race = 0; race < 100; race++) {
      const [one, other] = await Promise.all([refresh(current), refresh(current)])
      expect(one.refreshToken).toBe(other.refreshToken)
      current = one
    }
  }
  // One token for each of the eleven sign-ups and one for each race: no other was ever given.
  expect(await database.reader.all('select * from refresh_tokens')).toHaveLength(1_011)
})

test('a client that lost the answer, the process having died, gets the same successor from the next', async () => {
  folder = mkdtempSync(join(tmpdir(), 'auth-'))
  const path = join(folder, 'auth.db')
  const before = await stage({ path })
  const lost = await before.refresh(before.first)
  await open.pop()?.close()

  const clock = movedClock(new Date(before.clock.now().getTime() + 5_000))
  const after = await openStage(clock, { path })
  open.push(after)
  const again = await after.ask<SessionAnswer>(REFRESH, { refreshToken: before.first.refreshToken })
  expect(again.refreshToken).toBe(lost.refreshToken)
  await clock.advance(REFRESH_GRACE_MS)
  await after.ask(REFRESH, { refreshToken: again.refreshToken })
  expect(await after.refusalOf(REFRESH, { refreshToken: before.first.refreshToken })).toMatchObject(invalid)
})

test('a session that ended before a restart is still ended after it, for its access tokens too', async () => {
  folder = mkdtempSync(join(tmpdir(), 'auth-'))
  const path = join(folder, 'auth.db')
  const { first, ask, clock } = await stage({ path })
  await ask(LOG_OUT, {}, { token: first.accessToken })
  await open.pop()?.close()
  const after = await openStage(clock, { path })
  open.push(after)
  expect(await after.refusalOf(ME, {}, { token: first.accessToken })).toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('what is no refresh token, an access token among it, is refused', async () => {
  const { first, refusedRefresh } = await stage()
  for (const refreshToken of ['', 'x', first.accessToken, `${first.refreshToken}=`, 'A'.repeat(43)]) {
    expect(await refusedRefresh({ refreshToken })).toMatchObject(invalid)
  }
})

test('after 30 days a session has ended, however lately it was refreshed', async () => {
  const { first, refresh, refusedRefresh, clock, database } = await stage()
  const endMs = clock.now().getTime() + SESSION_LIFE_MS
  clock.setWall(new Date(endMs - 5 * MINUTE_MS))
  const late = await refresh(first)
  expect(new Date(late.expiresAt).getTime()).toBe(endMs)
  clock.setWall(new Date(endMs))
  expect(await refusedRefresh(late)).toMatchObject(invalid)
  expect(await database.reader.all('select reason from sessions')).toEqual([{ reason: 'EXPIRED' }])
  expect(await database.reader.all('select * from refresh_tokens')).toEqual([])
  // Its access tokens have ended with it: there is nothing to tell the verifiers.
  expect(await database.reader.all('select * from outbox')).toEqual([])
})

test('a session that nobody refreshes any more is ended too, and its tokens are forgotten', async () => {
  const { clock, database } = await stage()
  clock.setWall(new Date(clock.now().getTime() + SESSION_LIFE_MS))
  await clock.advance(MINUTE_MS)
  await vi.waitFor(async () => {
    await clock.settle()
    expect(await database.reader.all('select reason from sessions')).toEqual([{ reason: 'EXPIRED' }])
  })
  expect(await database.reader.all('select * from refresh_tokens')).toEqual([])
})
