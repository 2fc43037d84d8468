import avro, { type Type } from 'avsc'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, expect, test, vi } from 'vitest'
import { schemaText, type TopicName, topics } from '#avro'
import { systemClock } from '#platform/clock'
import { migrate, openSqlite } from '#platform/database'
import {
  applyTopics,
  type Delivery,
  inboxMigrations,
  type Messaging,
  openKafkaMessaging,
  quarantined,
} from '#platform/messaging'
import { registrySchemas } from '#platform/schemas'
import { stackAddresses } from '#platform/testing'
import { openStranger } from './stranger.ts'

const { kafkaBrokers, registryUrl } = stackAddresses()
const clock = systemClock()
const prefix = `interop-${clock.newId()}.`
const schemas = registrySchemas({ url: registryUrl, clock })
const messaging = await openKafkaMessaging({
  brokers: kafkaBrokers.split(','),
  client: 'kafkajs',
  clientId: prefix,
  clock,
  schemas,
})
const stranger = await openStranger()
afterAll(async () => {
  await messaging.close()
  const admin = new Kafka({ brokers: kafkaBrokers.split(','), logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteTopics({ topics: specs.map((spec) => prefix + spec.name) })
  await admin.disconnect()
})

const specs = Object.values(topics)
await messaging.createTopics(specs.map((spec) => ({ ...spec, name: prefix + spec.name })))
await Promise.all(specs.map(({ schema }) => schemas.register(schema)))

/** An instant that any language can hold, where a random number would lie beyond all calendars. */
class Instant extends avro.types.LogicalType {
  protected override _fromValue(ms: number): number {
    return ms
  }

  protected override _toValue(value: unknown): number | undefined {
    return typeof value === 'number' ? Date.UTC(2026, 10, 23) : undefined
  }
}

const logicalTypes = { 'timestamp-millis': Instant as never }
const typeOf = (schema: (typeof specs)[number]['schema']): Type =>
  avro.Type.forSchema(JSON.parse(schemaText(schema)), { logicalTypes })
const RECORDS_EACH = 20

test('Python decodes every record of every topic through the registry', async () => {
  const records = specs.flatMap(({ name, schema }) => {
    const type = typeOf(schema)
    return Array.from({ length: RECORDS_EACH }, (_, index) => ({
      topic: prefix + name,
      key: `key-${index}`,
      value: schemas.frame(schemas.idOf(schema), type.toBuffer(type.random())),
      headers: {},
    }))
  })
  await messaging.produce(records)

  const read = await stranger.read(prefix)
  expect(read.length).toBe(records.length)
  for (const { name, schema } of specs) {
    const own = read.filter(({ topic }) => topic === prefix + name)
    expect(new Set(own.map((record) => record.schema))).toEqual(new Set([schema]))
    expect(own.length).toBe(RECORDS_EACH)
    const { fields } = JSON.parse(schemaText(schema)) as { fields: { name: string }[] }
    expect(Object.keys(own[0]?.value ?? {})).toEqual(fields.map((field) => field.name))
  }
}, 120_000)

test('a record from Python that fits is taken, and one that does not is parked', async () => {
  const topic: TopicName = 'identity-events'
  const database = openSqlite({ name: 'service', path: ':memory:', clock })
  await migrate(database, inboxMigrations)
  const deliveries: Delivery[] = []
  const consumer = await applyTopics({
    messaging: underPrefix(messaging),
    schemas,
    database,
    clock,
    consumer: 'stranger',
    topics: [topic],
    isFullState: () => true,
    isTemporary: true,
    apply: async (_unit, batch) => void deliveries.push(...batch.filter(({ key }) => key === 'stranger')),
  })
  const revoked = { userId: 'ada', sessionId: 's-1', reason: 'LOGGED_OUT', revokedAt: Date.UTC(2026, 10, 23) }
  await stranger.write(prefix + topic, topics[topic].schema, revoked)

  await vi.waitUntil(async () => (await quarantined(database.reader)).length === 1, { timeout: 20_000, interval: 50 })
  expect(deliveries).toMatchObject([
    { name: topics[topic].schema, value: { ...revoked, revokedAt: new Date(revoked.revokedAt) } },
  ])
  expect(await quarantined(database.reader)).toMatchObject([{ reason: 'UNDECODABLE', record: { key: 'stranger' } }])
  await consumer.stop()
  await database.close()
}, 60_000)

/** Messaging whose topics and groups have names of this run. */
function underPrefix(whole: Messaging): Messaging {
  return {
    ...whole,
    produce: (records) => whole.produce(records.map((record) => ({ ...record, topic: prefix + record.topic }))),
    consume: ({ handle, ...options }) =>
      whole.consume({
        ...options,
        group: prefix + options.group,
        topics: options.topics.map((name) => prefix + name),
        handle: (batch) => handle(batch.map((record) => ({ ...record, topic: record.topic.slice(prefix.length) }))),
      }),
  }
}
