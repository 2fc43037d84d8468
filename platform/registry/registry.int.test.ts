import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Messaging, openKafkaMessaging } from '#platform/messaging'
import { registrySchemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { stackAddresses } from '#platform/testing'
import { addressesOf, announce, type Directory, openDirectory } from './index.ts'

const clock = systemClock()
const log = silentLog()
const { kafkaBrokers, registryUrl } = stackAddresses()
// The topic is the stack's own, and others may be in it.
const service = `test-${clock.newId()}`
const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** What each process has of its own. */
async function ground(brokers = kafkaBrokers.split(','), client: 'kafkajs' | 'platformatic' = 'kafkajs') {
  const schemas = registrySchemas({ url: registryUrl, clock, log })
  const messaging: Messaging = await openKafkaMessaging({ brokers, client, clientId: service, clock, schemas, log })
  opened.push(() => messaging.close())
  return { messaging, schemas, clock, log }
}

async function directory(more: Awaited<ReturnType<typeof ground>>): Promise<Directory> {
  const made = await openDirectory({ ...more, seeds: [{ name: service, url: 'http://seed' }] })
  opened.push(() => made.stop())
  return made
}

test.each(['kafkajs', 'platformatic'] as const)(
  'by %s processes find each other, and say goodbye',
  async (client) => {
    const [one, other] = [await ground(undefined, client), await ground(undefined, client)]
    const found = await directory(one)
    expect(addressesOf(found, service)).toEqual(['http://seed'])
    const announcements = [
      await announce({ ...one, name: service, url: 'http://a:1', version: '1' }),
      await announce({ ...other, name: service, url: 'http://b:1', version: '1' }),
    ]
    for (const announcement of announcements) opened.push(() => announcement.stop())
    const urls = (of: Directory) => addressesOf(of, service).toSorted()
    await expect.poll(() => urls(found), { timeout: 12_000 }).toEqual(['http://a:1', 'http://b:1'])
    const later = await directory(other)
    await expect.poll(() => urls(later), { timeout: 12_000 }).toEqual(['http://a:1', 'http://b:1'])
    await announcements[0]?.stop()
    await expect.poll(() => [urls(found), urls(later)], { timeout: 2_000 }).toEqual([['http://b:1'], ['http://b:1']])
  },
  40_000,
)

test('without Kafka a directory opens with its seeds, and an announced process goes on and stops in time', async () => {
  const away = await ground(['127.0.0.1:9'])
  const startedMs = clock.monotonicMs()
  const found = await directory(away)
  const announcement = await announce({ ...away, name: service, url: 'http://a:1', version: '1' })
  expect(addressesOf(found, service)).toEqual(['http://seed'])
  await announcement.stop()
  expect(clock.monotonicMs() - startedMs).toBeLessThan(4_000)
}, 40_000)
