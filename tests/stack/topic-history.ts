import { type Admin, type IHeaders, Kafka, logLevel } from 'kafkajs'
import { stackAddresses } from '#platform/testing'

/** What is wrong with the order in which a stream stands in a topic. */
export interface Disorder {
  readonly topic: string
  readonly stream: string
  readonly says: string
}

/**
 * Reads every topic with a prefix from its beginning to where it ends now, and checks each stream: a record follows on
 * the one before it (its `previous` is that one's `version`), or repeats one that was there, as at-least-once allows.
 *
 * @returns how many records there were, and what was wrong
 */
export async function readHistory(
  topicPrefix: string,
): Promise<{ readonly records: number; readonly disorders: readonly Disorder[] }> {
  const kafka = new Kafka({ brokers: stackAddresses().kafkaBrokers.split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix))
  const unread = await endsOf(admin, topics)
  const groupId = `${topicPrefix}history`
  const consumer = kafka.consumer({ groupId })
  const read = Promise.withResolvers<void>()
  const streams = new Streams()
  let records = 0
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    async eachBatch({ batch }) {
      for (const { headers = {} } of batch.messages) streams.take(batch.topic, headers)
      records += batch.messages.length
      const place = `${batch.topic} ${batch.partition}`
      if (Number(batch.lastOffset()) + 1 >= (unread.get(place) ?? 0)) unread.delete(place)
      if (unread.size === 0) read.resolve()
    },
  })
  await read.promise
  await consumer.disconnect()
  await admin.deleteGroups([groupId])
  await admin.disconnect()
  return { records, disorders: streams.disorders }
}

/** Where each partition ends that holds anything. */
async function endsOf(admin: Admin, topics: readonly string[]): Promise<Map<string, number>> {
  const ends = new Map<string, number>()
  for (const topic of topics)
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (Number(high) > Number(low)) ends.set(`${topic} ${partition}`, Number(high))
  return ends
}

class Streams {
  readonly disorders: Disorder[] = []
  readonly #last = new Map<string, number>()

  take(topic: string, headers: IHeaders): void {
    const [stream, version, previous] = ['stream', 'version', 'previous'].map((name) => headers[name]?.toString())
    if (stream === undefined || version === undefined) return
    const place = `${topic} ${stream}`
    const before = this.#last.get(place) ?? 0
    if (Number(version) <= before) return
    if (Number(previous) !== before && before > 0)
      this.disorders.push({ topic, stream, says: `${version} follows on ${previous}, but ${before} was the last` })
    this.#last.set(place, Number(version))
  }
}
