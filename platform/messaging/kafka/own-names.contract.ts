import { Kafka, logLevel } from 'kafkajs'
import type { OutboxSource } from '#platform/outbox'
import type { IncomingRecord, Messaging } from '../messaging.ts'

/**
 * Messaging whose topics and groups have names of their own on a broker that tests share. To whoever uses it, the broker
 * is empty.
 */
export function withOwnNames(messaging: Messaging, prefix: string): Messaging {
  const own = <T extends { readonly topic: string }>(item: T): T => ({ ...item, topic: prefix + item.topic })
  const back = (record: IncomingRecord): IncomingRecord => ({ ...record, topic: record.topic.slice(prefix.length) })
  return {
    ...messaging,
    createTopics: (specs) => messaging.createTopics(specs.map((spec) => ({ ...spec, name: prefix + spec.name }))),
    produce: (records) => messaging.produce(records.map(own)),
    carry: (outbox) => messaging.carry(ownOutbox(outbox, prefix)),
    consume: (options) =>
      messaging.consume({
        ...options,
        group: prefix + options.group,
        topics: options.topics.map((topic) => prefix + topic),
        handle: (batch) => options.handle(batch.map(back)),
      }),
    lag: (group) => messaging.lag(prefix + group),
    delayMs: (group) => messaging.delayMs(prefix + group),
  }
}

function ownOutbox(outbox: OutboxSource, prefix: string): OutboxSource {
  return {
    ...outbox,
    topics: outbox.topics.map((topic) => prefix + topic),
    shards(relay) {
      const shards = outbox.shards(relay)
      return {
        ...shards,
        async read(...place) {
          const { records, through } = await shards.read(...place)
          return { through, records: records.map((record) => ({ ...record, topic: prefix + record.topic })) }
        },
      }
    },
  }
}

/** Deletes the topics whose names start so. */
export async function dropTopics(brokers: readonly string[], prefix: string): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  await admin.disconnect()
}
