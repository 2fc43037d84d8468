import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import { type CachedKeySource, cachedKeySource } from './key-source.ts'

async function jwk(kid: string): Promise<JWK> {
  const { publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  return { ...(await exportJWK(publicKey)), kid }
}

function stage(): {
  clock: MovedClock
  keys: CachedKeySource
  issuer: { keys: JWK[]; asked: number; isAway: boolean }
} {
  const clock = movedClock(new Date('2026-11-23T12:00:00Z'))
  const issuer = { keys: [] as JWK[], asked: 0, isAway: false }
  const fetchKeys = async (): Promise<{ keys: JWK[] }> => {
    issuer.asked += 1
    if (issuer.isAway) throw new Error('away')
    return { keys: issuer.keys }
  }
  return { clock, issuer, keys: cachedKeySource({ fetchKeys, clock }) }
}

test('a key that appears is found by one more question after the cool-down', async () => {
  const { clock, issuer, keys } = stage()
  issuer.keys = [await jwk('one')]
  expect(await keys.keyFor('one')).toBeTruthy()
  issuer.keys.push(await jwk('two'))
  expect(await keys.keyFor('two')).toBeUndefined()
  await clock.advance(30_000)
  expect(await keys.keyFor('two')).toBeTruthy()
  expect(issuer.asked).toBe(2)
})

test('many who ask at once share one question', async () => {
  const { issuer, keys } = stage()
  issuer.keys = [await jwk('one')]
  const found = await Promise.all(Array.from({ length: 50 }, () => keys.keyFor('one')))
  expect(found.every(Boolean)).toBe(true)
  expect(issuer.asked).toBe(1)
})

test('a key that was withdrawn goes once the set is old, and who listens is told', async () => {
  const { clock, issuer, keys } = stage()
  issuer.keys = [await jwk('one'), await jwk('two')]
  await keys.keyFor('one')
  let told = 0
  keys.onChanged(() => told++)
  issuer.keys = issuer.keys.slice(1)
  await clock.advance(5 * 60_000)
  await keys.keyFor('two')
  await clock.settle()
  await keys.refresh()
  expect(told).toBe(1)
  expect(await keys.keyFor('one')).toBeUndefined()
})

test('while the issuer is away the last set goes on, and a flood asks no more than once in a cool-down', async () => {
  const { clock, issuer, keys } = stage()
  issuer.keys = [await jwk('one')]
  await keys.keyFor('one')
  issuer.isAway = true
  await clock.advance(30_000)
  for (let index = 0; index < 100; index++) expect(await keys.keyFor(`made-up-${index}`)).toBeUndefined()
  expect(await keys.keyFor('one')).toBeTruthy()
  expect(issuer.asked).toBe(2)
})

test('keys of another kind are left out', async () => {
  const { issuer, keys } = stage()
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  issuer.keys = [
    { ...(await exportJWK(publicKey)), kid: 'curve' },
    { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' },
  ]
  expect(await keys.keyFor('curve')).toBeUndefined()
  expect(await keys.keyFor('secret')).toBeUndefined()
})
