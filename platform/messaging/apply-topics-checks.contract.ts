import { describe, expect, onTestFinished, test } from 'vitest'
import type { Database } from '#platform/database'
import {
  EXECUTION,
  execution,
  executionId,
  type Subject,
  schemas,
  send,
  sendJob,
  write,
} from './apply-topics.contract.ts'
import { applyTopics } from './apply-topics.ts'
import { type Delivery, PoisonError } from './inbox/delivery.ts'
import { replayQuarantined } from './inbox/inbox.ts'
import { quarantined } from './inbox/quarantine.ts'

/** A duplicate is applied once: false for an inbox that keeps no mark. */
async function dropsDuplicates(subject: Subject): Promise<boolean> {
  await subject.start()
  await send(subject.messaging, { stream: 's', version: 1 }, { stream: 's', version: 2 }, { stream: 's', version: 1 })
  await subject.applied()
  await send(subject.messaging, { stream: 's', version: 2 }, { stream: 's', version: 3 })
  return (await subject.applied()).join() === 's@1,s@2,s@3'
}

/** What `applyTopics` promises over any messaging. Each adapter's own test file calls this with itself. */
export function describeApplyTopics(name: string, openSubject: () => Promise<Subject>): void {
  async function open(): Promise<Subject> {
    const subject = await openSubject()
    onTestFinished(() => subject.close())
    return subject
  }

  describe(`once (${name})`, () => {
    test('a record that comes again is applied once, in its batch and later', async () => {
      expect(await dropsDuplicates(await open())).toBe(true)
    })

    test('a planted inbox without marks is caught', async () => {
      const subject = await open()
      const forgetful: Database = {
        ...subject.database,
        unit: (keys, work) =>
          subject.database.unit(keys, (unit) =>
            work({
              ...unit,
              upsertMany: async (table, ...rest) =>
                table === 'inbox_marks' ? undefined : unit.upsertMany(table, ...rest),
            }),
          ),
      }
      const start: Subject['start'] = () => applyTopics({ ...subject.options, database: forgetful })
      expect(await dropsDuplicates({ ...subject, start })).toBe(false)
    })

    test('a topic that is replayed from the start changes nothing', async () => {
      const subject = await open()
      const consumer = await subject.start()
      await send(subject.messaging, { stream: 's', version: 1 }, { stream: 't', version: 1 })
      await subject.applied()
      await consumer.stop()
      let redelivered = 0
      const counting: typeof schemas = {
        ...schemas,
        decode: (wire) => schemas.decode(wire).finally(() => redelivered++),
      }
      await subject.start({ fromBeginning: true, schemas: counting })
      await subject.applied()
      expect(redelivered).toBe(2)
      expect((await subject.applied()).toSorted()).toEqual(['s@1', 't@1'])
    })

    test('a foreign record without headers is told by its place', async () => {
      const subject = await open()
      const seen: Delivery[] = []
      await subject.start({ apply: async (_unit, deliveries) => void seen.push(...deliveries) })
      const value = schemas.frame(executionId, schemas.encode(EXECUTION, execution))
      await subject.messaging.produce([{ topic: 'execution-events', key: 'k', value, headers: {} }])
      await subject.clock.settle()
      const partition = 'execution-events#'
      expect(seen).toMatchObject([{ name: EXECUTION, key: 'k', version: expect.any(Number), value: execution }])
      expect(seen[0]?.stream.startsWith(partition)).toBe(true)
    })

    test('a delivery tells its stream, its time and whose doing it was', async () => {
      const subject = await open()
      const seen: Delivery[] = []
      await subject.start({ apply: async (_unit, deliveries) => void seen.push(...deliveries) })
      await send(subject.messaging, { stream: 's', version: 1 })
      await subject.clock.settle()
      const producedAt = expect.any(Date)
      const told = { topic: 'execution-events', key: 's', stream: 's', version: 1, producedAt, correlationId: 'c' }
      expect(seen).toEqual([{ ...told, name: EXECUTION, value: execution }])
    })

    test('the versions of a stream in one topic say nothing of another topic', async () => {
      const subject = await open()
      await subject.start()
      await send(subject.messaging, { stream: 's', version: 3, previous: 0 })
      await subject.applied()
      await sendJob(subject.messaging, 's', 2, 0)
      expect((await subject.applied()).toSorted()).toEqual(['s@2', 's@3'])
    })

    test('an outage is tried again and loses nothing', async () => {
      const subject = await open()
      let outages = 3
      await subject.start({
        async apply(unit, deliveries) {
          await write(unit, deliveries)
          if (outages-- > 0) throw new Error('outage')
        },
      })
      await send(subject.messaging, { stream: 's', version: 1 }, { stream: 't', version: 1 })
      await subject.clock.advance(10_000)
      expect((await subject.applied()).toSorted()).toEqual(['s@1', 't@1'])
      expect(await quarantined(subject.database.reader)).toEqual([])
    })
  })

  describe(`gaps (${name})`, () => {
    test('what comes after a gap waits until it is filled, and then follows in order', async () => {
      const subject = await open()
      await subject.start()
      const [two, three, four] = [2, 3, 4].map((version) => ({ stream: 's', version }))
      await send(subject.messaging, four!, three!, { stream: 'other', version: 1 })
      expect(await subject.applied()).toEqual(['other@1'])
      expect(await subject.waiting()).toBe(2)
      await send(subject.messaging, { stream: 's', version: 1 }, two!)
      expect(await subject.applied()).toEqual(['other@1', 's@1', 's@2', 's@3', 's@4'])
      expect(await subject.waiting()).toBe(0)
    })

    test('what waits survives its process, and goes on even when nothing more comes', async () => {
      const subject = await open()
      await subject.start()
      await send(subject.messaging, { stream: 's', version: 2 })
      expect(await subject.waiting()).toBe(1)
      // A process that died between filling the gap and taking what waited.
      await subject.database.unit([], (unit) => unit.run('update inbox_marks set version = 1'))
      await subject.start({ consumer: 'other' })
      expect(await subject.applied()).toEqual([])
      await subject.start()
      expect(await subject.applied()).toEqual(['s@2'])
    })

    test('versions that were sent to another topic are no gap', async () => {
      const subject = await open()
      await subject.start()
      await send(subject.messaging, { stream: 's', version: 1 }, { stream: 's', version: 5, previous: 1 })
      expect(await subject.applied()).toEqual(['s@1', 's@5'])
    })

    test('a record of full state jumps the gap; what it overtook is let go, what follows goes on', async () => {
      const subject = await open()
      let isJumping = false
      await subject.start({ isFullState: (record) => record === EXECUTION && isJumping })
      const versions = [3, 4, 7].map((version) => ({ stream: 's', version }))
      await send(subject.messaging, ...versions)
      expect(await subject.waiting()).toBe(3)
      isJumping = true
      await send(subject.messaging, { stream: 's', version: 6 })
      expect(await subject.applied()).toEqual(['s@6', 's@7'])
      expect(await subject.waiting()).toBe(0)
    })

    test('more records than may wait are parked, and nothing is lost when they are put back', async () => {
      const subject = await open()
      await subject.start()
      const versions = Array.from({ length: 1_010 }, (_, index) => ({ stream: 's', version: index + 2 }))
      await send(subject.messaging, ...versions)
      expect(await subject.waiting()).toBe(1_000)
      const parked = await quarantined(subject.database.reader)
      expect(parked.map(({ reason }) => reason)).toEqual(Array(10).fill('GAP_TOO_LONG'))
      await expect(replayQuarantined(subject.options, parked[0]!.id)).rejects.toThrow(PoisonError)
      await send(subject.messaging, { stream: 's', version: 1 })
      expect((await subject.applied()).length).toBe(1_001)
      for (const { id } of parked.toReversed()) await replayQuarantined(subject.options, id)
      expect(await subject.applied()).toEqual(Array.from({ length: 1_011 }, (_, index) => `s@${index + 1}`))
    })
  })
}
