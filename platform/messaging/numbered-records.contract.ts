import { vi } from 'vitest'
import type { ConsumeOptions, Consumer, IncomingRecord, Messaging, TopicSpec } from './messaging.ts'

/** Waits for what is about to happen, at most 5 s. */
export const until = (condition: () => boolean): Promise<unknown> =>
  vi.waitUntil(condition, { timeout: 5_000, interval: 5 })

/** As many as there are keys. */
export const PARTITIONS = 4

/** The topic of the checks. */
export const spec: TopicSpec = {
  name: 'things',
  partitions: PARTITIONS,
  retentionMs: 60 * 60 * 1000,
  compacted: false,
  recordBytesMax: 1_000,
}

/** Produces records that are numbered, over one key for each partition. */
export async function produce(messaging: Messaging, start: number, count: number): Promise<void> {
  await messaging.produce(
    range(start, start + count).map((number) => ({
      topic: 'things',
      key: KEYS[number % KEYS.length] ?? '',
      value: Buffer.from(String(number)),
      headers: {},
    })),
  )
}

/** One key for each partition, by Kafka's hash. */
const KEYS = ['key-0', 'key-1', 'key-2', 'key-3']

/** Consumes, and keeps what comes. */
export async function collect(
  messaging: Messaging,
  options: Partial<ConsumeOptions> = {},
): Promise<{ consumer: Consumer; records: IncomingRecord[]; batches: (readonly IncomingRecord[])[] }> {
  const records: IncomingRecord[] = []
  const batches: (readonly IncomingRecord[])[] = []
  const consumer = await messaging.consume({
    group: 'g',
    topics: ['things'],
    async handle(batch) {
      batches.push(batch)
      records.push(...batch)
    },
    ...options,
  })
  return { consumer, records, batches }
}

/** Holds up whoever wants to pass until it is opened. */
export function latch() {
  const { promise, resolve } = Promise.withResolvers<void>()
  let [waiting, passed] = [0, 0]
  return {
    async pass(): Promise<void> {
      waiting += 1
      await promise
      passed += 1
    },
    open: resolve,
    waiting: () => waiting,
    passed: () => passed,
  }
}

/** The number of a record. */
export function numberIn(record: IncomingRecord): number {
  return Number(Buffer.from(record.value ?? []).toString())
}

/** The numbers of records, sorted. */
export function numbers(records: readonly IncomingRecord[]): number[] {
  return records.map(numberIn).toSorted((a, b) => a - b)
}

/** The whole numbers from `start` to before `end`. */
export function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index)
}
