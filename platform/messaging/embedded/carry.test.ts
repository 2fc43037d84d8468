import { afterEach, expect, test, vi } from 'vitest'
import { topics } from '#avro'
import { systemClock } from '#platform/clock'
import { type Database, migrate, openSqlite } from '#platform/database'
import { keepSchemas, openOutbox, outboxMigrations, publish } from '#platform/outbox'
import { embeddedSchemas, UndecodableError } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import type { IncomingRecord, Messaging } from '../messaging.ts'
import { keepOtherSchemas, otherBuild } from '../other-build.fixture.ts'
import { openEmbeddedMessaging } from './embedded-messaging.ts'

const clock = systemClock()
const schemas = embeddedSchemas()
const closing: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close()
})

const until = (condition: () => boolean): Promise<unknown> => vi.waitUntil(condition, { timeout: 5_000, interval: 5 })

async function openMessaging(own = schemas, log = silentLog()): Promise<Messaging> {
  const messaging = await openEmbeddedMessaging({ clock, schemas: own, log })
  await messaging.createTopics(Object.values(topics))
  closing.push(messaging)
  return messaging
}

async function openService(name: string): Promise<Database> {
  const database = openSqlite({ name, path: ':memory:', clock })
  closing.push(database)
  await migrate(database, outboxMigrations)
  return database
}

async function revoke(database: Database, userId: string, version: number, own = schemas): Promise<void> {
  const value = { userId, sessionId: `s${version}`, reason: 'LOGGED_OUT', revokedAt: new Date(5) } as const
  const place = { topic: 'identity-events', key: userId, stream: `user:${userId}` } as const
  const record = { ...place, value, version, previous: version - 1, correlationId: 'c-1' }
  await database.unit([], (unit) => publish(unit, own, [record]))
}

async function collect(messaging: Messaging, group = 'g'): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = []
  const handle = async (batch: readonly IncomingRecord[]): Promise<void> => void records.push(...batch)
  await messaging.consume({ group, topics: ['identity-events'], handle })
  return records
}

test('what was and what will be in an outbox reaches its topic, in the wire format', async () => {
  const [messaging, auth] = [await openMessaging(), await openService('auth')]
  await revoke(auth, 'ada', 1)
  const records = await collect(messaging)
  await messaging.carry(openOutbox(auth, ['identity-events']))
  await revoke(auth, 'ada', 2)
  await until(() => records.length === 2)
  expect(records.map((record) => record.headers)).toEqual([
    { stream: 'user:ada', version: '1', previous: '0', correlation: 'c-1' },
    { stream: 'user:ada', version: '2', previous: '1', correlation: 'c-1' },
  ])
  const { name, value } = await schemas.decode(records[0]?.value ?? new Uint8Array())
  expect({ name, value }).toMatchObject({ name: 'carillon.auth.SessionRevoked', value: { sessionId: 's1' } })
})

test('several outboxes and what is produced directly share a topic, each with offsets of its own', async () => {
  const [messaging, one, two] = [await openMessaging(), await openService('one'), await openService('two')]
  const carrier = await messaging.carry(openOutbox(one, ['identity-events']))
  await messaging.carry(openOutbox(two, ['identity-events']))
  const records = await collect(messaging)
  await revoke(one, 'ada', 1)
  await revoke(two, 'ada', 1)
  await messaging.produce([{ topic: 'identity-events', key: 'ada', value: null, headers: {} }])
  await until(() => records.length === 3)
  await vi.waitFor(async () => expect(await messaging.lag('g')).toBe(0))

  await carrier.stop()
  await revoke(one, 'ada', 2)
  await revoke(two, 'ada', 2)
  await until(() => records.length === 4)
  // Carried again, it goes on where it was.
  await messaging.carry(openOutbox(one, ['identity-events']))
  await until(() => records.length === 5)
  expect(records[4]?.headers.version).toBe('2')
})

test('lag counts what lies in an outbox', async () => {
  const [messaging, auth] = [await openMessaging(), await openService('auth')]
  await messaging.carry(openOutbox(auth, ['identity-events']))
  const records = await collect(messaging)
  await revoke(auth, 'ada', 1)
  await until(() => records.length === 1)
  await vi.waitFor(async () => expect(await messaging.lag('g')).toBe(0))
})

test('an outbox that cannot be read for a while holds up nobody else', async () => {
  const [messaging, auth, broken] = [await openMessaging(), await openService('auth'), await openService('broken')]
  const outbox = openOutbox(broken, ['identity-events'])
  let isDown = true
  await messaging.carry({
    ...outbox,
    read: async (...place) => {
      if (isDown) throw new Error('the disk is away')
      return outbox.read(...place)
    },
  })
  await messaging.carry(openOutbox(auth, ['identity-events']))
  const records = await collect(messaging)
  await revoke(broken, 'bob', 1)
  await revoke(auth, 'ada', 1)
  await until(() => records.length === 1)
  expect(records[0]?.key).toBe('ada')
  isDown = false
  await until(() => records.length === 2)
})

test('an outbox is carried once', async () => {
  const [messaging, auth] = [await openMessaging(), await openService('auth')]
  await messaging.carry(openOutbox(auth, ['identity-events']))
  await expect(messaging.carry(openOutbox(auth, ['identity-events']))).rejects.toThrow('carried already')
})

test.each([
  ['another', () => schemas, otherBuild(schemas)],
  ['this', () => otherBuild(schemas), schemas],
] as const)('what %s build wrote is read by its own schema, whichever carries it', async (_, carrying, writing) => {
  const [messaging, auth] = [await openMessaging(carrying()), await openService('auth')]
  await keepSchemas(auth, schemas)
  await keepOtherSchemas(auth)
  await revoke(auth, 'ada', 1, writing)
  const records = await collect(messaging)
  await messaging.carry(openOutbox(auth, ['identity-events']))
  await until(() => records.length === 1)
  const { value } = await schemas.decode(records[0]?.value ?? new Uint8Array())
  expect(value).toEqual({ userId: 'ada', sessionId: 's1', reason: 'LOGGED_OUT', revokedAt: new Date(5) })
})

test('a record whose schema nobody has kept waits: it is given no other id', async () => {
  const told: string[] = []
  const log = { ...silentLog(), warn: (event: string) => void told.push(event) }
  const [messaging, auth] = [await openMessaging(schemas, log), await openService('auth')]
  await revoke(auth, 'ada', 1, otherBuild(embeddedSchemas()))
  const records = await collect(messaging)
  await messaging.carry(openOutbox(auth, ['identity-events']))
  await until(() => told.length > 0)
  expect(records).toEqual([])
  await keepOtherSchemas(auth)
  await until(() => records.length === 1)
})

test('what another build wrote can be read as soon as a database is opened that it had opened', async () => {
  const database = await openService('jobs')
  await keepOtherSchemas(database)
  const other = otherBuild(embeddedSchemas())
  const value = { userId: 'ada', sessionId: 's1', reason: 'LOGGED_OUT', revokedAt: new Date(5) } as const
  const wire = other.frame(
    await other.register('carillon.auth.SessionRevoked'),
    other.encode('carillon.auth.SessionRevoked', value),
  )
  const own = embeddedSchemas()
  await expect(own.decode(wire)).rejects.toThrow(UndecodableError)
  await keepSchemas(database, own)
  expect((await own.decode(wire)).value).toEqual(value)
})
