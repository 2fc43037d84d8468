import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { embeddedSchemas } from '#platform/schemas'
import { movedClock } from '#platform/testing'
import {
  describeDurableMessaging,
  describeMessaging,
  type MessagingUnderTest,
  messagingChecks,
} from '../messaging.contract.ts'
import type { IncomingRecord, Messaging } from '../messaging.ts'
import { type EmbeddedMessagingOptions, openEmbeddedMessaging } from './embedded-messaging.ts'

const root = mkdtempSync(join(tmpdir(), 'carillon-messaging-'))
const schemas = embeddedSchemas()
const opened: Messaging[] = []
let directories = 0
afterEach(async () => {
  for (const messaging of opened.splice(0)) await messaging.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function open(options: Partial<EmbeddedMessagingOptions> = {}): Promise<Messaging> {
  const messaging = await openEmbeddedMessaging({ clock: systemClock(), schemas, ...options })
  opened.push(messaging)
  return messaging
}

async function onDisk(): Promise<Required<MessagingUnderTest>> {
  const directory = join(root, String(directories++))
  return {
    messaging: await open({ directory }),
    // What kill -9 leaves is the files as they are, write-ahead logs included.
    async reopen() {
      const copy = join(root, String(directories++))
      mkdirSync(copy)
      for (const file of readdirSync(directory)) {
        if (!file.endsWith('-shm')) copyFileSync(join(directory, file), join(copy, file))
      }
      return open({ directory: copy })
    },
  }
}

describeMessaging('embedded, in memory', async () => ({ messaging: await open() }))
describeMessaging('embedded, on disk', onDisk)
describeDurableMessaging('embedded, on disk', onDisk)

/** A messaging whose consumers handle otherwise. */
function mutant(messaging: Messaging, consume: Messaging['consume']): MessagingUnderTest {
  return { messaging: { ...messaging, consume } }
}

test('a planted commit before the handling is caught', async () => {
  const open_ = async (): Promise<MessagingUnderTest> => {
    const messaging = await open()
    return mutant(messaging, (options) =>
      messaging.consume({
        ...options,
        handle: async (batch) => {
          options.handle(batch).catch(() => undefined)
        },
      }),
    )
  }
  for (const promise of [
    'what could not be handled comes again, in order, and other partitions go on',
    'a consumer that was killed commits nothing, even when it ends later',
  ]) {
    await expect(messagingChecks[promise]?.(open_)).rejects.toThrow()
  }
}, 20_000)

test('a planted group that does not share its partitions is caught', async () => {
  let members = 0
  const open_ = async (): Promise<MessagingUnderTest> => {
    const messaging = await open()
    return mutant(messaging, (options) => messaging.consume({ ...options, group: `${options.group}-${members++}` }))
  }
  await expect(messagingChecks['two consumers of a group share the partitions']?.(open_)).rejects.toThrow()
}, 20_000)

const things = { name: 'things', partitions: 1, retentionMs: 1_000, compacted: false, recordBytesMax: 100 }
const record = (key: string, text: string) => ({ topic: 'things', key, value: Buffer.from(text), headers: {} })
const texts = (records: readonly IncomingRecord[]): string[] =>
  records.map(({ value }) => Buffer.from(value ?? []).toString())

test('an outage is waited out longer each time, up to 5 s, by the clock alone', async () => {
  const clock = movedClock(new Date('2026-01-01T00:00:00Z'))
  const messaging = await open({ clock })
  await messaging.createTopics([things])
  await messaging.produce([record('k', 'a')])
  const attemptsMs: number[] = []
  const consumer = await messaging.consume({
    group: 'g',
    topics: ['things'],
    async handle() {
      attemptsMs.push(clock.monotonicMs())
      throw new Error('outage')
    },
  })
  await clock.advance(60_000)
  const waitsMs = attemptsMs.slice(1).map((atMs, index) => atMs - (attemptsMs[index] ?? 0))
  expect(waitsMs.slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
  consumer.kill()
})

test('what is produced is delivered without the clock moving', async () => {
  const clock = movedClock(new Date(0))
  const messaging = await open({ clock })
  await messaging.createTopics([things])
  const seen: string[] = []
  await messaging.consume({ group: 'g', topics: ['things'], handle: async (batch) => void seen.push(...texts(batch)) })
  await clock.settle()
  await messaging.produce([record('k', 'a')])
  await clock.settle()
  expect(seen).toEqual(['a'])
  expect(clock.monotonicMs()).toBe(0)
})

test('what a topic keeps no longer is gone when it is created again, and offsets go on', async () => {
  const clock = movedClock(new Date(0))
  const messaging = await open({ clock })
  await messaging.createTopics([things])
  await messaging.produce([record('k', 'old')])
  await clock.advance(1_001)
  await messaging.createTopics([things])
  await messaging.produce([record('k', 'new')])
  const seen: IncomingRecord[] = []
  await messaging.consume({ group: 'g', topics: ['things'], handle: async (batch) => void seen.push(...batch) })
  await clock.settle()
  expect(texts(seen)).toEqual(['new'])
  expect(seen[0]?.offset).toBe(2)
})

test('a compacted topic keeps the last record of each key, however old', async () => {
  const clock = movedClock(new Date(0))
  const messaging = await open({ clock })
  const compacted = { ...things, compacted: true }
  await messaging.createTopics([compacted])
  await messaging.produce([record('a', 'a1'), record('b', 'b1'), record('a', 'a2')])
  await clock.advance(10_000)
  await messaging.createTopics([compacted])
  const seen: string[] = []
  await messaging.consume({ group: 'g', topics: ['things'], handle: async (batch) => void seen.push(...texts(batch)) })
  await clock.settle()
  expect(seen).toEqual(['b1', 'a2'])
})
