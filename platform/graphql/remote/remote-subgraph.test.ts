import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { FormattedExecutionResult } from 'graphql'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { openMetrics, silentLog } from '#platform/telemetry'
import { serveSubgraph } from '../http/serve.ts'
import type { ResultStream } from '../subgraph.ts'
import { TEST_SDL, testSubgraph } from '../testing/test-subgraph.ts'
import { type RemoteSubgraph, remoteSubgraph } from './remote-subgraph.ts'

const clock = systemClock()
const log = silentLog()
const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function serve(name: string, port = 0) {
  const subgraph = testSubgraph(name)
  const metrics = openMetrics({ ofProcess: false })
  const health = async () => ({ status: 'ok', checks: {} }) as const
  const door = await serveSubgraph({ subgraph, host: '127.0.0.1', port, clock, log, metrics, health })
  opened.push(() => door.close())
  return { ...door, subgraph }
}

/** A server that is up to no good, and well by its own account. */
async function serveBadly(answer: RequestListener): Promise<{ url: string; server: Server; asked(): number }> {
  let asked = 0
  const server = createServer((request, response) => {
    if (request.url === '/health/ready') return void response.end('{}')
    asked++
    request.resume().on('end', () => answer(request, response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, asked: () => asked }
}

function remote(addresses: readonly string[] | (() => readonly string[]), timeoutMs?: number): RemoteSubgraph {
  const subgraph = remoteSubgraph({
    name: 'test',
    typeDefs: TEST_SDL,
    addresses: typeof addresses === 'function' ? addresses : () => addresses,
    clock,
    log,
    ...(timeoutMs && { timeoutMs }),
  })
  opened.push(() => subgraph.close())
  return subgraph
}

/** An instance in a process of its own. */
async function spawnInstance(name: string): Promise<{ url: string; kill(): void }> {
  const program = fileURLToPath(new URL('../testing/serve-instance.ts', import.meta.url))
  const child = spawn(process.execPath, [program, name], { stdio: ['ignore', 'pipe', 'inherit'] })
  opened.push(async () => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: String(line).trim(), kill: () => void child.kill('SIGKILL') }
}

const ask = (subgraph: RemoteSubgraph, query = '{ instance }') => subgraph.execute({ query }, { correlationId: 'c1' })
const codeOf = (result: FormattedExecutionResult) => result.errors?.[0]?.extensions?.['code']
const nobody = async (): Promise<string> => {
  const { url, server } = await serveBadly(() => undefined)
  server.close()
  await once(server, 'close')
  return url
}

async function subscribe(subgraph: RemoteSubgraph, signal = new AbortController().signal): Promise<ResultStream> {
  const stream = await subgraph.subscribe({ query: 'subscription { ticks }' }, {}, signal)
  if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream))
  return stream
}

test('instances are asked in turn, and told who asks', async () => {
  const [one, other] = [await serve('one'), await serve('other')]
  const subgraph = remote([one.url, other.url])
  const answers = await Promise.all(Array.from({ length: 4 }, () => ask(subgraph)))
  expect(answers.map((answer) => answer.data?.['instance']).toSorted()).toEqual(['one', 'one', 'other', 'other'])
  const caller = { token: 't', correlationId: 'c', network: 'n', traceparent: 'p' }
  const { data } = await subgraph.execute({ query: '{ caller }' }, caller)
  expect(JSON.parse(String(data?.['caller']))).toEqual(caller)
  expect(await subgraph.sdls()).toHaveLength(2)
})

test('without an instance, and with none that is reached, the service is named as unavailable', async () => {
  for (const addresses of [[], [await nobody()], ['ftp://x', 'nonsense']]) {
    const result = await ask(remote(addresses))
    expect(result.errors).toMatchObject([
      {
        message: expect.stringContaining('service test'),
        extensions: { code: 'SERVICE_UNAVAILABLE', correlationId: 'c1' },
      },
    ])
  }
})

test('an instance that refuses connections costs neither a query nor a mutation, and is left out', async () => {
  const [dead, alive] = [await nobody(), await serve('alive')]
  const subgraph = remote([dead, alive.url])
  for (let count = 0; count < 6; count++) {
    expect(await ask(subgraph)).toEqual({ data: { instance: 'alive' } })
    expect(await ask(subgraph, 'mutation { touch }')).toEqual({ data: { touch: 'alive' } })
  }
  expect(alive.subgraph.touched()).toBe(6)
  expect(subgraph.instances()).toEqual([
    { url: alive.url, isWell: true },
    { url: dead, isWell: false },
  ])
})

test('a query that is broken off goes elsewhere, once; a mutation never does', async () => {
  const breaking = await serveBadly((request) => void request.socket.destroy())
  const alive = await serve('alive')
  const addresses = [breaking.url]
  const subgraph = remote(() => addresses)
  expect(codeOf(await ask(subgraph, 'mutation { touch }'))).toBe('SERVICE_UNAVAILABLE')
  expect(breaking.asked()).toBe(1)
  expect(codeOf(await ask(subgraph))).toBe('SERVICE_UNAVAILABLE')
  expect(breaking.asked()).toBe(3)
  addresses.push(alive.url)
  for (let count = 0; count < 4; count++) expect(await ask(subgraph)).toEqual({ data: { instance: 'alive' } })
})

test('an instance that answers 500 is asked no more for a while, however well it says it is', async () => {
  const failing = await serveBadly((_, response) => void response.writeHead(500).end('no'))
  const alive = await serve('alive')
  const subgraph = remote([failing.url, alive.url])
  for (let count = 0; count < 10; count++) expect(await ask(subgraph)).toEqual({ data: { instance: 'alive' } })
  expect(failing.asked()).toBe(1)
})

/** Many callers, one request after the other, until they are told that it is over. */
function load(send: (caller: number) => Promise<FormattedExecutionResult>) {
  const results: FormattedExecutionResult[] = []
  let isOver = false
  const callers = Array.from({ length: 16 }, async (_, caller) => {
    while (!isOver) {
      results.push(await send(caller))
      await clock.turn()
    }
  })
  const end = async (): Promise<void> => {
    isOver = true
    await Promise.all(callers)
  }
  opened.push(end)
  return {
    results,
    end,
    async more(count: number) {
      const before = results.length
      await expect.poll(() => results.length, { timeout: 10_000 }).toBeGreaterThan(before + count)
    },
  }
}

test('a door that closes loses nobody a query or a mutation, and one that opens again is found', async () => {
  const [one, other] = [await serve('one'), await serve('other')]
  const subgraph = remote([one.url, other.url])
  const { results, end, more } = load((caller) => ask(subgraph, caller % 2 ? 'mutation { touch }' : '{ instance }'))
  await more(50)
  await one.close()
  await more(50)
  await serve('one again', one.port)
  const isBack = () => subgraph.instances().every(({ isWell }) => isWell)
  await expect.poll(isBack, { timeout: 10_000 }).toBe(true)
  await end()
  expect(results.filter(({ errors }) => errors)).toEqual([])
  expect(one.subgraph.touched() + other.subgraph.touched()).toBeLessThanOrEqual(results.length)
})

test('a process that is killed costs no query, and is asked no more', async () => {
  const children = await Promise.all([spawnInstance('one'), spawnInstance('other')])
  const subgraph = remote(children.map(({ url }) => url))
  const { results, end, more } = load(() => ask(subgraph))
  await more(200)
  children[0]?.kill()
  await more(200)
  await end()
  expect(results.filter(({ errors }) => errors)).toEqual([])
  expect(subgraph.instances().filter(({ isWell }) => isWell)).toEqual([{ url: children[1]?.url, isWell: true }])
})

test('an instance that is stopped and answers nothing delays a query, and does not fail it', async () => {
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  opened.push(async () => {
    silent.closeAllConnections()
    silent.close()
  })
  const alive = await serve('alive')
  const addresses = [`http://127.0.0.1:${(silent.address() as AddressInfo).port}`]
  const subgraph = remote(() => addresses)
  const waiting = ask(subgraph)
  addresses.push(alive.url)
  expect(await waiting).toEqual({ data: { instance: 'alive' } })
})

test('an instance that is silent for long is waited for while there is no other', async () => {
  const speak = Promise.withResolvers<void>()
  const slow = createServer((request, response) => {
    request.resume()
    void speak.promise.then(() => response.end('{"data":{"instance":"slow"}}'))
  })
  slow.listen(0, '127.0.0.1')
  await once(slow, 'listening')
  opened.push(async () => {
    slow.closeAllConnections()
    slow.close()
  })
  const subgraph = remote([`http://127.0.0.1:${(slow.address() as AddressInfo).port}`, await nobody()])
  const waiting = ask(subgraph)
  // Longer than two probes are waited for.
  await clock.sleep(6_000)
  speak.resolve()
  expect(await waiting).toEqual({ data: { instance: 'slow' } })
})

test('a result that does not come in time is no result', async () => {
  const late = await serveBadly(() => undefined)
  const subgraph = remote([late.url], 500)
  expect(codeOf(await ask(subgraph, 'mutation { touch }'))).toBe('SERVICE_UNAVAILABLE')
  expect(late.asked()).toBe(1)
})

test('a subscription brings each event, and ends when its reader goes', async () => {
  const one = await serve('one')
  const subgraph = remote([one.url])
  const listening = new AbortController()
  const stream = await subscribe(subgraph, listening.signal)
  for (let count = 1; count <= 50; count++) one.subgraph.tick(count)
  for (let count = 1; count <= 50; count++) expect((await stream.next()).value).toEqual({ data: { ticks: count } })
  const pending = stream.next()
  listening.abort()
  expect((await pending).done).toBe(true)
  await expect.poll(() => one.subgraph.streams(), { timeout: 10_000 }).toBe(0)

  const second = await subscribe(subgraph)
  const idle = second.next()
  await second.return?.()
  expect((await idle).done).toBe(true)
  await expect.poll(() => one.subgraph.streams(), { timeout: 10_000 }).toBe(0)
  const refused = await subgraph.subscribe({ query: 'subscription { nope }' }, {}, listening.signal)
  expect(codeOf(refused as FormattedExecutionResult)).toBeDefined()
})

test('a subscription whose instance closes or dies tells its reader to come back', async () => {
  const one = await serve('one')
  const stream = await subscribe(remote([one.url]))
  const closing = one.close()
  expect(codeOf((await stream.next()).value)).toBe('SUBSCRIPTION_INTERRUPTED')
  expect((await stream.next()).done).toBe(true)
  await closing

  const dying = await serveBadly((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: next\ndata: {"data":{"ticks":1}}\n\n:\n\nevent: ne')
    setImmediate(() => request.socket.destroy())
  })
  const broken = await subscribe(remote([dying.url]))
  expect((await broken.next()).value).toEqual({ data: { ticks: 1 } })
  expect(codeOf((await broken.next()).value)).toBe('SUBSCRIPTION_INTERRUPTED')
  expect((await broken.next()).done).toBe(true)
})
