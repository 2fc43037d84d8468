import { describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openSqlite } from '#platform/database'
import { openOutbox } from '#platform/outbox'
import { TopicMismatchError, UnknownTopicError } from './errors.ts'
import type { IncomingRecord, Messaging } from './messaging.ts'
import {
  collect,
  latch,
  numberIn,
  numbers,
  PARTITIONS,
  produce,
  range,
  spec,
  until,
} from './numbered-records.contract.ts'

/** An adapter, and where something outlives it, how to open it again on what a killed process left. */
export interface MessagingUnderTest {
  readonly messaging: Messaging
  reopen?(): Promise<Messaging>
}

type Check = (open: () => Promise<MessagingUnderTest>) => Promise<void>

/** What every messaging adapter promises, by name: a planted mutant must fail its check. */
export const messagingChecks: Readonly<Record<string, Check>> = {
  async 'a record comes with its key, value, headers and time'(open) {
    const { messaging } = await opened(open)
    const value = Buffer.from([0, 1, 2])
    await messaging.produce([{ topic: 'things', key: 'k', value, headers: { a: 'b' } }])
    await messaging.produce([{ topic: 'things', key: 'k', value: null, headers: {} }])
    const { records } = await collect(messaging)
    await until(() => records.length === 2)
    expect(records[0]).toMatchObject({ topic: 'things', key: 'k', headers: { a: 'b' }, producedAt: expect.any(Date) })
    expect([...(records[0]?.value ?? [])]).toEqual([0, 1, 2])
    expect(records[1]?.value).toBeNull()
  },

  async 'the records of a key come in order, and from one partition'(open) {
    const { messaging } = await opened(open)
    const { records } = await collect(messaging, { batchRecordsMax: 7 })
    for (let round = 0; round < 20; round++) await produce(messaging, round * 10, 10)
    await until(() => records.length === 200)
    for (const key of new Set(records.map((record) => record.key))) {
      const ofKey = records.filter((record) => record.key === key)
      expect(ofKey.map(numberIn)).toEqual(ofKey.map(numberIn).toSorted((a, b) => a - b))
      expect(new Set(ofKey.map((record) => record.partition)).size).toBe(1)
    }
    expect(new Set(records.map((record) => record.partition)).size).toBe(PARTITIONS)
  },

  async 'a batch has at most as many records as was asked for'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 50)
    const { records, batches } = await collect(messaging, { batchRecordsMax: 8 })
    await until(() => records.length === 50)
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(8)
  },

  async 'each group gets every record'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 20)
    const [one, two] = [await collect(messaging), await collect(messaging, { group: 'others' })]
    await until(() => one.records.length === 20 && two.records.length === 20)
  },

  async 'a group goes on where it stopped'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 30)
    const first = await collect(messaging)
    await until(() => first.records.length === 30)
    await first.consumer.stop()
    await produce(messaging, 30, 10)
    const second = await collect(messaging)
    await until(() => second.records.length >= 10)
    expect(numbers(second.records)).toEqual(range(30, 40))
  },

  async 'a batch in hand is finished and committed when its consumer stops'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 5)
    const gate = latch()
    let inHand = 0
    const consumer = await messaging.consume({
      group: 'g',
      topics: ['things'],
      handle(batch) {
        inHand += batch.length
        return gate.pass()
      },
    })
    await until(() => gate.waiting() > 0)
    const stopping = consumer.stop()
    gate.open()
    await stopping
    expect(gate.passed()).toBe(1)
    expect(await messaging.lag('g')).toBe(5 - inHand)
  },

  async 'what a killed consumer had in hand comes to another'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 20)
    const gate = latch()
    const killed = await messaging.consume({ group: 'g', topics: ['things'], handle: gate.pass })
    await until(() => gate.waiting() > 0)
    killed.kill()
    const heir = await collect(messaging)
    await until(() => heir.records.length === 20)
    expect(numbers(heir.records)).toEqual(range(0, 20))
    gate.open()
  },

  async 'a consumer that was killed commits nothing, even when it ends later'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 20)
    const gate = latch()
    const killed = await messaging.consume({ group: 'g', topics: ['things'], handle: gate.pass })
    await until(() => gate.waiting() > 0)
    killed.kill()
    gate.open()
    await until(() => gate.passed() > 0)
    await produce(messaging, 20, 1)
    expect(await messaging.lag('g')).toBe(21)
  },

  async 'two consumers of a group share the partitions'(open) {
    const { messaging } = await opened(open)
    const [one, two] = [await collect(messaging), await collect(messaging)]
    for (let start = 0; start < 400; start += 20) await produce(messaging, start, 20)
    await until(() => one.records.length + two.records.length >= 400)
    expect(numbers([...one.records, ...two.records])).toEqual(range(0, 400))
    const [ofOne, ofTwo] = [one, two].map(
      ({ records }) => new Set(records.slice(-100).map((record) => record.partition)),
    )
    expect((ofOne?.size ?? 0) + (ofTwo?.size ?? 0)).toBe(PARTITIONS)
    expect([...(ofOne ?? [])].filter((partition) => ofTwo?.has(partition))).toEqual([])
  },

  async 'the partitions of a consumer that leaves or dies go to the others'(open) {
    const { messaging } = await opened(open)
    const [one, two, three] = [await collect(messaging), await collect(messaging), await collect(messaging)]
    await one.consumer.stop()
    two.consumer.kill()
    await produce(messaging, 0, 50)
    await until(() => three.records.length === 50)
  },

  async 'a consumer that joins takes its part, and one that leaves hands all of it over'(open) {
    const { messaging } = await opened(open)
    const stays = await collect(messaging)
    const handled = [stays.records]
    const handledTo = (end: number) => until(() => new Set(numbers(handled.flat())).size === end)
    await produce(messaging, 0, 20)
    await handledTo(20)
    for (const start of [20, 80, 140]) {
      const comes = await collect(messaging)
      handled.push(comes.records)
      await produce(messaging, start, 40)
      await handledTo(start + 40)
      expect(comes.records.length).toBeGreaterThan(0)
      await comes.consumer.stop()
      const taken = comes.records.length
      await produce(messaging, start + 40, 20)
      await handledTo(start + 60)
      expect(comes.records.length).toBe(taken)
    }
  },

  async 'what could not be handled comes again, in order, and other partitions go on'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 40)
    const records: IncomingRecord[] = []
    let failures = 0
    await messaging.consume({
      group: 'g',
      topics: ['things'],
      async handle(batch) {
        // Fails until all other partitions are through: one that held them up would fail for ever.
        const isElsewhereDone = records.length === 40 - 40 / PARTITIONS
        if (batch.some((record) => record.key === 'key-0') && !isElsewhereDone) {
          failures += 1
          throw new Error('outage')
        }
        records.push(...batch)
      },
    })
    await until(() => records.length >= 40)
    expect(failures).toBeGreaterThan(1)
    expect(numbers(records)).toEqual(range(0, 40))
    expect(records.filter((record) => record.key === 'key-0').map(numberIn)).toEqual(
      range(0, 40).filter((n) => n % 4 === 0),
    )
  },

  async 'a topic can be replayed from the start'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 20)
    const first = await collect(messaging)
    await until(() => first.records.length === 20)
    await first.consumer.stop()
    const again = await collect(messaging, { fromBeginning: true })
    await until(() => again.records.length >= 20)
    expect(numbers(again.records)).toEqual(range(0, 20))
  },

  async 'lag counts what is not committed'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 15)
    const { records, consumer } = await collect(messaging)
    await until(() => records.length === 15)
    await consumer.stop()
    expect(await messaging.lag('g')).toBe(0)
    await produce(messaging, 15, 4)
    expect(await messaging.lag('g')).toBe(4)
  },

  async 'a record over the limit is refused, and those produced with it'(open) {
    const { messaging } = await opened(open)
    const small = { topic: 'things', key: 'k', value: Buffer.alloc(1_000), headers: {} }
    const large = { ...small, value: Buffer.alloc(1_006) }
    await expect(messaging.produce([small, large])).rejects.toMatchObject({ name: 'RecordTooLargeError' })
    await messaging.produce([small])
    const { records } = await collect(messaging)
    await until(() => records.length > 0)
    expect(records.length).toBe(1)
  },

  async 'an unknown topic is refused by every door'(open) {
    const { messaging } = await opened(open)
    const record = { topic: 'nowhere', key: 'k', value: null, headers: {} }
    await expect(messaging.produce([record])).rejects.toThrow(UnknownTopicError)
    const handle = async (): Promise<void> => undefined
    await expect(messaging.consume({ group: 'g', topics: ['nowhere'], handle })).rejects.toThrow(UnknownTopicError)
    const outbox = openOutbox(openSqlite({ name: 'o', path: ':memory:', clock: systemClock() }), ['nowhere' as never])
    await expect(messaging.carry(outbox)).rejects.toThrow(UnknownTopicError)
  },

  async 'creating a topic again changes nothing, but its partitions cannot change'(open) {
    const { messaging } = await opened(open)
    await produce(messaging, 0, 5)
    await messaging.createTopics([spec])
    const { records } = await collect(messaging)
    await until(() => records.length === 5)
    await expect(messaging.createTopics([{ ...spec, partitions: 5 }])).rejects.toThrow(TopicMismatchError)
  },
}

/** Runs the checks on an adapter. Each adapter's own test file calls this with itself. */
export function describeMessaging(name: string, open: () => Promise<MessagingUnderTest>): void {
  describe(`messaging (${name})`, () => {
    for (const [promise, check] of Object.entries(messagingChecks)) test(promise, () => check(open))
  })
}

/** What an adapter promises besides when it outlives its process. */
export function describeDurableMessaging(name: string, open: () => Promise<Required<MessagingUnderTest>>): void {
  test(`messaging (${name}): records and committed offsets outlive the adapter`, async () => {
    const { messaging, reopen } = await open()
    await messaging.createTopics([spec])
    await produce(messaging, 0, 20)
    const first = await collect(messaging)
    await until(() => first.records.length === 20)
    await first.consumer.stop()
    await produce(messaging, 20, 10)

    const reopened = await reopen()
    const others = await collect(reopened, { group: 'others' })
    await until(() => others.records.length === 30)
    const second = await collect(reopened)
    await until(() => second.records.length >= 10)
    expect(numbers(second.records)).toEqual(range(20, 30))
    await produce(reopened, 30, 1)
    await until(() => second.records.length === 11)
  })
}

async function opened(open: () => Promise<MessagingUnderTest>): Promise<MessagingUnderTest> {
  const subject = await open()
  await subject.messaging.createTopics([spec])
  return subject
}
