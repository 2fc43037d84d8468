import { connect } from 'node:net'
import type { FormattedExecutionResult } from 'graphql'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ResultStream } from '#platform/graphql'
import { silentLog } from '#platform/telemetry'
import { openSubscriptions } from './graph/subscriptions.ts'
import { until } from './testing/until.ts'
import { openWorld, TEST_CONFIG, type World } from './testing/world.ts'

const QUERY = 'subscription { jobStatusChanged(jobId: "j11") { to job { owner { username } } } }'

let world: World
let token: string
beforeAll(async () => {
  world = await openWorld()
  token = world.identity.issue('alice')
})
afterEach(() => until(() => expect(world.jobs.seen.streams).toBe(0)))
afterAll(() => world.close())

const streams = (count: number): Promise<void> => until(() => expect(world.jobs.seen.streams).toBe(count))
const codeOf = (result: FormattedExecutionResult | undefined): unknown => result?.errors?.[0]?.extensions?.code
/** Reads all there is into a list. */
async function readAll(
  stream: ResultStream,
  into: FormattedExecutionResult[] = [],
): Promise<FormattedExecutionResult[]> {
  for await (const result of stream) into.push(result)
  return into
}

test('50 clients with one token and operation share one source, and one entity fetch for each event', async () => {
  const seen: unknown[] = []
  const clients = Array.from({ length: 50 }, () => world.ws(token))
  const keep = (result: unknown): void => void seen.push(result)
  for (const client of clients)
    client.subscribe({ query: QUERY }, { next: keep, error: keep, complete: () => undefined })
  await until(() => expect(world.gateway.open()).toMatchObject({ sources: 1, readers: 50 }))
  await streams(1)
  const fetches = world.auth.seen.requests
  world.jobs.setStatus('j11', 'DONE')
  await until(() => expect(seen).toHaveLength(50))
  expect(world.auth.seen.requests - fetches).toBe(1)

  for (const client of clients.slice(1)) await client.dispose()
  await until(() => expect(world.gateway.open().readers).toBe(1))
  expect(world.jobs.seen.streams).toBe(1)
  await clients[0]?.dispose()
  await streams(0)
  await until(() => expect(world.gateway.open()).toEqual({ sources: 0, readers: 0, sockets: 0, streams: 0 }))
  expect(world.jobs.bus.listenerCount('job:j11')).toBe(0)
})

test('another user has a source of their own: what is added to an event is added with their rights', async () => {
  const clients = [world.ws(token), world.ws(world.identity.issue('bob'))]
  const nothing = { next: () => undefined, error: () => undefined, complete: () => undefined }
  for (const client of clients) client.subscribe({ query: QUERY }, nothing)
  await streams(2)
  for (const client of clients) await client.dispose()
})

test('a slow reader is cut off and a fast one is not', async () => {
  const subscriptions = openSubscriptions(world.gateway.graph, silentLog(), 16)
  const context = { caller: await world.identity.verify(token), upstream: { token } }
  const request = { query: 'subscription { jobStatusChanged(jobId: "j1") { seq to } }' }
  const [slow, fast] = [
    (await subscriptions.subscribe(request, context)) as ResultStream,
    (await subscriptions.subscribe(request, context)) as ResultStream,
  ]
  await streams(1)
  const read: FormattedExecutionResult[] = []
  const reading = readAll(fast, read)
  for (let count = 1; count <= 200; count++) {
    world.jobs.setStatus('j1', count % 2 ? 'DONE' : 'RUNNING')
    if (count % 8 === 0) await until(() => expect(read).toHaveLength(count))
  }
  const results = await readAll(slow)
  expect(results).toHaveLength(17)
  expect(codeOf(results.at(-1))).toBe('SLOW_CONSUMER')
  await fast.return?.()
  await reading
  expect(read.filter(({ errors }) => errors)).toEqual([])
})

test('a stalled SSE connection is cut off: its slowness reaches the queue, and not the memory', async () => {
  const [job] = world.jobs.jobs
  if (job) job.name = 'x'.repeat(500_000)
  const body = JSON.stringify({ query: 'subscription { jobStatusChanged(jobId: "j1") { job { name } } }' })
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n`
  const socket = connect(world.gateway.port, '127.0.0.1')
  socket.write(`${head}authorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  socket.pause()
  await streams(1)
  await until(() => {
    world.jobs.setStatus('j1', 'DONE')
    world.jobs.setStatus('j1', 'RUNNING')
    expect(world.jobs.seen.streams).toBe(0)
  })
  let tail = ''
  socket.on('data', (chunk) => {
    tail = (tail + String(chunk)).slice(-400)
  })
  socket.resume()
  await until(() => expect(tail).toContain('event: complete'))
  expect(tail).toContain('SLOW_CONSUMER')
  socket.destroy()
})

test('an operation that does not fit the graph is refused before any source runs', async () => {
  const client = world.ws(token)
  const wrong: [query: string, message: RegExp][] = [
    ['subscription { nope }', /Cannot query field/],
    ['subscription {', /Syntax Error/],
    ['subscription { a: jobStatusChanged(jobId: "1") { to } b: activity { seq } }', /only one top level field/],
    ['subscription ($x: ID!) { jobStatusChanged(jobId: $x) { to } }', /required type/],
  ]
  const requests = world.jobs.seen.callers.length
  for (const [query, message] of wrong) {
    const refusal = [expect.objectContaining({ message: expect.stringMatching(message) })]
    await expect(client.iterate({ query }).next(), query).rejects.toEqual(refusal)
  }
  expect(world.jobs.seen.callers).toHaveLength(requests)
  await client.dispose()
})

test('a source that breaks tells its reader why, and ends', async () => {
  const client = world.ws(token)
  const results = client.iterate({ query: QUERY })
  const first = results.next()
  await streams(1)
  world.jobs.bus.emit('job:j11', new Error('the disk is on fire'))
  const { value } = await first
  expect(codeOf(value as FormattedExecutionResult)).toBe('INTERNAL_SERVER_ERROR')
  expect(JSON.stringify(value)).not.toContain('fire')
  expect((await results.next()).done).toBe(true)
  await client.dispose()
})

test('no more than the configured streams, sockets and operations a socket are open at once', async () => {
  const small = await openWorld({ config: { ...TEST_CONFIG, streamsMax: 1, socketsMax: 1, operationsPerSocketMax: 2 } })
  const alice = small.identity.issue('alice')
  const open = new AbortController()
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${alice}` }
  const init = { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) }
  const first = await fetch(`${small.gateway.url}/graphql`, { ...init, signal: open.signal })
  expect(first.status).toBe(200)
  expect((await small.http('/graphql', init)).status).toBe(503)
  open.abort()
  await until(() => expect(small.gateway.open().streams).toBe(0))

  const client = small.ws(alice)
  const nothing = { next: () => undefined, error: () => undefined, complete: () => undefined }
  for (const jobId of ['a', 'b']) {
    client.subscribe({ query: `subscription { jobStatusChanged(jobId: "${jobId}") { to } }` }, nothing)
  }
  await until(() => expect(small.gateway.open().readers).toBe(2))
  await expect(client.iterate({ query: '{ __typename }' }).next()).rejects.toEqual([
    expect.objectContaining({ extensions: { code: 'LIMIT_EXCEEDED' } }),
  ])
  const second = small.ws(alice)
  await expect(second.iterate({ query: '{ __typename }' }).next()).rejects.toBeTruthy()
  await second.dispose()
  await client.dispose()
  await small.close()
})

test('closing ends streams in words and sockets with 1001, and needs no time-out', async () => {
  const closing = await openWorld()
  const alice = closing.identity.issue('alice')
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${alice}` }
  const stream = await fetch(`${closing.gateway.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: QUERY }),
  })
  const client = closing.ws(alice)
  const pending = client.iterate({ query: QUERY }).next()
  pending.catch(() => undefined)
  await until(() => expect(closing.gateway.open()).toMatchObject({ sources: 1, readers: 2, sockets: 1, streams: 1 }))
  const startedAt = performance.now()
  await closing.close()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(await stream.text()).toContain('SUBSCRIPTION_INTERRUPTED')
  await expect(pending).rejects.toMatchObject({ code: 1001 })
  await client.dispose()
})

test('a gateway that drains is not ready, and still answers on connections that end with the answer', async () => {
  const draining = await openWorld({ drainMs: 500 })
  expect((await draining.http('/health/ready')).status).toBe(200)
  const closing = draining.close()
  expect((await draining.http('/health/ready')).status).toBe(503)
  const { status, headers } = await draining.post('{ users { id } }')
  expect([status, headers.get('connection')]).toEqual([200, 'close'])
  await closing
  await expect(draining.http('/health/ready')).rejects.toThrow()
})

test('a gateway that drains goes on for whoever still asks, and does not wait for probes', async () => {
  const draining = await openWorld({ drainMs: 50 })
  const startedAt = performance.now()
  let isClosed = false
  const closing = draining.close().then(() => {
    isClosed = true
  })
  const statuses = new Set<number>()
  while (performance.now() - startedAt < 1_000) statuses.add((await draining.post('{ users { id } }')).status)
  expect([[...statuses], isClosed]).toEqual([[200], false])
  const probing = setInterval(() => void draining.http('/health/ready').catch(() => undefined), 50)
  await closing
  clearInterval(probing)
  expect(performance.now() - startedAt).toBeLessThan(3_000)
})
