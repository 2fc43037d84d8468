import { Kafka, logLevel } from 'kafkajs'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type IncomingRecord, openKafkaMessaging } from '#platform/messaging'
import { embeddedSchemas } from '#platform/schemas'
import { stackAddresses } from '#platform/testing'
import { kafkaTask } from './kafka.ts'
import type { JsonObject } from './task.ts'
import { taskContext } from './testing/task-context.ts'

const clock = systemClock()
const topic = `test-kafka-jobs-${clock.newId()}`
const brokers = stackAddresses().kafkaBrokers.split(',')
const opened: { close(): Promise<void> }[] = []
const made: string[] = []
afterAll(async () => {
  for (const messaging of opened) await messaging.close()
  if (made.length === 0) return
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.deleteTopics({ topics: made })
  await admin.disconnect()
})

async function open(client: 'kafkajs' | 'platformatic') {
  const messaging = await openKafkaMessaging({ brokers, client, clientId: topic, clock, schemas: embeddedSchemas() })
  opened.push(messaging)
  return messaging
}

test.each(['kafkajs', 'platformatic'] as const)(
  'a record is on the topic once %s says so, with its key and headers',
  async (client) => {
    const name = `${topic}-${client}`
    const messaging = await open(client)
    const spec = { partitions: 2, retentionMs: 3_600_000, compacted: false, recordBytesMax: 100_000 }
    await messaging.createTopics([{ ...spec, name }])
    made.push(name)
    const task = kafkaTask({ topics: [name, `${name}-missing`], publish: (record) => messaging.produce([record]) })
    const publish = (params: JsonObject) => task.run({ topic: name, value: null, ...params }, taskContext())

    expect((await publish({ key: 'k', value: { a: 'é' }, headers: { source: 'test' } })).result).toMatchObject({
      key: 'k',
    })
    await publish({ key: 'k' })
    await expect(publish({ topic: `${name}-missing` })).rejects.toMatchObject({ code: 'KAFKA_TOPIC_UNKNOWN' })
    await expect(publish({ value: 'x'.repeat(200_000) })).rejects.toMatchObject({ code: 'KAFKA_RECORD_TOO_LARGE' })

    const records: IncomingRecord[] = []
    const consumer = await messaging.consume({
      ...{ group: name, topics: [name] },
      handle: async (batch) => void records.push(...batch),
    })
    await expect.poll(() => records.length, { timeout: 10_000 }).toBe(2)
    await consumer.stop()
    const sent = { 'carillon-execution-id': taskContext().executionId, 'carillon-attempt': '2' }
    expect(records.map(({ key, value, headers }) => [key, value && Buffer.from(value).toString(), headers])).toEqual([
      ['k', '{"a":"é"}', { source: 'test', ...sent }],
      ['k', null, sent],
    ])
  },
)

test('brokers that cannot be reached are a failure that tells nothing of them', async () => {
  const options = { client: 'kafkajs', clientId: topic, clock, schemas: embeddedSchemas() } as const
  const messaging = await openKafkaMessaging({ brokers: ['127.0.0.1:1'], ...options })
  opened.push(messaging)
  const task = kafkaTask({ topics: ['t'], publish: (record) => messaging.produce([record]) })
  const failed = task.run({ topic: 't', value: 'x' }, taskContext())
  await expect(failed).rejects.toMatchObject({
    code: 'KAFKA_FAILED',
    message: expect.not.stringContaining('127.0.0.1'),
  })
})
