import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FormattedExecutionResult } from 'graphql'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Door, type RemoteSubgraph, remoteSubgraph, type Subgraph, serveSubgraph } from '#platform/graphql'
import { type Log, openMetrics, silentLog } from '#platform/telemetry'
import { TEST_SCHEMAS } from './testing/schemas.ts'
import { testIdentity } from './testing/session.ts'
import { authSubgraph, executionsSubgraph, jobsSubgraph } from './testing/subgraphs.ts'
import { until } from './testing/until.ts'
import { openWorld, type World } from './testing/world.ts'

const clock = systemClock()
const root = mkdtempSync(join(tmpdir(), 'carillon-gateway-'))
const opened: (() => Promise<unknown>)[] = []
const listeners = new Set<() => void>()
/** Tells the gateway that an instance came or went. */
const announce = (): void => {
  for (const listener of listeners) listener()
}
const directory = {
  all: () => [],
  instances: () => [],
  isPreserving: () => false,
  heartbeats: () => undefined,
  lastHeardAt: () => [],
  stop: async () => undefined,
  onChanged(listener: () => void) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
let identity: ReturnType<typeof testIdentity>
let parts: { auth: Subgraph; jobs: ReturnType<typeof jobsSubgraph>; executions: Subgraph }
let addresses: Record<string, string[]>
let files = 0
beforeEach(() => {
  identity = testIdentity(clock)
  parts = { auth: authSubgraph(identity), jobs: jobsSubgraph(identity), executions: executionsSubgraph(identity) }
  addresses = { auth: [], jobs: [], executions: [] }
})
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
  listeners.clear()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function serve(subgraph: Subgraph): Promise<Door> {
  const door = await serveSubgraph({
    subgraph,
    host: '127.0.0.1',
    port: 0,
    clock,
    log: silentLog(),
    metrics: openMetrics({ ofProcess: false }),
    health: async () => ({ status: 'ok', checks: {} }),
    drainMs: 100,
  })
  opened.push(() => door.close())
  addresses[subgraph.name]?.push(door.url)
  return door
}

/** The same subgraph by another SDL: as a new version of it would be. */
const versioned = (subgraph: Subgraph, sdl: string): Subgraph => ({
  ...subgraph,
  execute: (request, caller) =>
    request.query.includes('_service')
      ? Promise.resolve({ data: { _service: { sdl } } })
      : subgraph.execute(request, caller),
})

async function gateway(lastGoodFile = join(root, `${files++}.json`), log: Log = silentLog()): Promise<World> {
  const subgraphs = Object.entries(TEST_SCHEMAS).map(([name, typeDefs]): RemoteSubgraph => {
    const subgraph = remoteSubgraph({ name, typeDefs, addresses: () => addresses[name] ?? [], clock, log: silentLog() })
    opened.push(() => subgraph.close())
    return subgraph
  })
  const options = { subgraphs, verifyToken: identity, revocations: identity, follow: { lastGoodFile }, directory, log }
  const world = await openWorld(options)
  opened.push(() => world.close())
  return world
}

const codeOf = (result: FormattedExecutionResult): unknown => result.errors?.[0]?.extensions?.['code']
const newField = TEST_SCHEMAS.executions.replace('type LogLine {', 'type LogLine { shade: String ')
const broken = TEST_SCHEMAS.executions.replace('priority: Int! @external', 'priority: String! @external')

test('an operation over three processes is answered as in one, and knows who asks', async () => {
  await Promise.all(Object.values(parts).map(serve))
  const { post } = await gateway()
  const query =
    '{ network correlationId me { username } job(id: "j1") { owner { username } lastExecution { id } estimate } }'
  const { body } = await post(query, {}, identity.issue('alice'), { 'x-correlation-id': 'c-1' })
  expect(body).toEqual({
    data: {
      network: '127.0.0.1',
      correlationId: 'c-1',
      me: { username: 'alice' },
      job: { owner: { username: 'alice' }, lastExecution: { id: 'e-j1' }, estimate: 0 },
    },
  })
})

test('a service that is away is named, and what others know is answered', async () => {
  await Promise.all([serve(parts.jobs), serve(parts.auth)])
  const { post } = await gateway()
  const { status, body } = await post('{ job(id: "j1") { name lastExecution { id } } }')
  expect(status).toBe(200)
  expect(body.data).toEqual({ job: { name: 'job 1', lastExecution: null } })
  expect(body.errors).toMatchObject([
    { message: expect.stringContaining('service executions'), extensions: { code: 'SERVICE_UNAVAILABLE' } },
  ])
})

test('a subscription over processes brings events with what others add, and says when it was interrupted', async () => {
  const [, jobs] = await Promise.all([serve(parts.auth), serve(parts.jobs), serve(parts.executions)])
  const { ws } = await gateway()
  const client = ws(identity.issue('alice'))
  const results = client.iterate({
    query: 'subscription { jobStatusChanged(jobId: "j1") { to job { owner { username } } } }',
  })
  const first = results.next()
  await until(() => expect(parts.jobs.seen.streams).toBe(1))
  parts.jobs.setStatus('j1', 'DONE')
  expect((await first).value).toEqual({
    data: { jobStatusChanged: { to: 'DONE', job: { owner: { username: 'alice' } } } },
  })
  const next = results.next()
  await jobs.close()
  expect(codeOf((await next).value as FormattedExecutionResult)).toBe('SUBSCRIPTION_INTERRUPTED')
  expect((await results.next()).done).toBe(true)
  await client.dispose()
})

test('a subgraph that changed is composed in without a restart, and open subscriptions go on', async () => {
  const [, , old] = await Promise.all([serve(parts.auth), serve(parts.jobs), serve(parts.executions)])
  const told: string[] = []
  const { post, ws } = await gateway(undefined, { ...silentLog(), info: (event) => void told.push(event) })
  const client = ws(identity.issue('alice'))
  const results = client.iterate({ query: 'subscription { jobStatusChanged(jobId: "j1") { to } }' })
  const first = results.next()
  await until(() => expect(parts.jobs.seen.streams).toBe(1))
  expect((await post('{ execution(id: "e") { logs { shade } } }')).status).toBe(400)

  // Both versions are there for a while: nothing is asked of the old one that it does not know.
  await serve(versioned(parts.executions, newField))
  announce()
  await until(() => expect(told).toContain('gateway.subgraph_between_versions'))
  expect((await post('{ execution(id: "e") { logs { shade } } }')).status).toBe(400)
  addresses['executions']?.shift()
  announce()
  await old.close()
  await expect
    .poll(async () => (await post('{ execution(id: "e") { id logs { shade } } }')).status, { timeout: 10_000 })
    .toBe(200)
  parts.jobs.setStatus('j1', 'DONE')
  expect((await first).value).toEqual({ data: { jobStatusChanged: { to: 'DONE' } } })
  await client.dispose()
})

test('a subgraph that fits no more is refused so that everybody sees it, and the graph stays as it was', async () => {
  const lines: { event: string; fields: object }[] = []
  const error = (event: string, fields = {}): void => void lines.push({ event, fields })
  const [, , good] = await Promise.all([serve(parts.auth), serve(parts.jobs), serve(parts.executions)])
  const { http, post } = await gateway(undefined, { ...silentLog(), error })
  addresses['executions'] = []
  const bad = await serve(versioned(parts.executions, broken))
  announce()
  const ready = async () => (await http('/health/ready')).body
  await expect
    .poll(ready, { timeout: 10_000 })
    .toMatchObject({ status: 'degraded', checks: { supergraph: expect.stringMatching(/^refused: .*priority/) } })
  expect((await http('/health/ready')).status).toBe(200)
  expect(lines).toMatchObject([{ event: 'gateway.supergraph_refused', fields: { changed: ['executions'] } }])
  expect((await http('/metrics')).text).toMatch(/^carillon_gateway_supergraph_refused 1$/m)
  expect((await post('{ job(id: "j1") { lastExecution { id } } }')).body.errors).toBeUndefined()

  addresses['executions'] = [good.url]
  await bad.close()
  announce()
  await expect.poll(ready, { timeout: 10_000 }).toEqual({ status: 'ok', checks: {} })
  expect(lines).toHaveLength(1)
})

test('a field that becomes guarded is guarded at once', async () => {
  await Promise.all([serve(parts.auth), serve(parts.jobs), serve(parts.executions)])
  const { post } = await gateway()
  expect((await post('{ users { id } }')).status).toBe(200)
  addresses['auth'] = []
  await serve(versioned(parts.auth, TEST_SCHEMAS.auth.replace('users: [User!]!', 'users: [User!]! @authenticated')))
  announce()
  await expect.poll(async () => (await post('{ users { id } }')).status, { timeout: 10_000 }).toBe(401)
  expect((await post('{ users { id } }', {}, identity.issue('alice'))).status).toBe(200)
})

test('a start while services are away serves the last good graph, and a torn file is as none', async () => {
  const file = join(root, 'kept.json')
  await Promise.all([serve(parts.auth), serve(parts.jobs)])
  const executions = await serve(versioned(parts.executions, newField))
  const first = await gateway(file)
  const knows = async (world: World) => (await world.post('{ execution(id: "e") { logs { shade } } }')).status
  await expect.poll(() => knows(first), { timeout: 10_000 }).toBe(200)
  await executions.close()
  addresses = { auth: [], jobs: [], executions: [] }
  expect(await knows(await gateway(file))).toBe(200)

  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ subgraphs: { executions: newField } })
  for (const torn of ['{"supergraphSdl":', '{"supergraphSdl":"type Query { a: Int }","subgraphs":{}}']) {
    writeFileSync(file, torn)
    expect(await knows(await gateway(file))).toBe(400)
  }
})
