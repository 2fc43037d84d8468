import { lookup as systemLookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Agent, type Dispatcher } from 'undici'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '#platform/clock'
import { httpServer, type LocalServer, movedClock, openSink, socketServer } from '#platform/testing'
import { addressGuard } from './address-guard.ts'
import { readBytes } from './body.ts'
import { openClient } from './client.ts'
import { systemAddresses } from './guarded-connector.ts'
import { LOOPBACK_HOSTS, OTHER_REFUSED_HOSTS } from './refused-hosts.fixture.ts'
import { send } from './send.ts'

const REFUSED_HOSTS = [...LOOPBACK_HOSTS, ...OTHER_REFUSED_HOSTS]

const clock = systemClock()
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function opened<Server extends LocalServer>(server: Promise<Server>): Promise<Server> {
  const open = await server
  closing.push(() => open[Symbol.asyncDispose]())
  return open
}

function dispatching<Client extends Dispatcher>(client: Client): Client {
  closing.push(() => client.destroy())
  return client
}

/** The text of what answers at `url`. */
async function textFrom(url: string, client: Dispatcher, ownClock = clock, timeLimitMs = 30_000): Promise<string> {
  const request = { method: 'GET', url: new URL(url), headers: {}, body: undefined }
  return await send(request, {
    ...{ client, clock: ownClock, timeLimitMs },
    isAnswer: (status) => status === 200,
    read: async ({ response }) => (await readBytes(response, 1_000)).toString(),
  })
}

type Outcomes = { readonly outcomes: Readonly<Record<string, string>>; readonly connections: number }

/** What came of each host, and how many connections the sink counted meanwhile. */
async function tryAll(hosts: readonly string[], client: Dispatcher): Promise<Outcomes> {
  const sink = await opened(openSink())
  const outcomes: Record<string, string> = {}
  for (const host of hosts) {
    outcomes[host] = await textFrom(`http://${host}:${sink.port}/`, client, clock, 2_000).then(
      () => 'REACHED',
      (error: { code: string }) => error.code,
    )
  }
  return { outcomes, connections: sink.connections() }
}

function all(hosts: readonly string[], code: string): Outcomes {
  return { outcomes: Object.fromEntries(hosts.map((host) => [host, code])), connections: 0 }
}

describe('the guard stands where connections are made', () => {
  test(`${REFUSED_HOSTS.length} ways to write an address that is not public make no connection`, async () => {
    expect(new Set(REFUSED_HOSTS).size).toBeGreaterThanOrEqual(60)
    const client = dispatching(await openClient({ allowPrivate: false }, clock))
    expect(await tryAll(REFUSED_HOSTS, client)).toEqual(all(REFUSED_HOSTS, 'HTTP_ADDRESS_REFUSED'))
  })

  // A proxy would be reached instead of the address that was checked.
  test('a proxy in the environment is not asked', async () => {
    const proxy = await opened(openSink())
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`)
    const client = dispatching(await openClient({ allowPrivate: false }, clock, async () => ['10.0.0.1']))
    await expect(textFrom('http://public.example/', client)).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
    vi.unstubAllEnvs()
    expect(proxy.connections()).toBe(0)
  })

  test('planted mutant: a guard in `lookup` alone lets literals through, and the check above sees it', async () => {
    const guard = addressGuard({ allowPrivate: false })
    const lookup: LookupFunction = (hostname, _options, callback) => {
      systemLookup(hostname, { all: true }).then(
        (found) => {
          if (found.every(({ address }) => guard(hostname, address, 80))) callback(null, found)
          else callback(new Error('refused'), [])
        },
        (error: Error) => callback(error, []),
      )
    }
    const mutant = dispatching(new Agent({ connect: { lookup } }))
    const { outcomes, connections } = await tryAll(LOOPBACK_HOSTS, mutant)
    expect(Object.values(outcomes).filter((outcome) => outcome === 'REACHED').length).toBeGreaterThan(20)
    expect(connections).toBeGreaterThan(0)
  })

  test.each([
    ['names a private address', ['10.0.0.1']],
    ['names the metadata service', ['169.254.169.254']],
    ['hides a private address behind a public one', ['203.0.114.1', '127.0.0.1']],
    ['hides a private address before a public one', ['127.0.0.1', '203.0.114.1']],
    ['hides a private IPv6 address', ['203.0.114.1', '::1']],
    ['is no address', ['localhost']],
  ])('a DNS answer that %s makes no connection', async (_what, addresses) => {
    const client = dispatching(await openClient({ allowPrivate: false }, clock, async () => addresses))
    expect(await tryAll(['public.example'], client)).toEqual(all(['public.example'], 'HTTP_ADDRESS_REFUSED'))
  })

  test('a name without an address is a failed connection', async () => {
    const client = dispatching(await openClient({ allowPrivate: false }, clock, async () => []))
    expect(await tryAll(['public.example'], client)).toEqual(all(['public.example'], 'HTTP_CONNECTION_FAILED'))
  })
})

describe('DNS that changes its mind', () => {
  // Allowed first, refused afterwards: what a rebinding server does within one request.
  function alternating(): { readonly answers: string[]; next(): string } {
    const answers: string[] = []
    return {
      answers,
      next() {
        const answer = answers.length === 0 ? '127.0.0.1' : '127.0.0.2'
        answers.push(answer)
        return answer
      },
    }
  }

  const policy = { allowPrivate: ['127.0.0.1/32'] }

  test('is asked once for each connection, and the checked answer is dialled', async () => {
    const dns = alternating()
    const server = await opened(
      httpServer((request, response) => {
        response.setHeader('connection', 'close')
        response.end(`${request.socket.localAddress} for ${request.headers.host}`)
      }),
    )
    const client = dispatching(await openClient(policy, clock, async () => [dns.next()]))
    const ask = () => textFrom(`http://rebinding.example:${server.port}/`, client)
    expect(await ask()).toBe(`127.0.0.1 for rebinding.example:${server.port}`)
    expect(dns.answers).toEqual(['127.0.0.1'])
    await expect(ask()).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
    expect(server.connections()).toBe(1)
  })

  test('planted mutant: a check before the request sees another answer than the dial', async () => {
    const dns = alternating()
    const guard = addressGuard(policy)
    const sink = await opened(openSink())
    const dialled: string[] = []
    const lookup: LookupFunction = (_hostname, _options, callback) => {
      const address = dns.next()
      dialled.push(address)
      callback(null, [{ address, family: 4 }])
    }
    const mutant = dispatching(new Agent({ connect: { lookup } }))
    expect(guard('rebinding.example', dns.next(), 80)).toBe(true)
    await textFrom(`http://rebinding.example:${sink.port}/`, mutant, clock, 2_000).catch(() => {})
    expect(dialled.filter((address) => !guard('rebinding.example', address, 80))).not.toEqual([])
  })
})

describe('a dial', () => {
  test('tries the next address when one does not answer', async () => {
    const server = await opened(httpServer((_request, response) => response.end('here')))
    // Nothing listens on IPv6 there, whether the machine has any or not.
    const client = dispatching(await openClient({ allowPrivate: true }, clock, async () => ['::1', '127.0.0.1']))
    expect(await textFrom(`http://two.example:${server.port}/`, client)).toBe('here')
  })

  test('asks for the certificate of the name, though it dials the address', async () => {
    const names: string[] = []
    const server = createTlsServer({
      SNICallback: (name, callback) => {
        names.push(name)
        callback(new Error('no certificate'))
      },
    }).on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const { port } = server.address() as { port: number }
    const client = dispatching(await openClient({ allowPrivate: true }, clock, async () => ['127.0.0.1']))
    await expect(textFrom(`https://secure.example:${port}/`, client)).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
    })
    expect(names).toEqual(['secure.example'])
  })

  test('gives up after 5 s when TLS never answers, and closes its socket', async () => {
    const moved = movedClock(new Date('2026-11-23T00:00:00Z'))
    const met = Promise.withResolvers<void>()
    const server = await opened(socketServer((socket) => void socket.once('data', () => met.resolve())))
    const client = dispatching(await openClient({ allowPrivate: true }, moved))
    const run = expect(textFrom(`https://127.0.0.1:${server.port}/`, client, moved)).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
      message: 'no answer within 5000 ms',
    })
    await met.promise
    await moved.advance(5000)
    await run
    await expect.poll(() => server.open()).toBe(0)
  })

  test('gives up after 5 s when DNS never answers', async () => {
    const moved = movedClock(new Date('2026-11-23T00:00:00Z'))
    const asked = Promise.withResolvers<void>()
    const lookup = (): Promise<readonly string[]> => {
      asked.resolve()
      return new Promise(() => {})
    }
    const client = dispatching(await openClient({ allowPrivate: true }, moved, lookup))
    const run = expect(textFrom('http://silent.example/', client, moved)).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
    })
    await asked.promise
    await moved.advance(5000)
    await run
  })
})

test("the machine's resolver gives all addresses of a name", async () => {
  const addresses = await systemAddresses('localhost')
  expect(addresses.length).toBeGreaterThan(0)
  expect(addresses.every((address) => address === '127.0.0.1' || address === '::1')).toBe(true)
})
