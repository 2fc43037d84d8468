import { Admin, type MessageToProduce, Producer } from '@platformatic/kafka'
import { RecordTooLargeError } from '#platform/outbox'
import type { KafkaClient, KafkaClientOptions, PlacedRecord, PlaceOffset } from './kafka-client.ts'
import { joinByPlatformatic } from './platformatic-member.ts'
import { isOf, platformaticOptions } from './platformatic-options.ts'
import { alterByPlatformatic, settingsByPlatformatic } from './platformatic-topic-settings.ts'

const ALL_REPLICAS = -1
const LATEST = -1n
const EARLIEST = -2n

/** A client on @platformatic/kafka. Connects when it is first used. */
export function platformaticClient(options: KafkaClientOptions): KafkaClient {
  const admin = new Admin(platformaticOptions(options))
  const producer = new Producer(platformaticOptions(options))
  const headerNames = new Map<string, Buffer>()

  async function partitionsOf(wanted: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const there = new Set(await admin.listTopics())
    const found = wanted.filter((name) => there.has(name))
    if (found.length === 0) return new Map()
    const { topics } = await admin.metadata({ topics: found, forceUpdate: true })
    return new Map(found.map((name) => [name, topics.get(name)?.partitionsCount ?? 0]))
  }

  async function offsets(topics: readonly string[], timestamp: bigint): Promise<PlaceOffset[]> {
    const partitions = await partitionsOf(topics)
    if (partitions.size === 0) return []
    const listed = await admin.listOffsets({
      topics: [...partitions].map(([name, count]) => ({
        name,
        partitions: Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp })),
      })),
    })
    return listed.flatMap(({ name: topic, partitions: places }) =>
      places.map(({ partitionIndex: partition, offset }) => ({ topic, partition, offset: Number(offset) })),
    )
  }

  return {
    async createTopics(topics) {
      for (const { name, partitions, settings } of topics) {
        const configs = Object.entries(settings).map(([setting, value]) => ({ name: setting, value }))
        await admin
          .createTopics({ topics: [name], partitions, replicas: -1, configs })
          .catch((error: unknown) => ignoreIf(error, 'TOPIC_ALREADY_EXISTS'))
      }
    },
    partitionsOf,
    settingsOf: (topics) => settingsByPlatformatic(admin, topics),
    alterSettings: (topics) => alterByPlatformatic(admin, topics),
    async send(records) {
      try {
        await producer.send({ acks: ALL_REPLICAS, messages: records.map((record) => message(record, headerNames)) })
      } catch (error) {
        if (isOf(error, 'MESSAGE_TOO_LARGE')) throw new RecordTooLargeError('the broker refuses it', { cause: error })
        throw error
      }
    },
    join: (group, topics, events) => joinByPlatformatic(options, group, topics, events),
    async committed(group) {
      const groups = await admin.listConsumerGroupOffsets({ groups: [group] })
      return groups.flatMap(({ topics }) =>
        topics.flatMap(({ name: topic, partitions }) =>
          partitions
            .map(({ partitionIndex: partition, committedOffset }) => ({
              topic,
              partition,
              offset: Number(committedOffset),
            }))
            .filter(({ offset }) => offset >= 0),
        ),
      )
    },
    async bounds(topics) {
      const [lows, highs] = [await offsets(topics, EARLIEST), await offsets(topics, LATEST)]
      const lowOf = new Map(lows.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
      return highs.map(({ topic, partition, offset: high }) => {
        return { topic, partition, low: lowOf.get(`${topic}/${partition}`) ?? 0, high }
      })
    },
    async offsetsAt(topics, timeMs) {
      const found = await offsets(topics, BigInt(timeMs))
      return found.map((place) => (place.offset < 0 ? { ...place, offset: Number.POSITIVE_INFINITY } : place))
    },
    async close() {
      await Promise.allSettled([admin.close(), producer.close()])
    },
  }
}

function message(
  { topic, partition, key, value, headers, producedAtMs }: PlacedRecord,
  headerNames: Map<string, Buffer>,
): MessageToProduce {
  const entries = new Map<Buffer, Buffer>()
  for (const name in headers) entries.set(nameBytes(name, headerNames), Buffer.from(headers[name] ?? ''))
  return {
    topic,
    partition,
    key: Buffer.from(key),
    headers: entries,
    timestamp: BigInt(producedAtMs),
    ...(value && { value: Buffer.from(value.buffer, value.byteOffset, value.byteLength) }),
  }
}

function nameBytes(name: string, known: Map<string, Buffer>): Buffer {
  const bytes = known.get(name) ?? Buffer.from(name)
  known.set(name, bytes)
  return bytes
}

function ignoreIf(error: unknown, name: string): void {
  if (!isOf(error, name)) throw error
}
