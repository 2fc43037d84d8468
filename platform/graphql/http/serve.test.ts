import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openMetrics, silentLog } from '#platform/telemetry'
import { testSubgraph } from '../testing/test-subgraph.ts'
import type { Door } from './door.ts'
import { type SubgraphDoorOptions, serveOperations, serveSubgraph } from './serve.ts'

const clock = systemClock()
const doors: Door[] = []
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close()
})

function options(): Omit<SubgraphDoorOptions, 'subgraph'> {
  const health = async () => ({ status: 'degraded', checks: { lag: 9 } }) as const
  return { host: '127.0.0.1', port: 0, clock, log: silentLog(), metrics: openMetrics({ ofProcess: false }), health }
}

async function open(more: Partial<SubgraphDoorOptions> = {}) {
  const subgraph = testSubgraph('one')
  const door = await serveSubgraph({ ...options(), subgraph, drainMs: 100, ...more })
  doors.push(door)
  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${door.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    })
  return { door, subgraph, post }
}

test('an operation is answered, and its caller is known by the headers', async () => {
  const { door, post } = await open()
  const headers = {
    authorization: 'Bearer t1',
    'x-correlation-id': 'c1',
    'x-caller-network': '10.0.0.9',
    traceparent: '00-a-b-01',
  }
  const answer = await post('{ caller }', headers)
  expect(answer.status).toBe(200)
  const { data } = (await answer.json()) as { data: { caller: string } }
  expect(JSON.parse(data.caller)).toEqual({
    token: 't1',
    correlationId: 'c1',
    network: '10.0.0.9',
    traceparent: '00-a-b-01',
  })
  const sdl = await fetch(`${door.url}/graphql?query=${encodeURIComponent('{ _service { sdl } }')}`)
  expect(await sdl.text()).toContain('type Query')
})

test('what is malformed, too large or a mutation by GET is refused', async () => {
  const { door, subgraph, post } = await open()
  const send = async (init: RequestInit, search = '') => (await fetch(`${door.url}/graphql${search}`, init)).status
  const json = { 'content-type': 'application/json' }
  expect(await send({ method: 'POST', body: '{}', headers: json })).toBe(400)
  expect(await send({ method: 'POST', body: '{', headers: json })).toBe(400)
  expect(await send({ method: 'POST', body: '{"query":"{ instance }","variables":[]}', headers: json })).toBe(400)
  expect(
    await send({ method: 'POST', body: '{"query":"{ instance }"}', headers: { 'content-type': 'text/plain' } }),
  ).toBe(415)
  expect(await send({ method: 'POST', body: 'x'.repeat(17 * 1024 * 1024), headers: json })).toBe(413)
  expect(await send({}, '?query=mutation{touch}')).toBe(405)
  expect(await send({}, '?query={instance}&variables={')).toBe(400)
  expect((await fetch(`${door.url}/nowhere`)).status).toBe(404)
  expect(subgraph.touched()).toBe(0)
  expect((await post('{ nope }')).status).toBe(200)
})

test('operators are told, with or without a subgraph', async () => {
  const bare = await serveOperations({
    ...options(),
    drainMs: 0,
    documents: { '/.well-known/jwks.json': () => ({ keys: [] }) },
  })
  doors.push(bare)
  for (const url of [(await open()).door.url, bare.url]) {
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    const ready = await fetch(`${url}/health/ready`)
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'degraded', checks: { lag: 9 } }])
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('carillon_door_request_seconds')
  }
  expect(await (await fetch(`${bare.url}/.well-known/jwks.json`)).json()).toEqual({ keys: [] })
  expect((await fetch(`${bare.url}/graphql`)).status).toBe(404)
})

test('a service that cannot say how it is, is not ready', async () => {
  const { door } = await open({ health: () => Promise.reject(new Error('gone')) })
  expect((await fetch(`${door.url}/health/ready`)).status).toBe(503)
})

test('a closing door is not ready, takes nothing, tells streams to come back, and finishes what runs', async () => {
  const { door, subgraph, post } = await open({ drainMs: 400 })
  const stream = await post('subscription { ticks }', { accept: 'text/event-stream' })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  subgraph.tick(1)
  const slow = post('{ slow }')
  await expect.poll(() => subgraph.waiting(), { timeout: 10_000 }).toBe(1)
  const closing = door.close()
  const [ready, refused] = [await fetch(`${door.url}/health/ready`), await post('{ instance }')]
  expect([ready.status, refused.status, refused.headers.get('x-carillon-not-taken')]).toEqual([503, 503, 'closing'])
  const told = await stream.text()
  expect(told).toContain('"ticks":1')
  expect(told).toMatch(/SUBSCRIPTION_INTERRUPTED.*\n\nevent: complete/s)
  subgraph.release()
  expect(await (await slow).json()).toEqual({ data: { slow: 'one' } })
  await closing
  await expect(fetch(door.url)).rejects.toThrow()
})

test('a subscription that is refused gives one answer, and one whose reader goes is ended', async () => {
  const { subgraph, post } = await open()
  const refused = await post('subscription { nope }', { accept: 'text/event-stream' })
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  const reader = new AbortController()
  const { door } = await open({ subgraph })
  await fetch(`${door.url}/graphql?query=${encodeURIComponent('subscription { ticks }')}`, {
    headers: { accept: 'text/event-stream' },
    signal: reader.signal,
  })
  expect(subgraph.streams()).toBe(1)
  reader.abort()
  await expect.poll(() => subgraph.streams(), { timeout: 10_000 }).toBe(0)
})
