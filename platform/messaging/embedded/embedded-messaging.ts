import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '#platform/clock'
import { openSqlite } from '#platform/database'
import { invariant } from '#platform/domain'
import type { OutboxSource } from '#platform/outbox'
import type { Schemas } from '#platform/schemas'
import { type Log, silentLog } from '#platform/telemetry'
import type { Carrier, ConsumeOptions, Consumer, Messaging } from '../messaging.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { followOutbox } from './follow-outbox.ts'
import { GroupMember } from './group-member.ts'
import { openOffsetStore } from './offset-store.ts'
import { outboxSource, type RecordSource, storeSource } from './record-source.ts'
import { openRecordStore } from './record-store.ts'

/** How to open the embedded messaging. */
export interface EmbeddedMessagingOptions {
  /** Where its files lie. Without one, everything is in memory. */
  readonly directory?: string
  readonly clock: Clock
  readonly schemas: Schemas
  readonly log?: Log
}

interface Carried {
  readonly source: RecordSource
  readonly topics: ReadonlySet<string>
}

/**
 * Topics in this process: partitions, consumer groups and committed offsets over SQLite, without a broker.
 *
 * An outbox that is carried is not copied: it is the topic, and consumers read its rows where they lie.
 */
export async function openEmbeddedMessaging(options: EmbeddedMessagingOptions): Promise<Messaging> {
  const { directory, clock, schemas, log = silentLog() } = options
  if (directory) mkdirSync(directory, { recursive: true })
  const pathOf = (name: string): string => (directory ? join(directory, `${name}.sqlite`) : ':memory:')
  const recordsDatabase = openSqlite({ name: 'messaging', path: pathOf('messaging'), clock })
  // A lost offset only means that records come again.
  const offsetsDatabase = openSqlite({ name: 'offsets', path: pathOf('offsets'), clock, durability: 'normal' })
  const store = await openRecordStore(recordsDatabase)
  const offsets = await openOffsetStore(offsetsDatabase)

  const produced = storeSource(store)
  const carried = new Map<string, Carried>()
  const groups = new Map<string, Promise<ConsumerGroup>>()
  const opened = new Set<ConsumerGroup>()
  const consumers = new Set<Consumer>()
  const carriers = new Set<Carrier>()

  const wake = (topics: ReadonlySet<string>): void => {
    for (const group of opened) group.wake(topics)
  }
  store.onAppend(wake)

  function groupOf(name: string): Promise<ConsumerGroup> {
    const known = groups.get(name)
    if (known) return known
    const opening = openGroup(name)
    groups.set(name, opening)
    return opening
  }

  async function openGroup(name: string): Promise<ConsumerGroup> {
    const committed = await offsets.load(name)
    const group = new ConsumerGroup(name, offsets, committed)
    for (const topic of new Set(committed.map((place) => place.topic))) openTopic(group, topic)
    opened.add(group)
    return group
  }

  function openTopic(group: ConsumerGroup, name: string): void {
    const topic = store.topic(name)
    group.open(topic, produced)
    for (const { source, topics } of carried.values()) if (topics.has(name)) group.open(topic, source)
  }

  async function consume(wanted: ConsumeOptions): Promise<Consumer> {
    for (const topic of wanted.topics) store.topic(topic)
    const group = await groupOf(wanted.group)
    for (const topic of wanted.topics) openTopic(group, topic)
    if (wanted.fromBeginning) await group.rewind(wanted.topics)
    const consumer = new GroupMember(group, wanted, clock, log)
    consumers.add(consumer)
    return consumer
  }

  async function carry(outbox: OutboxSource): Promise<Carrier> {
    const source = outboxSource(outbox, schemas)
    const topics = new Set(outbox.topics)
    invariant(!carried.has(source.name), `the outbox ${outbox.name} is carried already`)
    const specs = outbox.topics.map(store.topic)
    carried.set(source.name, { source, topics })
    for (const group of opened) for (const spec of specs) if (group.hasTopic(spec.name)) group.open(spec, source)
    const following = await followOutbox({ outbox, source, clock, log, onGrown: wake })
    const carrier: Carrier = {
      async stop() {
        await following.stop()
        carried.delete(source.name)
        carriers.delete(carrier)
        for (const group of opened) group.drop(source)
      },
    }
    carriers.add(carrier)
    return carrier
  }

  return {
    createTopics: store.createTopics,
    produce: store.append,
    carry,
    consume,
    lag: async (name) => (await groupOf(name)).lag(),
    async delayMs(name) {
      const oldest = await (await groupOf(name)).oldestAt()
      return oldest ? Math.max(0, clock.now().getTime() - oldest.getTime()) : 0
    },
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()))
      for (const carrier of carriers) await carrier.stop()
      await Promise.all([recordsDatabase.close(), offsetsDatabase.close()])
    },
  }
}
