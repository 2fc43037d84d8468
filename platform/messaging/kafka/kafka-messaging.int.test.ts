import { afterAll, afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { embeddedSchemas } from '#platform/schemas'
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

async function open(client: 'kafkajs' | 'platformatic', prefix: string): Promise<Messaging> {
  const messaging = await openKafkaMessaging({ brokers, client, clientId: run, topicPrefix: prefix, clock, schemas })
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
    const { messaging } = await openedAnew(client)
    const large = { ...spec, compacted: true, recordBytesMax: 3 * 1024 * 1024 }
    await messaging.createTopics([large])
    const value = Buffer.alloc(large.recordBytesMax)
    await messaging.produce([{ topic: 'things', key: 'k', value, headers: {} }])
    const { records } = await collect(messaging)
    await until(() => records.length === 1)
    expect(records[0]?.value?.length).toBe(large.recordBytesMax)
  })
}
