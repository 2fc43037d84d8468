import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { makeRevocations } from './revocations.ts'
import { ACCESS_TOKEN } from './token-format.ts'

const start = new Date('2026-11-23T12:00:00Z')
const later = (ms: number): Date => new Date(start.getTime() + ms)

test('a revocation is kept as long as a token of the session can come, and then forgotten', async () => {
  const clock = movedClock(start)
  const revocations = makeRevocations(clock)
  revocations.revoke('one', later(60_000))
  await clock.advance(60_000 + ACCESS_TOKEN.skewMs)
  revocations.revoke('two', later(600_000))
  expect(revocations.isRevoked('one', later(50_000).getTime())).toBe(true)
  await clock.advance(1)
  revocations.revoke('three', later(600_000))
  expect(revocations.isRevoked('one', later(50_000).getTime())).toBe(false)
  expect(revocations.isRevoked('two', later(50_000).getTime())).toBe(true)
})

test('a session is told once, however often it is revoked', () => {
  const revocations = makeRevocations(movedClock(start))
  const told: string[] = []
  const stop = revocations.onRevoked((sessionId) => told.push(sessionId))
  revocations.revoke('one', later(1))
  revocations.revoke('one', later(2))
  stop()
  revocations.revoke('two', later(1))
  expect(told).toEqual(['one'])
})

test('beyond the bound what is forgotten stays refused, and so does all that ends no later', () => {
  const revocations = makeRevocations(movedClock(start), { revocationsMax: 2 })
  for (const [index, sessionId] of ['one', 'two', 'three'].entries())
    revocations.revoke(sessionId, later(1_000 + index))
  expect(revocations.isRevoked('one', later(1_000).getTime())).toBe(true)
  expect(revocations.isRevoked('innocent', later(1_000).getTime())).toBe(true)
  // Whoever refreshed since has a token that ends later.
  expect(revocations.isRevoked('innocent', later(1_001).getTime())).toBe(false)
  expect(revocations.isRevoked('two', later(5_000).getTime())).toBe(true)
})
