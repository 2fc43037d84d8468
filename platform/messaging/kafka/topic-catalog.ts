import type { Clock } from '#platform/clock'
import { partitionOf, RecordTooLargeError } from '#platform/outbox'
import { type Log, silentLog } from '#platform/telemetry'
import { TopicMismatchError, UnknownTopicError } from '../errors.ts'
import type { RecordToProduce, TopicSpec } from '../messaging.ts'
import { bodyBytes } from '../record-size.ts'
import type { KafkaClient, KafkaTopic, PlacedRecord, TopicSettings } from './kafka-client.ts'

/** The topics that this process knows. */
export interface TopicCatalog {
  /**
   * Makes those that are not there, and has those that are keep and take what is wanted here. What is set otherwise is
   * altered, with a line in the log.
   *
   * @throws {TopicMismatchError}
   */
  create(specs: readonly TopicSpec[]): Promise<void>
  /** @throws {UnknownTopicError} */
  check(topics: readonly string[]): Promise<void>
  /**
   * Puts a record into its partition. Its topic was checked before.
   *
   * @throws {RecordTooLargeError}
   */
  place(record: RecordToProduce, producedAtMs: number): PlacedRecord
}

/** What a record takes beside its value: its key, its headers, and what the broker adds. */
const OVERHEAD_BYTES_MAX = 64 * 1024
/** Kafka's limit counts a whole batch, so there is room for more than one record that is small. */
const BATCH_BYTES_MIN = 2 * 1024 * 1024
const LEADERS_TRIES_MAX = 50
const LEADERS_POLL_MS = 50

/** Opens an empty catalog: what others have made is looked up when it is needed. */
export function openTopicCatalog(
  client: KafkaClient,
  clock: Pick<Clock, 'sleep'>,
  log: Log = silentLog(),
): TopicCatalog {
  const partitions = new Map<string, number>()
  const specs = new Map<string, TopicSpec>()

  async function learn(names: readonly string[]): Promise<void> {
    for (const [name, count] of await client.partitionsOf(names)) partitions.set(name, count)
  }

  return {
    async create(wanted) {
      const names = wanted.map(({ name }) => name)
      await learn(names)
      const missing = wanted.filter(({ name }) => !partitions.has(name))
      if (missing.length > 0) {
        await client.createTopics(missing.map(kafkaTopic))
        await untilLed(client, clock, missing)
        // Another process may have made them first, and otherwise.
        await learn(names)
      }
      for (const spec of wanted) {
        const found = partitions.get(spec.name)
        if (found !== spec.partitions) {
          throw new TopicMismatchError(`${spec.name} has ${found} partitions, not ${spec.partitions}`)
        }
        specs.set(spec.name, spec)
      }
      await alterWhatDiffers(client, log, wanted)
    },
    async check(names) {
      const unknown = names.filter((name) => !partitions.has(name))
      if (unknown.length === 0) return
      await learn(unknown)
      const missing = unknown.find((name) => !partitions.has(name))
      if (missing) throw new UnknownTopicError(`there is no topic ${missing}`)
    },
    place({ topic, key, value, headers }, producedAtMs) {
      const [bytes, bytesMax] = [bodyBytes(value), specs.get(topic)?.recordBytesMax ?? Number.POSITIVE_INFINITY]
      if (bytes > bytesMax) {
        throw new RecordTooLargeError(`a record of ${bytes} bytes for ${topic}, which takes ${bytesMax}`)
      }
      return { topic, partition: partitionOf(key, partitions.get(topic) ?? 1), key, value, headers, producedAtMs }
    },
  }
}

/** A topic is known before its leaders are: what is sent meanwhile is refused in part, and sent twice in part. */
async function untilLed(client: KafkaClient, clock: Pick<Clock, 'sleep'>, specs: readonly TopicSpec[]): Promise<void> {
  const names = specs.map(({ name }) => name)
  const partitions = specs.reduce((sum, spec) => sum + spec.partitions, 0)
  for (let tries = 1; ; tries++) {
    try {
      if ((await client.bounds(names)).length >= partitions) return
      if (tries >= LEADERS_TRIES_MAX) return
    } catch (error) {
      if (tries >= LEADERS_TRIES_MAX) throw error
    }
    await clock.sleep(LEADERS_POLL_MS)
  }
}

/**
 * A topic may be of an earlier version of ours, or made by hand: revocations that are deleted in place of compacted would
 * be lost after a week. Processes that start at once all set the same.
 */
async function alterWhatDiffers(client: KafkaClient, log: Log, specs: readonly TopicSpec[]): Promise<void> {
  const found = new Map(
    (await client.settingsOf(specs.map(({ name }) => name))).map((topic) => [topic.name, topic.settings]),
  )
  const altered: TopicSettings[] = []
  for (const { name, settings } of specs.map(kafkaTopic)) {
    const differing = Object.entries(settings).filter(([setting, value]) => found.get(name)?.[setting] !== value)
    if (differing.length > 0) altered.push({ name, settings: Object.fromEntries(differing) })
  }
  if (altered.length === 0) return
  await client.alterSettings(altered)
  for (const { name, settings } of altered) {
    const before = Object.fromEntries(Object.keys(settings).map((setting) => [setting, found.get(name)?.[setting]]))
    log.warn('messaging.topic_altered', { topic: name, before, after: settings })
  }
}

// What is written every few seconds, as heartbeats, is read again by each process that starts: it is thinned out soon. Kafka's
// own defaults are a week and half of the log.
const COMPACTION = { 'segment.ms': '600000', 'min.cleanable.dirty.ratio': '0.1' }

function kafkaTopic({ name, partitions, retentionMs, compacted, recordBytesMax }: TopicSpec): KafkaTopic {
  return {
    name,
    partitions,
    settings: {
      'cleanup.policy': compacted ? 'compact' : 'delete',
      'retention.ms': String(retentionMs),
      // Records go by age alone: a broker may have a default that counts bytes.
      'retention.bytes': '-1',
      'max.message.bytes': String(Math.max(BATCH_BYTES_MIN, recordBytesMax + OVERHEAD_BYTES_MAX)),
      ...(compacted && COMPACTION),
    },
  }
}
