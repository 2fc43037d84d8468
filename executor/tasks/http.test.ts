import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { httpScene, httpServer, movedClock, socketServer, textOf } from '#platform/testing'
import { RESPONSE_BYTES_MAX } from './http/body-text.ts'
import { type HttpParams, http, sendHttp } from './http.ts'
import { withinLimits } from './limits.ts'
import { type TestContext, taskContext } from './testing/task-context.ts'

const { clientOf, close, serve } = httpScene()

afterEach(close)

async function send(listener: RequestListener, params: Partial<HttpParams> = {}, context: TestContext = taskContext()) {
  const server = await serve(httpServer(listener))
  const url = `http://127.0.0.1:${server.port}/path?secret=1`
  return await sendHttp({ url, ...params } as HttpParams, context, await clientOf())
}

describe('a request', () => {
  test('carries the execution and the attempt, and what the params say', async () => {
    const seen = Promise.withResolvers<{ method: string | undefined; headers: IncomingHttpHeaders; body: string }>()
    const context = taskContext()
    const { result } = await send(
      async (request, response) => {
        const body = await textOf(request)
        seen.resolve({ method: request.method, headers: request.headers, body })
        response
          .writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'a=b', etag: '"1"' })
          .end('{"ok":true}')
      },
      { method: 'POST', headers: { 'X-Key': 'k', Authorization: 'Bearer t' }, body: { a: [1] } },
      context,
    )
    const { method, headers, body } = await seen.promise
    expect([method, body]).toEqual(['POST', '{"a":[1]}'])
    expect(headers).toMatchObject({
      'idempotency-key': context.executionId,
      'carillon-attempt': '2',
      'x-key': 'k',
      authorization: 'Bearer t',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
    })
    expect(result).toMatchObject({ status: 201, bodyText: '{"ok":true}', bodyBytes: 11, bodyTruncated: false })
    expect((result as { headers: object }).headers).toMatchObject({ 'content-type': 'application/json', etag: '"1"' })
    expect(JSON.stringify(result)).not.toContain('set-cookie')
  })

  test('cannot replace what Carillon sets, even with params that were never checked', async () => {
    const seen = Promise.withResolvers<IncomingHttpHeaders>()
    const listener: RequestListener = (request, response) => {
      seen.resolve(request.headers)
      response.end()
    }
    await send(listener, { headers: { Host: 'other.example', 'Idempotency-Key': 'mine', 'Carillon-Attempt': '9' } })
    const headers = await seen.promise
    expect(headers.host).toMatch(/^127\.0\.0\.1:/)
    expect(headers['idempotency-key']).toBe(taskContext().executionId)
    expect(headers['carillon-attempt']).toBe('2')
  })

  test('leaves a line in the log, without the query', async () => {
    const context = taskContext()
    await send((_request, response) => response.end(), {}, context)
    expect(context.lines).toEqual([
      ['INFO', expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:\d+\/path answered 200 after \d+ ms$/)],
    ])
  })

  test('reuses a connection under the same policy, and never under another', async () => {
    const server = await serve(httpServer((_request, response) => response.end('x')))
    const params = { url: `http://127.0.0.1:${server.port}/` }
    const httpPolicy = { allowPrivate: true }
    await http.run(params, taskContext({ httpPolicy }))
    // undici takes a connection back one turn after its response has been read.
    await taskContext().clock.turn()
    await http.run(params, taskContext({ httpPolicy }))
    expect(server.connections()).toBe(1)
    await http.run(params, taskContext({ httpPolicy: { allowPrivate: ['127.0.0.0/8'] } }))
    expect(server.connections()).toBe(2)
    await expect(http.run(params, taskContext())).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
    expect(server.connections()).toBe(2)
  })

  test('to nobody is a failed connection', async () => {
    const server = await httpServer(() => {})
    await server[Symbol.asyncDispose]()
    const url = `http://127.0.0.1:${server.port}/`
    await expect(sendHttp({ url }, taskContext(), await clientOf())).rejects.toMatchObject({
      code: 'HTTP_CONNECTION_FAILED',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

describe('a status', () => {
  const answering =
    (status: number): RequestListener =>
    (_request, response) =>
      response.writeHead(status).end('why')

  test.each([
    [204, undefined],
    [299, undefined],
    [404, 404],
    [500, [200, 500]],
  ] as const)('%i is expected by %j', async (status, expectedStatus) => {
    const params = expectedStatus === undefined ? {} : { expectedStatus }
    expect((await send(answering(status), params)).result).toMatchObject({ status })
  })

  test.each([
    [404, undefined, '200 to 299'],
    [300, undefined, '200 to 299'],
    [200, 201, '201'],
    [500, [200, 404], '200, 404'],
  ] as const)(
    '%i is not expected by %j, and the log shows how the body begins',
    async (status, expectedStatus, expected) => {
      const context = taskContext()
      const params = expectedStatus === undefined ? {} : { expectedStatus }
      await expect(send(answering(status), params, context)).rejects.toMatchObject({
        code: 'HTTP_UNEXPECTED_STATUS',
        message: `answered ${status}, expected ${expected}`,
      })
      expect(context.lines).toContainEqual(['WARN', 'why'])
    },
  )
})

describe('a response', () => {
  test('of 1 MiB is cut to what a result may hold', async () => {
    for (const fill of ['x', '\u0000', '🔔']) {
      const body = Buffer.alloc(RESPONSE_BYTES_MAX, fill)
      const answer = await send((_request, response) => response.end(body))
      const { bodyText } = withinLimits(answer).result as { bodyText: string }
      expect(answer.result).toMatchObject({ bodyBytes: RESPONSE_BYTES_MAX, bodyTruncated: true })
      expect(bodyText).toBe(body.toString().slice(0, bodyText.length))
      expect(bodyText.isWellFormed()).toBe(true)
      expect(JSON.stringify(bodyText).length).toBeGreaterThan(20_000)
    }
  })

  test('of one byte more is refused, and its connection closed', async () => {
    const server = await serve(
      httpServer((_request, response) => {
        response.write(Buffer.alloc(RESPONSE_BYTES_MAX + 1))
      }),
    )
    const run = sendHttp({ url: `http://127.0.0.1:${server.port}/` }, taskContext(), await clientOf())
    await expect(run).rejects.toMatchObject({ code: 'HTTP_RESPONSE_TOO_LARGE' })
    await expect.poll(() => server.open()).toBe(0)
  })

  test('with too many headers is refused', async () => {
    const run = send((_request, response) => response.writeHead(200, { x: 'x'.repeat(40_000) }).end())
    await expect(run).rejects.toMatchObject({ code: 'HTTP_RESPONSE_TOO_LARGE' })
  })

  test('is read in its own charset', async () => {
    const { result } = await send((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/plain; charset=ISO-8859-1' }).end(Buffer.from([0xe9])),
    )
    expect(result).toMatchObject({ bodyText: 'é' })
  })

  test('that is not HTTP is a failed connection', async () => {
    const server = await serve(socketServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n')))
    const run = sendHttp({ url: `http://127.0.0.1:${server.port}/` }, taskContext(), await clientOf())
    await expect(run).rejects.toMatchObject({ code: 'HTTP_CONNECTION_FAILED' })
  })
})

describe('a slow server', () => {
  test.each([
    ['accepts and says nothing', ''],
    ['never ends its headers', 'HTTP/1.1 200 OK\r\nX: 1\r\n'],
    ['never ends its body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx'],
    ['never ends a redirect', 'HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 100\r\n\r\nx'],
  ])('that %s is cut off at the time limit', async (_what, beginning) => {
    const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
    const met = Promise.withResolvers<void>()
    const server = await serve(
      socketServer((socket) => {
        socket.once('data', () => socket.write(beginning, () => met.resolve()))
      }),
    )
    const context = taskContext({ clock })
    const run = sendHttp({ url: `http://127.0.0.1:${server.port}/` }, context, await clientOf(['127.0.0.1'], clock))
    let code = 'NONE'
    run.catch((error: { code: string }) => {
      code = error.code
    })
    await met.promise
    await clock.advance(29_999)
    expect(code).toBe('NONE')
    await clock.advance(1)
    await expect(run).rejects.toMatchObject({ code: 'HTTP_TIMED_OUT', message: 'no complete response within 30000 ms' })
    await expect.poll(() => server.open()).toBe(0)
    expect(clock.nextWakeMs()).toBeUndefined()
  })

  test('is left at once when the attempt is ended', async () => {
    const met = Promise.withResolvers<void>()
    const server = await serve(httpServer(() => met.resolve()))
    const abort = new AbortController()
    const run = sendHttp(
      { url: `http://127.0.0.1:${server.port}/` },
      taskContext({ signal: abort.signal }),
      await clientOf(),
    )
    const failed = expect(run).rejects.toMatchObject({ code: 'TASK_ABORTED' })
    await met.promise
    abort.abort()
    await failed
    await expect.poll(() => server.open()).toBe(0)
  })

  test('is never asked by an attempt that was ended before', async () => {
    const server = await serve(httpServer((_request, response) => response.end()))
    const run = sendHttp(
      { url: `http://127.0.0.1:${server.port}/` },
      taskContext({ signal: AbortSignal.abort() }),
      await clientOf(),
    )
    await expect(run).rejects.toMatchObject({ code: 'TASK_ABORTED' })
    expect(server.connections()).toBe(0)
  })
})
