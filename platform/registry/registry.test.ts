import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { topics } from '#avro'
import { type Messaging, openEmbeddedMessaging } from '#platform/messaging'
import { embeddedSchemas } from '#platform/schemas'
import { silentLog } from '#platform/telemetry'
import { type MovedClock, movedClock } from '#platform/testing'
import {
  addressesOf,
  announce,
  type Directory,
  type DirectoryOptions,
  openDirectory,
  parseSeeds,
  staticDirectory,
} from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'carillon-registry-'))
const schemas = embeddedSchemas()
const log = silentLog()
let clock: MovedClock
let messaging: Messaging
const opened: { stop(): Promise<void> }[] = []
beforeEach(async () => {
  clock = movedClock(new Date('2026-01-01T00:00:00Z'))
  messaging = await openEmbeddedMessaging({ clock, schemas })
})
afterEach(async () => {
  for (const { stop } of opened.splice(0)) {
    const stopping = stop()
    await clock.advance(5_000)
    await stopping
  }
  await messaging.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function announced(name: string, url: string, more: Partial<Parameters<typeof announce>[0]> = {}) {
  const announcement = await announce({ messaging, schemas, clock, log, name, url, version: '1.0', ...more })
  opened.push(announcement)
  return announcement
}
async function directory(more: Partial<DirectoryOptions> = {}): Promise<Directory> {
  const made = await openDirectory({ messaging, schemas, clock, log, seeds: [], ...more })
  opened.push(made)
  return made
}
const seen = (of: Directory): string =>
  of
    .all()
    .map(({ name, url, status }) => `${name} ${url} ${status}`)
    .join(', ')
/** Messaging that is away until it is told otherwise. */
function flaky() {
  let isAway = true
  const guard = <Result>(act: () => Promise<Result>): Promise<Result> =>
    isAway ? Promise.reject(new Error('the broker is away')) : act()
  return {
    back: () => (isAway = false),
    messaging: {
      createTopics: (...args: Parameters<Messaging['createTopics']>) => guard(() => messaging.createTopics(...args)),
      produce: (...args: Parameters<Messaging['produce']>) => guard(() => messaging.produce(...args)),
      consume: (...args: Parameters<Messaging['consume']>) => guard(() => messaging.consume(...args)),
    },
  }
}

test('who announces itself is found, stays as long as it lives, and goes with a goodbye', async () => {
  const found = await directory()
  const changes: string[] = []
  found.onChanged(() => changes.push(seen(found)))
  const one = await announced('jobs', 'http://a:1')
  await announced('auth', 'http://b:1')
  await clock.advance(1_000)
  expect(seen(found)).toBe('auth http://b:1 UP, jobs http://a:1 UP')
  const changesBefore = changes.length
  await clock.advance(120_000)
  expect(seen(found)).toBe('auth http://b:1 UP, jobs http://a:1 UP')
  expect(changes).toHaveLength(changesBefore)
  expect(found.heartbeats()).toEqual({ expected: 24, heard: 24 })
  expect(found.instances('jobs')).toMatchObject([{ id: one.id, version: '1.0', startedAt: new Date('2026-01-01') }])
  const [jobs] = found.instances('jobs')
  expect(clock.now().getTime() - Number(jobs?.lastHeartbeatAt)).toBeLessThanOrEqual(5_000)
  const stopping = one.stop()
  await clock.advance(100)
  await stopping
  expect(seen(found)).toBe('auth http://b:1 UP')
  expect(changes.at(-1)).toBe('auth http://b:1 UP')
})

test('whoever says that it is down is not asked while another is up', async () => {
  const found = await directory()
  let status: 'UP' | 'DOWN' = 'DOWN'
  await announced('jobs', 'http://a:1', { status: async () => status })
  await clock.advance(1_000)
  expect(addressesOf(found, 'jobs')).toEqual(['http://a:1'])
  await announced('jobs', 'http://b:1')
  await clock.advance(1_000)
  expect(addressesOf(found, 'jobs')).toEqual(['http://b:1'])
  status = 'UP'
  await clock.advance(6_000)
  expect(addressesOf(found, 'jobs')).toEqual(['http://a:1', 'http://b:1'])
})

test('a directory that opens later knows who is there, and forgets who died', async () => {
  const record = {
    id: 'dead',
    name: 'jobs',
    url: 'http://d:1',
    status: 'UP',
    startedAt: clock.now(),
    version: '0',
  } as const
  await messaging.createTopics([topics['service-instances']])
  const id = await schemas.register('carillon.registry.ServiceInstance')
  const value = schemas.frame(id, schemas.encode('carillon.registry.ServiceInstance', record))
  const topic = 'service-instances'
  await messaging.produce([
    { topic, key: 'dead', value, headers: {} },
    { topic, key: 'bad', value: Buffer.from('nonsense'), headers: {} },
    { topic, key: 'unknown', value: null, headers: {} },
  ])
  await announced('auth', 'http://b:1')
  await clock.advance(60_000)
  const found = await directory()
  await clock.advance(1_000)
  expect(seen(found)).toBe('auth http://b:1 UP, jobs http://d:1 UP')
  await clock.advance(15_000)
  expect(seen(found)).toBe('auth http://b:1 UP, jobs http://d:1 DOWN')
  await clock.advance(45_000)
  expect(seen(found)).toBe('auth http://b:1 UP')
})

test('without the broker everybody is kept who was there, and the process goes on', async () => {
  const found = await directory()
  await announced('jobs', 'http://a:1', { messaging: breakable() })
  await announced('auth', 'http://b:1', { messaging: breakable() })
  await clock.advance(20_000)
  isBroken = true
  await clock.advance(300_000)
  expect(found.heartbeats()).toEqual({ expected: 24, heard: 0 })
  expect([found.isPreserving(), seen(found)]).toEqual([true, 'auth http://b:1 UP, jobs http://a:1 UP'])
  expect(addressesOf(found, 'jobs')).toEqual(['http://a:1'])
  isBroken = false
  await clock.advance(6_000)
  expect([found.isPreserving(), seen(found)]).toEqual([false, 'auth http://b:1 UP, jobs http://a:1 UP'])
})

test('the last of a service is still asked when it is forgotten, and not when it said goodbye', async () => {
  const found = await directory()
  await announced('jobs', 'http://a:1', { messaging: breakable() })
  for (const url of ['http://b:1', 'http://b:2']) await announced('auth', url)
  const executions = await announced('executions', 'http://c:1')
  await clock.advance(20_000)
  isBroken = true
  await clock.advance(120_000)
  isBroken = false
  expect(found.instances('jobs')).toEqual([])
  expect(addressesOf(found, 'jobs')).toEqual(['http://a:1'])
  expect(addressesOf(found, 'executions')).toEqual(['http://c:1'])
  const stopping = executions.stop()
  await clock.advance(100)
  await stopping
  expect(addressesOf(found, 'executions')).toEqual([])
})
let isBroken = false
const breakable = () => ({
  createTopics: (...args: Parameters<Messaging['createTopics']>) => messaging.createTopics(...args),
  produce: (...args: Parameters<Messaging['produce']>) =>
    isBroken ? Promise.reject(new Error('the broker is away')) : messaging.produce(...args),
})

test('a start without the broker uses who was there last, then the seeds, until somebody is heard', async () => {
  const lastKnownFile = join(root, 'instances.json')
  const first = await directory({ lastKnownFile })
  await announced('jobs', 'http://a:1')
  await clock.advance(1_000)
  const stopping = first.stop()
  await clock.advance(1_000)
  await stopping
  expect(readdirSync(root)).toEqual(['instances.json'])

  const away = flaky()
  const seeds = parseSeeds('jobs=http://s:1, auth=http://s:2/')
  const told: string[] = []
  const keep = (event: string): void => void (event.startsWith('directory.') && told.push(event))
  const listening = { ...log, warn: keep, info: keep }
  const found = await directory({ lastKnownFile, seeds, messaging: away.messaging, log: listening })
  expect(seen(found)).toBe('auth http://s:2 UP, jobs http://a:1 UP')
  expect(found.instances('auth')).toMatchObject([
    { id: 'http://s:2', startedAt: null, lastHeartbeatAt: null, version: null },
  ])
  await announced('auth', 'http://b:1', { messaging: away.messaging })
  await clock.advance(60_000)
  expect(seen(found)).toBe('auth http://s:2 UP, jobs http://a:1 UP')
  away.back()
  await clock.advance(11_000)
  expect(seen(found)).toBe('auth http://b:1 UP, jobs http://a:1 UP')
  expect(told.filter((event) => event.includes('follow'))).toEqual(['directory.unfollowed', 'directory.followed'])
})

test('a last-known file that is no good is as none', async () => {
  const lastKnownFile = join(root, 'torn.json')
  writeFileSync(lastKnownFile, '{"instances":[{"id":')
  expect(seen(await directory({ lastKnownFile }))).toBe('')
})

test('seeds that are none are refused by name', () => {
  expect(parseSeeds('')).toEqual([])
  expect(parseSeeds('jobs=http://127.0.0.1:4002')).toEqual([{ name: 'jobs', url: 'http://127.0.0.1:4002' }])
  for (const wrong of ['jobs', 'jobs=ftp://x', 'jobs=http://x/path', '=http://x', 'jobs=http://x:99999']) {
    expect(() => parseSeeds(wrong)).toThrow(wrong)
  }
})

test('a system that is one process has all its services up', async () => {
  const services = [
    { name: 'jobs', url: 'http://x' },
    { name: 'auth', url: 'http://x' },
  ]
  const found = staticDirectory({ clock, version: '2', services: () => services })
  expect(seen(found)).toBe('auth http://x UP, jobs http://x UP')
  expect(new Set(found.all().map(({ id }) => id)).size).toBe(2)
  expect(addressesOf(found, 'jobs')).toEqual(['http://x'])
  expect(found.heartbeats()).toBeUndefined()
})
