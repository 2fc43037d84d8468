import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Directory, ServiceInstance } from '#platform/registry'
import { realGraph } from './testing/real-graph.ts'
import { until } from './testing/until.ts'
import { openWorld, type World } from './testing/world.ts'

const supergraphSdl = readFileSync(new URL('../schemas/generated/supergraph.graphql', import.meta.url), 'utf8')
const instance: ServiceInstance = {
  id: 'i1',
  name: 'jobs',
  url: 'http://a:1',
  status: 'UP',
  startedAt: new Date('2026-01-01T00:00:00Z'),
  lastHeartbeatAt: new Date('2026-01-01T00:00:05Z'),
  version: '1.0',
  isPreserved: false,
}
const seed: ServiceInstance = {
  ...instance,
  id: 'http://s',
  name: 'auth',
  startedAt: null,
  lastHeartbeatAt: null,
  version: null,
}
const QUERY = '{ services { name instances { id url status startedAt lastHeartbeatAt version preserved } } }'

let all: readonly ServiceInstance[] = [seed, instance]
const listeners = new Set<() => void>()
const directory: Directory = {
  all: () => all,
  instances: () => [],
  isPreserving: () => false,
  heartbeats: () => undefined,
  lastHeardAt: () => [],
  stop: async () => undefined,
  onChanged(listener) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
let world: World
beforeAll(async () => {
  world = await openWorld({ supergraphSdl, directory, subgraphs: realGraph(() => null) })
})
afterAll(() => world.close())

test('whoever is signed in sees the services and their instances', async () => {
  expect((await world.post(QUERY)).status).toBe(401)
  const { body } = await world.post(QUERY, {}, world.identity.issue('alice'))
  const of = ({ id, url, version }: ServiceInstance) => ({ id, url, version, status: 'UP', preserved: false })
  expect(body.data).toEqual({
    services: [
      { name: 'auth', instances: [{ ...of(seed), startedAt: null, lastHeartbeatAt: null }] },
      {
        name: 'jobs',
        instances: [
          { ...of(instance), startedAt: '2026-01-01T00:00:00.000Z', lastHeartbeatAt: '2026-01-01T00:00:05.000Z' },
        ],
      },
    ],
  })
})

test('a subscriber sees them as they are, then each change, and lets go', async () => {
  const client = world.ws(world.identity.issue('alice'))
  const results = client.iterate({ query: 'subscription { servicesChanged { name instances { status } } }' })
  const shown = async () => JSON.stringify((await results.next()).value)
  expect(await shown()).toContain('"name":"jobs","instances":[{"status":"UP"}]')
  all = [{ ...instance, status: 'DOWN' }]
  const next = shown()
  for (const listener of listeners) listener()
  expect(await next).toContain('[{"name":"jobs","instances":[{"status":"DOWN"}]}]')
  await client.dispose()
  await until(() => expect(listeners.size).toBe(0))
})

test('a gateway without a directory has the services of its own process', async () => {
  const alone = await openWorld({ supergraphSdl, subgraphs: realGraph(() => null) })
  const { body } = await alone.post('{ services { name instances { url status } } }', {}, alone.identity.issue('alice'))
  const instances = [{ url: alone.gateway.url, status: 'UP' }]
  const names = ['auth', 'executions', 'gateway', 'jobs']
  expect(body.data).toEqual({ services: names.map((name) => ({ name, instances })) })
  await alone.close()
})
