import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { onMysql } from '#platform/testing'
import { LOG_IN, openStage, REFRESH, type SessionAnswer, SIGN_UP, shreyash } from './auth.fixture.ts'

onMysql({
  main: () => import('./main.test.ts'),
  visibility: () => import('./visibility.test.ts'),
})

test('of refreshes that race one gives the next tokens, and a log-in is a session of its own', async () => {
  const { ask, auth, close } = await openStage(systemClock())
  onTestFinished(close)
  const first = await ask<SessionAnswer>(SIGN_UP, shreyash)
  const refresh = (): Promise<SessionAnswer> => ask(REFRESH, { refreshToken: first.refreshToken })
  const next = await Promise.all(Array.from({ length: 8 }, refresh))
  const sessions = await Promise.all([first, ...next].map(({ accessToken }) => auth.verifier.verify(accessToken)))
  expect(new Set(sessions.map(({ sessionId }) => sessionId)).size).toBe(1)
  const other = await ask<SessionAnswer>(LOG_IN, shreyash)
  expect((await auth.verifier.verify(other.accessToken)).sessionId).not.toBe(sessions[0]?.sessionId)
})
