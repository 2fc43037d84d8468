import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { topics } from '#avro'
import { systemClock } from '#platform/clock'
import { type Database, migrate, openSqlite } from '#platform/database'
import { keepSchemas, openOutbox, outboxMigrations, pruneOutbox, publish } from '#platform/outbox'
import { embeddedSchemas, registrySchemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { stackAddresses, temporaryMysql } from '#platform/testing'
import type { Carrier, IncomingRecord, Messaging } from '../messaging.ts'
import { keepOtherSchemas, otherBuild } from '../other-build.fixture.ts'
import { openKafkaMessaging } from './kafka-messaging.ts'
import { dropTopics, withOwnNames } from './own-names.contract.ts'
import { openTcpGate } from './tcp-gate.contract.ts'

const brokers = [stackAddresses().kafkaBrokers].flat()
const clock = systemClock()
const schemas = embeddedSchemas()
const run = `relay-${clock.newId()}`
// What no build of ours has is asked of the registry itself.
const registry = registrySchemas({ url: stackAddresses().registryUrl, clock, subjectPrefix: `${run}-` })
const directory = mkdtempSync(join(tmpdir(), 'carillon-relay-'))
const closing: (() => unknown)[] = []
let tests = 0
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  await dropTopics(brokers, run)
})

const until = (condition: () => boolean, timeout = 10_000): Promise<unknown> =>
  vi.waitUntil(condition, { timeout, interval: 5 })

type Client = 'kafkajs' | 'platformatic'

async function openMessaging(client: Client, prefix: string, address = brokers, build = schemas): Promise<Messaging> {
  const messaging = await openKafkaMessaging({ brokers: address, client, clientId: run, clock, schemas: build })
  closing.push(() => messaging.close())
  const own = withOwnNames(messaging, prefix)
  await own.createTopics([topics['identity-events']])
  return own
}

/** A service's database, opened once for each process that there is of it. */
async function openService(path: string): Promise<Database> {
  return migrated(openSqlite({ name: 'auth', path, clock }))
}

async function migrated(database: Database): Promise<Database> {
  closing.push(() => database.close())
  await migrate(database, outboxMigrations)
  return database
}

const keys = Array.from({ length: 16 }, (_, index) => `user-${index}`)

/** One transaction that tells a version of every key. */
async function revoke(database: Database, version: number, traceparent?: string, own = schemas): Promise<void> {
  const records = keys.map((userId) => {
    const value = { userId, sessionId: `s${version}`, reason: 'LOGGED_OUT', revokedAt: new Date(5) } as const
    const place = { topic: 'identity-events', key: userId, stream: userId } as const
    return { ...place, value, version, previous: version - 1, correlationId: 'c', traceparent }
  })
  await database.unit([], (unit) => publish(unit, own, records))
}

async function collect(messaging: Messaging): Promise<IncomingRecord[]> {
  const records: IncomingRecord[] = []
  const handle = async (batch: readonly IncomingRecord[]): Promise<void> => void records.push(...batch)
  await messaging.consume({ group: 'g', topics: ['identity-events'], handle })
  return records
}

/** The versions of each key as a consumer that keeps marks sees them: what comes again is dropped. */
function applied(records: readonly IncomingRecord[]): Map<string, number[]> {
  const versions = new Map<string, number[]>()
  for (const { key, headers } of records) {
    const own = versions.get(key) ?? []
    versions.set(key, own)
    const version = Number(headers.version)
    if (version > (own.at(-1) ?? 0)) own.push(version)
  }
  return versions
}

function isComplete(records: readonly IncomingRecord[], versions: number): boolean {
  const seen = applied(records)
  return seen.size === keys.length && [...seen.values()].every((own) => own.at(-1) === versions)
}

function expectInOrder(records: readonly IncomingRecord[], versions: number): void {
  const all = Array.from({ length: versions }, (_, index) => index + 1)
  for (const own of applied(records).values()) expect(own).toEqual(all)
}

/** A process that dies: it writes no more, so that it tells nobody. */
function kill(carrier: Carrier, database: Database): void {
  database.unit = () => Promise.reject(new Error('killed'))
  carrier.stop().catch(() => undefined)
}

describe.each(['kafkajs', 'platformatic'] as const)('relay (%s)', (client) => {
  test('one that was stopped gives back nothing again when all is closed, after the database', async () => {
    const told: string[] = []
    const log = { ...silentLog(), warn: (event: string) => void told.push(event) }
    const place = { brokers, client, clientId: run, topicPrefix: `${run}-${tests++}.` }
    const messaging = await openKafkaMessaging({ ...place, clock, schemas, log })
    await messaging.createTopics([topics['identity-events']])
    const database = await openService(':memory:')
    const carrier = await messaging.carry(openOutbox(database, ['identity-events']))
    await carrier.stop()
    await database.close()
    await messaging.close()
    expect(told).toEqual([])
  })

  const openOnMysql = async (): Promise<Database> => {
    const server = await temporaryMysql(clock, 'auth')
    closing.push(() => server.drop())
    return migrated(server.database)
  }
  test.each([
    ['SQLite', () => openService(':memory:')],
    ['MySQL', openOnMysql],
  ] as const)('what was and will be in an outbox reaches its topic (%s)', async (_kind, open) => {
    const prefix = `${run}-${tests++}.`
    const messaging = await openMessaging(client, prefix)
    const database = await open()
    await revoke(database, 1, '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
    await messaging.carry(openOutbox(database, ['identity-events']))
    const records = await collect(messaging)
    await until(() => records.length === keys.length)
    await revoke(database, 2)
    await until(() => records.length === 2 * keys.length)
    expectInOrder(records, 2)
    expect(records[0]?.headers).toEqual({
      ...{ stream: records[0]?.key, version: '1', previous: '0', correlation: 'c' },
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    })
    expect(records.at(-1)?.headers).not.toHaveProperty('traceparent')
    const { value } = await schemas.decode(records[0]?.value ?? new Uint8Array())
    expect(value).toMatchObject({ userId: records[0]?.key, sessionId: 's1' })
  })

  test.each([
    ['another', registry, otherBuild(registry)],
    ['this', otherBuild(registry), registry],
  ] as const)('what %s build wrote is read by its own schema, whichever relays it', async (_, relaying, writing) => {
    const messaging = await openMessaging(client, `${run}-${tests++}.`, brokers, relaying)
    const database = await openService(':memory:')
    await keepSchemas(database, registry)
    await keepOtherSchemas(database)
    await revoke(database, 1, undefined, writing)
    await messaging.carry(openOutbox(database, ['identity-events']))
    const records = await collect(messaging)
    await until(() => records.length === keys.length)
    const { value } = await registry.decode(records[0]?.value ?? new Uint8Array())
    expect(value).toEqual({ userId: records[0]?.key, sessionId: 's1', reason: 'LOGGED_OUT', revokedAt: new Date(5) })
  })

  test('two relays share an outbox, and one goes on when the other is killed', async () => {
    const prefix = `${run}-${tests++}.`
    const path = join(directory, `${prefix}sqlite`)
    const [one, two] = [await openService(path), await openService(path)]
    const messaging = await openMessaging(client, prefix)
    const records = await collect(messaging)
    const doomed = await (await openMessaging(client, prefix)).carry(openOutbox(one, ['identity-events']))
    await (await openMessaging(client, prefix)).carry(openOutbox(two, ['identity-events']))
    const shares = async (): Promise<number[]> => {
      const rows = await two.reader.all<{ n: number }>(
        "select count(*) as n from outbox_relays where length(name) = 1 and holder <> '' group by holder",
      )
      return rows.map(({ n }) => n)
    }
    await vi.waitFor(async () => expect(await shares()).toEqual([2, 2]), { timeout: 10_000 })
    for (let version = 1; version <= 20; version++) await revoke(two, version)
    await until(() => isComplete(records, 20))

    kill(doomed, one)
    const killedAtMs = clock.monotonicMs()
    for (let version = 21; version <= 40; version++) await revoke(two, version)
    await until(() => isComplete(records, 40))
    expect(clock.monotonicMs() - killedAtMs).toBeLessThan(4_000)
    expectInOrder(records, 40)
  })

  test('an outage of the broker loses nothing, and keeps the order of each key', async () => {
    const prefix = `${run}-${tests++}.`
    const gate = await openTcpGate(brokers[0] ?? '')
    closing.push(() => gate.close())
    const messaging = await openMessaging(client, prefix)
    const behindGate = await openMessaging(client, prefix, [gate.address])
    const database = await openService(':memory:')
    const outbox = openOutbox(database, ['identity-events'])
    const records = await collect(messaging)
    await behindGate.carry(outbox)
    await revoke(database, 1)
    await until(() => isComplete(records, 1))
    await expect.poll(() => outbox.oldestUnsentMs(), { timeout: 3_000 }).toBe(0)

    gate.cut()
    for (let version = 2; version <= 10; version++) await revoke(database, version)
    await expect.poll(() => outbox.oldestUnsentMs(), { timeout: 5_000 }).toBeGreaterThan(500)
    expect(isComplete(records, 2)).toBe(false)
    // However old, what was not sent stays.
    await pruneOutbox(database, new Date(Date.now() + 60_000))
    gate.restore()
    await until(() => isComplete(records, 10), 12_000)
    expectInOrder(records, 10)
    await expect.poll(() => outbox.oldestUnsentMs(), { timeout: 3_000 }).toBe(0)
    await expect.poll(() => pruneOutbox(database, new Date(Date.now() + 60_000))).toBe(0)
    expect(await database.reader.get('select count(*) as n from outbox')).toEqual({ n: 0 })
  }, 30_000)
})
