import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { httpScene, httpServer, openSink, textOf } from '#platform/testing'
import { readBytes } from './body.ts'
import type { HttpRequest } from './exchange.ts'
import { send } from './send.ts'

const { clientOf, close, serve } = httpScene()

afterEach(close)

function textFrom(request: HttpRequest, client: Dispatcher, isAnswer = (status: number): boolean => status === 200) {
  return send(request, {
    ...{ client, clock: systemClock(), timeLimitMs: 10_000, isAnswer },
    read: async ({ response }) => (await readBytes(response, 10_000)).toString(),
  })
}

const get = (url: string): HttpRequest => ({ method: 'GET', url: new URL(url), headers: {}, body: undefined })

describe('a redirect', () => {
  type Arrived = { readonly method: string; readonly headers: IncomingHttpHeaders; readonly body: string }

  /** Starts at `first.example`, is redirected to each of `hosts` in turn, and says what arrived at the last one. */
  async function follow(
    status: number,
    hosts: readonly string[],
    request: Partial<HttpRequest> = {},
    isAnswer?: (status: number) => boolean,
  ): Promise<Arrived> {
    const server = await serve(
      httpServer(async (incoming, response) => {
        const hops = Number(incoming.url?.slice(1))
        const body = await textOf(incoming)
        const location = `http://${hosts[hops]}:${server.port}/${hops + 1}`
        if (hops < hosts.length) response.writeHead(status, { location })
        response.end(JSON.stringify({ method: incoming.method, headers: incoming.headers, body }))
      }),
    )
    const first = { ...get(`http://first.example:${server.port}/0`), ...request }
    return JSON.parse(await textFrom(first, await clientOf(['first.example', 'second.example']), isAnswer)) as Arrived
  }

  test('is followed three times, and not a fourth', async () => {
    expect(await follow(302, Array(3).fill('first.example'))).toMatchObject({ method: 'GET' })
    await expect(follow(302, Array(4).fill('first.example'))).rejects.toMatchObject({ code: 'HTTP_TOO_MANY_REDIRECTS' })
  })

  test('that is expected is an answer', async () => {
    const { headers } = await follow(302, ['second.example'], {}, (status) => status === 302)
    expect(headers.host).toMatch(/^first\.example:/)
  })

  const post = {
    method: 'POST',
    body: 'text',
    headers: {
      Authorization: 'Bearer t',
      cookie: 'a=b',
      'x-api-key': 'k',
      'webhook-signature': 'v1,s',
      'content-type': 'text/plain',
      'idempotency-key': 'i',
      accept: 'a/b',
    },
  }

  test.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'text'],
    [308, 'POST', 'text'],
  ])('%i sends a POST on as %s', async (status, method, body) => {
    const arrived = await follow(status, ['first.example'], post)
    expect(arrived).toMatchObject({ method, body })
    expect(arrived.headers['content-type']).toBe(method === 'GET' ? undefined : 'text/plain')
    expect(arrived.headers).toMatchObject({ authorization: 'Bearer t', cookie: 'a=b', 'x-api-key': 'k' })
  })

  test('to another origin leaves secrets behind, for good, and the idempotency key not', async () => {
    for (const hosts of [['second.example'], ['second.example', 'first.example']]) {
      const { headers } = await follow(307, hosts, post)
      for (const name of ['authorization', 'cookie', 'x-api-key', 'webhook-signature'])
        expect(headers[name]).toBeUndefined()
      expect(headers).toMatchObject({
        accept: 'a/b',
        'content-type': 'text/plain',
        'idempotency-key': 'i',
      })
    }
  })

  test.each([
    (port: number) => `http://127.0.0.1:${port}/`,
    (port: number) => `http://[::1]:${port}/`,
    (port: number) => `http://0x7f.1:${port}/`,
    (port: number) => `http://localhost:${port}/`,
    (port: number) => `http://private.example:${port}/`,
    (port: number) => `//127.0.0.1:${port}/`,
    (port: number) => `http://user:secret@first.example:${port}/`,
    () => 'file:///etc/passwd',
    () => 'gopher://127.0.0.1/',
    () => 'http://[broken/',
  ])('chain that ends at a refused address makes no connection there (%#)', async (target) => {
    const sink = await serve(openSink())
    const server = await serve(
      httpServer((request, response) => {
        const location = request.url === '/' ? '/again' : target(sink.port)
        response.writeHead(302, { location }).end()
      }),
    )
    const run = textFrom(get(`http://first.example:${server.port}/`), await clientOf(['first.example']))
    await expect(run).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
    expect(sink.connections()).toBe(0)
  })
})

test.each([
  'http://user:secret@first.example/',
  'http://user@first.example/',
  'ftp://first.example/',
  'file:///etc/passwd',
])('a first address like %s is refused like that of a redirect', async (url) => {
  const run = textFrom(get(url), await clientOf(['first.example']))
  await expect(run).rejects.toMatchObject({
    code: 'HTTP_ADDRESS_REFUSED',
    message: expect.not.stringContaining('secret'),
  })
})
