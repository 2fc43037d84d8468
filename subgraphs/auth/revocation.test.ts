import { expect, test, vi } from 'vitest'
import { systemClock } from '#platform/clock'
import { openSqlite } from '#platform/database'
import {
  cachedKeySource,
  type FollowedRevocations,
  followRevocations,
  makeRevocations,
  makeTokenVerifier,
  type TokenVerifier,
} from '#platform/identity'
import { openEmbeddedMessaging } from '#platform/messaging'
import { embeddedSchemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { LOG_OUT, type SessionAnswer, SIGN_UP, shreyash, stageConfig } from './auth.fixture.ts'
import { openAuth } from './main.ts'

test('a verifier elsewhere refuses a session that logged out, and still does after it was started anew', async () => {
  const clock = systemClock()
  const log = silentLog()
  const schemas = embeddedSchemas()
  const database = openSqlite({ name: 'auth', path: ':memory:', clock })
  const messaging = await openEmbeddedMessaging({ clock, schemas })
  const auth = await openAuth({ database, clock, schemas, log, config: stageConfig(), messaging })
  const openElsewhere = async (): Promise<{ verifier: TokenVerifier; followed: FollowedRevocations }> => {
    const keys = cachedKeySource({ fetchKeys: async () => auth.jwks(), clock })
    const verifier = makeTokenVerifier({ keys, clock, revocations: makeRevocations(clock) })
    const followed = await followRevocations({ messaging, schemas, verifier, clock, log, instance: 'gateway-1' })
    return { verifier, followed }
  }
  const signedUp = await auth.subgraph.execute({ query: SIGN_UP, variables: shreyash }, {})
  const { accessToken: token } = (signedUp.data as { signUp: SessionAnswer }).signUp

  const before = await openElsewhere()
  await before.verifier.verify(token)
  const told: string[] = []
  before.verifier.onRevoked((sessionId) => told.push(sessionId))
  await auth.subgraph.execute({ query: LOG_OUT }, { token })
  await vi.waitFor(() => expect(told).toHaveLength(1))
  await expect(before.verifier.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await before.followed.stop()

  const after = await openElsewhere()
  await expect(after.verifier.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await after.followed.stop()

  await auth.stop()
  await messaging.close()
  await database.close()
})
