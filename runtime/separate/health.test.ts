import { expect, test } from 'vitest'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import { serviceHealth } from './health.ts'

const soon: Pick<Clock, 'sleep'> = { sleep: async () => undefined }
const never: Pick<Clock, 'sleep'> = { sleep: () => new Promise(() => undefined) }
const lagOf = (lag: number) => ({ lag: async () => lag })
const jobs = (parts: Partial<Database>) =>
  ({ name: 'jobs', takesWrites: true, now: async () => new Date(0), ...parts }) as Database
const away = new Error('away')

const registry = (isThere: boolean) => ({ isRegistryThere: async () => isThere })

test.each([
  ['all is well', never, jobs({}), lagOf(3), 'ok', 'ok'],
  ['work is late', never, jobs({}), lagOf(5_001), 'degraded', 'ok'],
  ['the database is slow', soon, jobs({ now: () => new Promise(() => undefined) }), lagOf(0), 'degraded', 'slow'],
  ['the database is away', never, jobs({ now: () => Promise.reject(away) }), lagOf(0), 'down', 'down'],
  ['the database takes no writes', never, jobs({ takesWrites: false }), lagOf(0), 'down', 'down'],
  ['the broker is away', never, jobs({}), { lag: () => Promise.reject(away) }, 'degraded', 'ok'],
] as const)('when %s', async (_name, clock, database, messaging, status, state) => {
  const health = await serviceHealth({ clock, database, messaging, schemas: registry(true), groups: ['jobs'] })()
  expect(health).toMatchObject({ status, checks: { 'database.jobs': state, registry: 'ok' } })
})

test('a registry that is away degrades a service, never takes it down, and is forgotten once it is back', async () => {
  let isThere = false
  const schemas = { isRegistryThere: async () => isThere }
  const parts = { clock: never, messaging: lagOf(0), schemas, groups: ['jobs'] }
  const health = serviceHealth({ ...parts, database: jobs({}) })
  expect(await health()).toMatchObject({ status: 'degraded', checks: { registry: 'away' } })
  isThere = true
  expect(await health()).toMatchObject({ status: 'ok', checks: { registry: 'ok' } })
  const hanging = { isRegistryThere: () => new Promise<boolean>(() => undefined) }
  const late = serviceHealth({ ...parts, clock: soon, database: jobs({}), schemas: hanging })
  const others = { 'database.jobs': 'ok', 'lag.jobs': 0 }
  expect(await late()).toMatchObject({ status: 'degraded', checks: { ...others, registry: 'away' } })
  const both = serviceHealth({ ...parts, database: jobs({ takesWrites: false }), schemas: registry(false) })
  expect((await both()).status).toBe('down')
})
