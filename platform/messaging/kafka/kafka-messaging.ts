import type { Clock } from '#platform/clock'
import type { Schemas } from '#platform/schemas'
import { type Log, type Metrics, silentLog } from '#platform/telemetry'
import type { Carrier, Messaging } from '../messaging.ts'
import { groupProgress } from './group-progress.ts'
import type { KafkaClient, KafkaClientOptions } from './kafka-client.ts'
import { KafkaConsumer } from './kafka-consumer.ts'
import { kafkajsClient } from './kafkajs-client.ts'
import { prefixedClient } from './prefixed-client.ts'
import { startRelay } from './relay.ts'
import { sendInBatches } from './send-in-batches.ts'
import { openTopicCatalog } from './topic-catalog.ts'
import { traceSend } from './trace-send.ts'

/** How to open messaging over Kafka. */
export interface KafkaMessagingOptions {
  readonly brokers: readonly string[]
  readonly client: 'kafkajs' | 'platformatic'
  /** The name under which brokers log us. */
  readonly clientId: string
  /** What the names of topics and groups begin with on the brokers. Default none. */
  readonly topicPrefix?: string
  readonly clock: Clock
  readonly schemas: Schemas
  readonly log?: Log
  readonly metrics?: Metrics
  /** For how long nothing may come to a consumer while records lie there, before its client is replaced. */
  readonly stallMs?: number
}

const STALL_MS_DEFAULT = 15_000

/** Topics on Kafka. Connects when it is first used; what cannot be reached then is an outage of that use. */
export async function openKafkaMessaging(options: KafkaMessagingOptions): Promise<Messaging> {
  const open = options.client === 'kafkajs' ? kafkajsClient : await platformatic()
  return messagingOver(prefixedClient(open(options), options.topicPrefix ?? ''), options)
}

/** Loaded by who wants it: to load it takes a quarter of what a service needs to start. */
async function platformatic(): Promise<(options: KafkaClientOptions) => KafkaClient> {
  return (await import('./platformatic-client.ts')).platformaticClient
}

/** The same over a client of one's own. Closes it. */
export function messagingOver(client: KafkaClient, options: Omit<KafkaMessagingOptions, 'client'>): Messaging {
  const { clock, schemas, metrics, log = silentLog(), stallMs = STALL_MS_DEFAULT } = options
  const catalog = openTopicCatalog(client, clock, log)
  const progress = groupProgress(client, clock)
  const consumers = new Set<KafkaConsumer>()
  const carriers = new Set<Carrier>()
  const produced = metrics?.counter('carillon_records_produced_total', 'Records that brokers have acknowledged.')
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    await Promise.all([...consumers].map((consumer) => consumer.stop()))
    await Promise.all([...carriers].map((carrier) => carrier.stop()))
    await client.close()
  }

  return {
    createTopics: catalog.create,
    async produce(records) {
      await catalog.check([...new Set(records.map(({ topic }) => topic))])
      const producedAtMs = clock.now().getTime()
      // All are placed before any is sent, so that one which is too large stops all.
      const placed = records.map((record) => catalog.place(record, producedAtMs))
      await sendInBatches(client, placed)
      produced?.inc(placed.length)
    },
    async carry(outbox) {
      await catalog.check(outbox.topics)
      const carrier = startRelay({
        outbox,
        schemas,
        clock,
        log,
        async send(records) {
          await traceSend(records, (traced) => sendInBatches(client, traced))
          produced?.inc(records.length)
        },
      })
      carriers.add(carrier)
      return carrier
    },
    async consume(wanted) {
      await catalog.check(wanted.topics)
      progress.reads(wanted.group, wanted.topics)
      const consumer = new KafkaConsumer({ client, wanted, clock, log, stallMs })
      await consumer.start()
      consumers.add(consumer)
      return consumer
    },
    lag: progress.lag,
    delayMs: progress.delayMs,
    close() {
      closing ??= close()
      return closing
    },
  }
}
