import { type Consumer, type EachBatchPayload, Kafka, logLevel } from 'kafkajs'
import { RecordTooLargeError } from '#platform/outbox'
import type { IncomingRecord } from '../messaging.ts'
import {
  type KafkaClient,
  type KafkaClientOptions,
  type Member,
  type MemberEvents,
  type PlacedRecord,
  TUNING,
} from './kafka-client.ts'
import { alterByKafkajs, settingsByKafkajs } from './kafkajs-topic-settings.ts'

type TopicMessages = NonNullable<Parameters<ReturnType<Kafka['producer']>['sendBatch']>[0]['topicMessages']>[number]
type Message = TopicMessages['messages'][number]

const ALL_REPLICAS = -1

/** A client on kafkajs. Connects when it is first used. */
export function kafkajsClient({ brokers, clientId }: KafkaClientOptions): KafkaClient {
  const kafka = new Kafka({
    clientId,
    brokers: [...brokers],
    // What matters is thrown, and logged by whoever catches it.
    logLevel: logLevel.NOTHING,
    connectionTimeout: TUNING.connectMs,
    requestTimeout: TUNING.requestMs,
    retry: { initialRetryTime: TUNING.retryMs, maxRetryTime: 1_000, retries: TUNING.retries },
  })
  const admin = kafka.admin()
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    // Records say their partition.
    createPartitioner: () => (args) => args.message.partition ?? 0,
  })
  const connected = once(() => admin.connect())
  const producing = once(() => producer.connect())

  return {
    async createTopics(topics) {
      await connected()
      await admin.createTopics({
        waitForLeaders: false,
        topics: topics.map(({ name, partitions, settings }) => ({
          topic: name,
          numPartitions: partitions,
          configEntries: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
        })),
      })
    },
    async partitionsOf(wanted) {
      await connected()
      const there = new Set(await admin.listTopics())
      const found = wanted.filter((name) => there.has(name))
      // Without a name, it would tell of all.
      if (found.length === 0) return new Map()
      const { topics } = await admin.fetchTopicMetadata({ topics: found })
      return new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
    },
    async settingsOf(topics) {
      await connected()
      return settingsByKafkajs(admin, topics)
    },
    async alterSettings(topics) {
      await connected()
      await alterByKafkajs(admin, topics)
    },
    async send(records) {
      await producing()
      try {
        await producer.sendBatch({ acks: ALL_REPLICAS, topicMessages: byTopic(records) })
      } catch (error) {
        if (typeOf(error) === 'MESSAGE_TOO_LARGE')
          throw new RecordTooLargeError('the broker refuses it', { cause: error })
        throw error
      }
    },
    join: (group, topics, events) => join(kafka, group, topics, events),
    async committed(groupId) {
      await connected()
      const topics = await admin.fetchOffsets({ groupId })
      return topics.flatMap(({ topic, partitions }) =>
        partitions
          .map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }))
          .filter(({ offset }) => offset >= 0),
      )
    },
    async bounds(topics) {
      await connected()
      return eachTopic(topics, async (topic) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
          topic,
          partition,
          low: Number(low),
          high: Number(high),
        })),
      )
    },
    async offsetsAt(topics, timeMs) {
      await connected()
      return eachTopic(topics, async (topic) =>
        (await admin.fetchTopicOffsetsByTimestamp(topic, timeMs)).map(({ partition, offset }) => ({
          topic,
          partition,
          offset: Number(offset),
        })),
      )
    },
    async close() {
      await Promise.allSettled([admin.disconnect(), producer.disconnect()])
    },
  }
}

async function join(kafka: Kafka, groupId: string, topics: readonly string[], events: MemberEvents): Promise<Member> {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: TUNING.sessionMs,
    rebalanceTimeout: TUNING.rebalanceMs,
    heartbeatInterval: TUNING.heartbeatMs,
    maxWaitTimeInMs: TUNING.fetchWaitMs,
    minBytes: 1,
    maxBytes: TUNING.fetchBytesMax,
    maxBytesPerPartition: TUNING.partitionBytesMax,
    allowAutoTopicCreation: false,
    // A member that fails is made anew by whoever made it, with all that is known of it.
    retry: { retries: TUNING.retries, restartOnFailure: async () => false },
  })
  const first = Promise.withResolvers<void>()
  consumer.on('consumer.group_join', ({ payload: { memberAssignment } }) => {
    const places = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    )
    // From before the first record: the broker says that this is out of range, and the first one is taken.
    for (const place of events.onAssigned(places)) consumer.seek({ ...place, offset: '0' })
    first.resolve()
  })
  consumer.on('consumer.crash', ({ payload: { error } }) => {
    first.reject(error)
    events.onFailed(error)
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: async ({ batch }) => deliver(batch, events),
    })
    await first.promise
  } catch (error) {
    first.promise.catch(() => undefined)
    await consumer.disconnect().catch(() => undefined)
    throw error
  }
  return memberOf(consumer)
}

function memberOf(consumer: Consumer): Member {
  return {
    commit: (offsets) =>
      consumer.commitOffsets(
        offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
      ),
    pause: ({ topic, partition }) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: ({ topic, partition }) => consumer.resume([{ topic, partitions: [partition] }]),
    leave: () => consumer.disconnect(),
  }
}

function deliver({ topic, partition, messages }: EachBatchPayload['batch'], events: MemberEvents): void {
  const records = messages.map(
    ({ offset, key, value, headers, timestamp }): IncomingRecord => ({
      topic,
      partition,
      offset: Number(offset),
      key: key?.toString() ?? '',
      value,
      headers: headersOf(headers),
      producedAt: new Date(Number(timestamp)),
    }),
  )
  events.onRecords({ topic, partition }, records)
}

function headersOf(headers: Message['headers'] = {}): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) texts[name] = String(Array.isArray(value) ? value[0] : value)
  return texts
}

function byTopic(records: readonly PlacedRecord[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>()
  for (const { topic, partition, key, value, headers, producedAtMs } of records) {
    const known = topics.get(topic) ?? { topic, messages: [] }
    topics.set(topic, known)
    known.messages.push({
      partition,
      key,
      value: value && Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      headers: { ...headers },
      timestamp: String(producedAtMs),
    })
  }
  return [...topics.values()]
}

async function eachTopic<T>(topics: readonly string[], ask: (topic: string) => Promise<T[]>): Promise<T[]> {
  return (await Promise.all(topics.map(ask))).flat()
}

/** Connects at the first use, and tries again at the next when that failed. */
function once(connect: () => Promise<void>): () => Promise<void> {
  let connecting: Promise<void> | undefined
  return () => {
    connecting ??= connect().catch((error: unknown) => {
      connecting = undefined
      throw error
    })
    return connecting
  }
}

/** Kafka's name of an error, which may be wrapped. */
function typeOf(error: unknown): string | undefined {
  const { type, cause } = error as { type?: string; cause?: unknown }
  return type ?? (cause ? typeOf(cause) : undefined)
}
