import { parseArgs } from 'node:util'
import { systemClock } from '#platform/clock'
import { type Messaging, openKafkaMessaging } from '#platform/messaging'
import { embeddedSchemas } from '#platform/schemas'

// Both clients of messaging side by side, in turns, on one broker: produce, consume, latency, and sharing out anew.
// `node bench/kafka-clients.ts --brokers 127.0.0.1:9092 --rounds 3`
const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: '127.0.0.1:19092' },
    rounds: { type: 'string', default: '3' },
  },
})
const clock = systemClock()
const schemas = embeddedSchemas()
const run = `bench-${clock.newId()}`
const RECORDS = 50_000
const BATCH = 500
const LATENCY_RECORDS = 500
const WAIT_MS_MAX = 60_000

interface Figures {
  readonly producePerSecond: number
  readonly consumePerSecond: number
  readonly latencyP50Ms: number
  readonly latencyP99Ms: number
  readonly joinMs: number
  readonly takeOverMs: number
}

const record = (topic: string, index: number) => ({
  topic,
  key: `key-${index % 1_000}`,
  value: Buffer.alloc(200, index & 0xff),
  headers: { stream: `key-${index % 1_000}`, version: String(index), previous: String(index), correlation: 'c' },
})

const results = new Map<string, Figures[]>()
for (let round = 0; round < Number(values.rounds); round++) {
  for (const client of ['kafkajs', 'platformatic'] as const) {
    const messaging = await openKafkaMessaging({
      brokers: values.brokers.split(','),
      client,
      clientId: run,
      clock,
      schemas,
    })
    const figures = await measure(messaging, `${run}-${client}-${round}`)
    await messaging.close()
    results.set(client, [...(results.get(client) ?? []), figures])
    print(`${client} ${round + 1}`, figures)
  }
}
for (const [client, rounds] of results) print(`${client} median`, median(rounds))
process.exit(0)

async function measure(messaging: Messaging, topic: string): Promise<Figures> {
  const spec = { name: topic, partitions: 8, retentionMs: 600_000, compacted: false, recordBytesMax: 1_000_000 }
  await messaging.createTopics([spec])
  const produceMs = await timed(async () => {
    for (let start = 0; start < RECORDS; start += BATCH) {
      await messaging.produce(Array.from({ length: BATCH }, (_, index) => record(topic, start + index)))
    }
  })
  let consumed = 0
  let isHere = (): boolean => consumed >= RECORDS
  const handle = async (batch: readonly unknown[]): Promise<void> => {
    consumed += batch.length
  }
  const consumer = await messaging.consume({ group: topic, topics: [topic], handle })
  const consumeMs = await timed(() => until(() => isHere()))
  const latenciesMs: number[] = []
  for (let index = 0; index < LATENCY_RECORDS; index++) {
    const goal = consumed + 1
    isHere = () => consumed >= goal
    latenciesMs.push(
      await timed(async () => {
        await messaging.produce([record(topic, index)])
        while (!isHere()) await clock.turn()
      }),
    )
  }
  const joinStartMs = clock.monotonicMs()
  let second = 0
  const other = await messaging.consume({
    group: topic,
    topics: [topic],
    async handle(batch) {
      second += batch.length
    },
  })
  const joinMs = clock.monotonicMs() - joinStartMs
  await until(async () => {
    await messaging.produce(Array.from({ length: 64 }, (_, index) => record(topic, index)))
    return second > 0
  })
  await until(async () => (await messaging.lag(topic)) === 0)
  const before = consumed
  const takeOverMs = await timed(async () => {
    await other.stop()
    await messaging.produce(Array.from({ length: 64 }, (_, index) => record(topic, index)))
    await until(() => consumed >= before + 64)
  })
  await consumer.stop()
  latenciesMs.sort((a, b) => a - b)
  return {
    producePerSecond: (RECORDS / produceMs) * 1_000,
    consumePerSecond: (RECORDS / consumeMs) * 1_000,
    latencyP50Ms: latenciesMs[Math.floor(LATENCY_RECORDS * 0.5)] ?? 0,
    latencyP99Ms: latenciesMs[Math.floor(LATENCY_RECORDS * 0.99)] ?? 0,
    joinMs,
    takeOverMs,
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = clock.monotonicMs()
  await work()
  return clock.monotonicMs() - startMs
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = clock.monotonicMs() + WAIT_MS_MAX
  while (!(await condition())) {
    if (clock.monotonicMs() > endMs) throw new Error('it took too long')
    await clock.sleep(1)
  }
}

function median(rounds: readonly Figures[]): Figures {
  const of = (name: keyof Figures): number => {
    const sorted = rounds.map((figures) => figures[name]).toSorted((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] ?? 0
  }
  return {
    producePerSecond: of('producePerSecond'),
    consumePerSecond: of('consumePerSecond'),
    latencyP50Ms: of('latencyP50Ms'),
    latencyP99Ms: of('latencyP99Ms'),
    joinMs: of('joinMs'),
    takeOverMs: of('takeOverMs'),
  }
}

function print(name: string, figures: Figures): void {
  const cells = Object.entries(figures).map(([label, value]) => `${label} ${Number(value).toFixed(1)}`)
  process.stdout.write(`${name}: ${cells.join(', ')}\n`)
}
