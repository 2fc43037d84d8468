import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ResultStream } from '#platform/graphql'
import { silentLog } from '#platform/telemetry'
import { openSubscriptions } from './graph/subscriptions.ts'
import { TAIL_LINES } from './testing/subgraphs.ts'
import { until } from './testing/until.ts'
import { openWorld, type World } from './testing/world.ts'

const TAIL = 'subscription { logAppended(executionId: "e1") { at } }'
let world: World
let token: string
beforeAll(async () => {
  world = await openWorld()
  token = world.identity.issue('alice')
})
afterAll(() => world.close())

const all = (from = 1): number[] => Array.from({ length: TAIL_LINES - from + 1 }, (_, index) => from + index)

async function open(query = TAIL, queueMax = 16): Promise<ResultStream> {
  const context = { caller: await world.identity.verify(token), upstream: { token } }
  return (await openSubscriptions(world.gateway.graph, silentLog(), queueMax).subscribe(
    { query },
    context,
  )) as ResultStream
}

const atOf = (value: unknown): number => (value as { data: { logAppended: { at: number } } }).data.logAppended.at

test('a tail waits for a reader who is slower than its source: nothing is cut off, and nothing is left out', async () => {
  const stream = await open()
  const seen: number[] = []
  for await (const result of stream) {
    if (seen.push(atOf(result)) % 500 > 0) continue
    // As long as it takes the source to run far ahead.
    for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve))
  }
  expect(seen).toEqual(all())
})

test('who comes again with the same cursor while the former stream is still open is told all of it', async () => {
  const subscriptions = openSubscriptions(world.gateway.graph, silentLog(), 16)
  const context = { caller: await world.identity.verify(token), upstream: { token } }
  const subscribe = async () => (await subscriptions.subscribe({ query: TAIL }, context)) as ResultStream
  const former = await subscribe()
  await former.next()
  const again = await subscribe()
  const seen: number[] = []
  for await (const result of again) seen.push(atOf(result))
  expect(seen).toEqual(all())
  await former.return?.()
  expect(subscriptions.open()).toEqual({ sources: 0, readers: 0 })
})

test('a client that does not read for a while over SSE is slower, and misses nothing', async () => {
  const body = JSON.stringify({ query: 'subscription { logAppended(executionId: "e1") { at text } }' })
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n`
  const socket = connect(world.gateway.port, '127.0.0.1')
  socket.write(`${head}authorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  socket.pause()
  await until(() => expect(world.gateway.open()).toMatchObject({ sources: 1, readers: 1 }))
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  socket.resume()
  await until(() => expect(text.includes('event: complete')).toBe(true))
  expect([...text.matchAll(/"at":(\d+)/g)].map(([, at]) => Number(at))).toEqual(all())
  socket.destroy()
})

test('whoever joins a state after its first event has a source of their own', async () => {
  const query = 'subscription { jobStatusChanged(jobId: "j12") { to } }'
  const clients = [world.ws(token), world.ws(token)]
  const heard: unknown[] = []
  const sink = { next: (value: unknown) => void heard.push(value), error: () => undefined, complete: () => undefined }
  clients[0]?.subscribe({ query }, sink)
  await until(() => expect(world.jobs.seen.streams).toBe(1))
  world.jobs.setStatus('j12', 'RUNNING')
  await until(() => expect(heard).toHaveLength(1))
  clients[1]?.subscribe({ query }, sink)
  await until(() => expect(world.gateway.open()).toMatchObject({ sources: 2, readers: 2 }))
  for (const client of clients) await client.dispose()
  await until(() => expect(world.jobs.seen.streams).toBe(0))
})
