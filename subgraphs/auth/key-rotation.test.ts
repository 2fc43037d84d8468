import { decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cachedKeySource, makeRevocations, makeTokenVerifier, type TokenVerifier } from '#platform/identity'
import { type MovedClock, movedClock } from '#platform/testing'
import { type AuthStage, LOG_IN, openStage, type SessionAnswer, SIGN_UP, shreyash } from './auth.fixture.ts'

const MINUTE_MS = 60_000
let clock: MovedClock
let stage: AuthStage

beforeEach(async () => {
  clock = movedClock(new Date('2026-11-23T12:00:00Z'))
  stage = await openStage(clock, { config: { keyLifeMs: 60 * MINUTE_MS } })
  await stage.ask(SIGN_UP, shreyash)
})

afterEach(() => stage.close())

/** A verifier of another process, which has the key set by asking for it. */
function verifierElsewhere(options: { maxAgeMs?: number; coolDownMs?: number } = {}): TokenVerifier {
  const keys = cachedKeySource({ fetchKeys: async () => stage.auth.jwks(), clock, ...options })
  return makeTokenVerifier({ keys, clock, revocations: makeRevocations(clock) })
}

function kids(): readonly (string | undefined)[] {
  return stage.auth.jwks().keys.map((key) => key.kid)
}

/** What five hours of log-ins came to, each token being verified every minute for as long as it lives. */
async function rotationUnderLoad(
  verifiers: readonly TokenVerifier[],
): Promise<{ verified: number; refused: number; keysUsed: number; publishedMax: number }> {
  const used = new Set<string | undefined>()
  let alive: string[] = []
  const count = { verified: 0, refused: 0, publishedMax: 0 }
  for (let minute = 0; minute < 5 * 60; minute++) {
    const { accessToken } = await stage.ask<SessionAnswer>(LOG_IN, shreyash)
    used.add(decodeProtectedHeader(accessToken).kid)
    alive = [...alive, accessToken].slice(-15)
    for (const token of alive) {
      const outcomes = await Promise.allSettled(verifiers.map((verifier) => verifier.verify(token)))
      for (const { status } of outcomes) count[status === 'fulfilled' ? 'verified' : 'refused'] += 1
    }
    count.publishedMax = Math.max(count.publishedMax, kids().length)
    await clock.advance(MINUTE_MS)
  }
  return { ...count, keysUsed: used.size }
}

test('keys rotate by themselves under load, and no good token is ever refused', async () => {
  const { verified, refused, keysUsed, publishedMax } = await rotationUnderLoad([
    verifierElsewhere(),
    stage.auth.verifier,
  ])
  expect(refused).toBe(0)
  expect(verified).toBeGreaterThan(8_000)
  expect(keysUsed).toBeGreaterThanOrEqual(4)
  expect(publishedMax).toBe(2)
  expect(await stage.database.reader.all('select kid from signing_keys')).toHaveLength(kids().length)
})

test('mutant: a verifier that looks for new keys too seldom refuses good tokens', async () => {
  const seldom = verifierElsewhere({ maxAgeMs: 3 * 60 * MINUTE_MS, coolDownMs: 3 * 60 * MINUTE_MS })
  expect((await rotationUnderLoad([seldom])).refused).toBeGreaterThan(0)
})

test('a key that is made by hand is published at once, and signs when every verifier can know it', async () => {
  const signer = async (): Promise<string | undefined> =>
    decodeProtectedHeader((await stage.ask<SessionAnswer>(LOG_IN, shreyash)).accessToken).kid
  const [first] = kids()
  const [one, other] = await Promise.all([stage.auth.rotateKeys(), stage.auth.rotateKeys()])
  expect(one).toBe(other)
  expect(kids()).toEqual([first, one])
  expect(await stage.auth.rotateKeys()).toBe(one)
  await clock.advance(10 * MINUTE_MS - 1)
  expect(await signer()).toBe(first)
  await clock.advance(1)
  expect(await signer()).toBe(one)
  await clock.advance(17 * MINUTE_MS)
  expect(kids()).toEqual([one])
})

test('what is published holds no private part', () => {
  const [key] = stage.auth.jwks().keys
  expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
})

test('another process on the same database signs with the same keys', async () => {
  const twin = await openStage(clock, { database: stage.database })
  expect(twin.auth.jwks()).toEqual(stage.auth.jwks())
  const { accessToken } = await twin.ask<SessionAnswer>(LOG_IN, shreyash)
  await expect(stage.auth.verifier.verify(accessToken)).resolves.toMatchObject({ username: 'shreyash' })
  await twin.close()
})
