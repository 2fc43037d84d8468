import { expect, test } from 'vitest'
import type { ConsumeOptions, IncomingRecord } from '#platform/messaging'
import { embeddedSchemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { movedClock } from '#platform/testing'
import { followRevocations } from './follow-revocations.ts'

const start = new Date('2026-11-23T12:00:00Z')
const schemas = embeddedSchemas()

async function record(sessionId: string, revokedAt: Date): Promise<IncomingRecord> {
  const name = 'carillon.auth.SessionRevoked'
  const body = schemas.encode(name, { userId: 'user-1', sessionId, reason: 'LOGGED_OUT', revokedAt })
  return incoming(schemas.frame(await schemas.register(name), body))
}

function incoming(value: Uint8Array | null): IncomingRecord {
  const place = { topic: 'identity-events', partition: 0, offset: 1, key: 'user-1' }
  return { ...place, value, headers: {}, producedAt: start }
}

test('a verifier learns of every session that can still have tokens before it is ready', async () => {
  const revoked: string[] = []
  let consumed: ConsumeOptions | undefined
  let left = 1
  const records = [
    await record('long-ago', new Date(start.getTime() - 16 * 60_000)),
    incoming(null),
    incoming(Buffer.from('no record of ours')),
    await record('just-now', new Date(start.getTime() - 60_000)),
  ]
  const clock = movedClock(start)
  const following = followRevocations({
    messaging: {
      createTopics: async () => undefined,
      async consume(options) {
        consumed = options
        return { stop: async () => undefined, kill: () => undefined }
      },
      lag: async () => left,
    },
    schemas,
    verifier: { revoke: (sessionId) => void revoked.push(sessionId) },
    clock,
    log: silentLog(),
    instance: 'gateway-1',
  })
  let isReady = false
  void following.then(() => (isReady = true))
  await clock.advance(1_000)
  expect(isReady).toBe(false)

  await consumed?.handle(records)
  left = 0
  await clock.advance(100)
  await following
  expect(revoked).toEqual(['just-now'])
  expect(consumed).toMatchObject({ group: 'revocations-gateway-1', fromBeginning: true })
})
