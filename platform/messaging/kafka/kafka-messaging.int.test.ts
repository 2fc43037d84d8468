import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs'
import { afterAll, afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { embeddedSchemas } from '#platform/schemas'
import { type Log, silentLog } from '#platform/telemetry'
import { stackAddresses } from '#platform/testing'
import { describeDurableMessaging, describeMessaging, type MessagingUnderTest } from '../messaging.contract.ts'
import type { Messaging } from '../messaging.ts'
import { collect, produce, spec, until } from '../numbered-records.contract.ts'
import { openKafkaMessaging } from './kafka-messaging.ts'
import { dropTopics } from './own-names.contract.ts'

const brokers = [stackAddresses().kafkaBrokers].flat()
const clock = systemClock()
const schemas = embeddedSchemas()
const run = `test-${clock.newId()}`
const opened: Messaging[] = []
let tests = 0
afterEach(async () => {
  await Promise.all(opened.splice(0).map((messaging) => messaging.close()))
})
afterAll(() => dropTopics(brokers, run))

async function open(client: 'kafkajs' | 'platformatic', prefix: string, log: Log = silentLog()): Promise<Messaging> {
  const options = { brokers, client, clientId: run, topicPrefix: prefix, clock, schemas, log }
  const messaging = await openKafkaMessaging(options)
  opened.push(messaging)
  return messaging
}

async function openedAnew(client: 'kafkajs' | 'platformatic'): Promise<Required<MessagingUnderTest>> {
  const prefix = `${run}-${tests++}.`
  return { messaging: await open(client, prefix), reopen: () => open(client, prefix) }
}

for (const client of ['kafkajs', 'platformatic'] as const) {
  describeMessaging(client, () => openedAnew(client))
  describeDurableMessaging(client, () => openedAnew(client))

  test(`${client}: the delay of a group is the age of the oldest record that it has not committed`, async () => {
    const { messaging } = await openedAnew(client)
    await messaging.createTopics([spec])
    expect(await messaging.delayMs('g')).toBe(0)
    const { records, consumer } = await collect(messaging)
    await produce(messaging, 0, 4)
    await until(() => records.length === 4)
    await consumer.stop()
    await expect.poll(() => messaging.delayMs('g')).toBe(0)
    const startedAtMs = clock.monotonicMs()
    await produce(messaging, 4, 1)
    await expect.poll(() => messaging.delayMs('g'), { timeout: 5_000 }).toBeGreaterThan(300)
    const elapsedMs = clock.monotonicMs() - startedAtMs
    expect(await messaging.delayMs('g')).toBeLessThan(elapsedMs + 500)
  })

  test(`${client}: topics are made with what they keep and take`, async () => {
    const prefix = `${run}-${tests++}.`
    const messaging = await open(client, prefix)
    const large = { ...spec, compacted: true, recordBytesMax: 3 * 1024 * 1024 }
    await messaging.createTopics([large])
    const value = Buffer.alloc(large.recordBytesMax)
    await messaging.produce([{ topic: 'things', key: 'k', value, headers: {} }])
    const { records } = await collect(messaging)
    await until(() => records.length === 1)
    expect(records[0]?.value?.length).toBe(large.recordBytesMax)
    expect(await settingsOf(prefix)).toMatchObject({
      'cleanup.policy': 'compact',
      'retention.ms': '3600000',
      'retention.bytes': '-1',
      'max.message.bytes': String(3 * 1024 * 1024 + 64 * 1024),
      'segment.ms': '600000',
      'min.cleanable.dirty.ratio': '0.1',
    })
  })

  test(`${client}: a topic that others made otherwise is set right at the start, and what else it has is left`, async () => {
    const prefix = `${run}-${tests++}.`
    const foreign = { 'cleanup.policy': 'delete', 'retention.ms': '1000', 'retention.bytes': '4096', 'flush.ms': '777' }
    await madeByHand(`${prefix}things`, foreign)
    const lines: unknown[] = []
    const log: Log = { ...silentLog(), warn: (event, fields) => void lines.push([event, fields]) }
    const compacted = { ...spec, compacted: true }
    await (await open(client, prefix, log)).createTopics([compacted])
    const right = { 'cleanup.policy': 'compact', 'retention.ms': '3600000', 'retention.bytes': '-1' }
    await expect.poll(() => settingsOf(prefix)).toMatchObject({ ...right, 'segment.ms': '600000', 'flush.ms': '777' })
    const { 'flush.ms': _left, ...before } = foreign
    const told = { topic: 'things', before: expect.objectContaining(before), after: expect.objectContaining(right) }
    expect(lines).toEqual([['messaging.topic_altered', told]])
    await (await open(client, prefix, log)).createTopics([compacted])
    expect(lines).toHaveLength(1)
  })
}

/** Asks the broker by a client that takes no part in the checks. */
async function byAdmin<T>(ask: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

async function settingsOf(prefix: string): Promise<Record<string, string>> {
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: `${prefix}things` }]
  const described = await byAdmin((admin) => admin.describeConfigs({ resources, includeSynonyms: false }))
  const entries = described.resources.flatMap(({ configEntries }) => configEntries)
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
}

async function madeByHand(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
  await byAdmin((admin) => admin.createTopics({ topics: [{ topic, numPartitions: spec.partitions, configEntries }] }))
}
