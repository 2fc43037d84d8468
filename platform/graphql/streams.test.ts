import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { Multicast, StreamEndedError } from './multicast.ts'
import { streamFraming, writeStream } from './streaming.ts'

/** A source that waits for its signal once it has given its items. */
async function* given(items: readonly number[], signal: AbortSignal): AsyncGenerator<number> {
  yield* items
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

test('all readers see every item, and the source runs while there is one', async () => {
  let idle = 0
  let signal: AbortSignal | undefined
  const source = new Multicast(
    (stop) => {
      signal = stop
      return given([1, 2], stop)
    },
    10,
    () => void idle++,
  )
  const [one, other] = [source.read(), source.read()]
  for (const reader of [one, other]) {
    expect((await reader.next()).value).toBe(1)
    expect((await reader.next()).value).toBe(2)
  }
  await one.return?.()
  expect([signal?.aborted, idle]).toEqual([false, 0])
  const pending = other.next()
  await other.return?.()
  expect((await pending).done).toBe(true)
  expect(signal?.aborted).toBe(true)
  expect(idle).toBeGreaterThan(0)
})

test('a reader that falls behind is ended after what it has, and with the last reader the source stops', async () => {
  const items = Array.from({ length: 10 }, (_, index) => index)
  let signal: AbortSignal | undefined
  const source = new Multicast(
    (stop) => {
      signal = stop
      return given(items, stop)
    },
    3,
    () => undefined,
  )
  const slow = source.read()
  const seen: unknown[] = []
  const reading = (async () => {
    await new Promise((resolve) => setImmediate(resolve))
    for await (const item of slow) seen.push(item)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'SLOW_CONSUMER' })
  expect(seen).toEqual([0, 1, 2])
  expect(signal?.aborted).toBe(true)
})

test('a failure reaches every reader, and so does an end from outside', async () => {
  const failing = new Multicast<number>(
    async function* () {
      yield 1
      throw new Error('gone')
    },
    3,
    () => undefined,
  )
  const reader = failing.read()
  expect((await reader.next()).value).toBe(1)
  await expect(reader.next()).rejects.toThrow('gone')

  const source = new Multicast(
    (stop) => given([], stop),
    3,
    () => undefined,
  )
  const pending = source.read().next()
  source.end(new StreamEndedError('SUBSCRIPTION_INTERRUPTED', 'closing'))
  await expect(pending).rejects.toMatchObject({ code: 'SUBSCRIPTION_INTERRUPTED' })
})

test('the framing follows the accept header', () => {
  expect(streamFraming('text/event-stream')).toBe('sse')
  expect(streamFraming('multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json;q=0.9')).toBe(
    'multipart',
  )
  expect(streamFraming('multipart/mixed, application/json')).toBeUndefined()
  expect(streamFraming('application/json')).toBeUndefined()
  expect(streamFraming()).toBeUndefined()
})

/** What a client reads of a stream of two results, with a heartbeat while the second one is not there yet. */
async function written(framing: 'sse' | 'multipart'): Promise<{ text: string; type: string | null }> {
  const clock = systemClock()
  async function* results(response: ServerResponse): AsyncGenerator<{ data: { n: number } }> {
    yield { data: { n: 1 } }
    let hasBeaten = false
    const write = response.write.bind(response)
    response.write = (chunk: string) => {
      hasBeaten = true
      return write(chunk)
    }
    while (!hasBeaten) await clock.turn()
    response.write = write
    yield { data: { n: 2 } }
  }
  const server = createServer(
    (_, response) => void writeStream(response, framing, results(response), { clock, heartbeatMs: 1 }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const text = await answer.text()
  server.closeAllConnections()
  server.close()
  return { text, type: answer.headers.get('content-type') }
}

test('SSE is written as graphql-sse reads it', async () => {
  const { text, type } = await written('sse')
  expect(type).toContain('text/event-stream')
  expect(text.replace(/(:\n\n)+/g, ':\n\n')).toMatch(
    /^event: next\ndata: \{"data":\{"n":1\}\}\n\n:\n\nevent: next\ndata: \{"data":\{"n":2\}\}\n\n(:\n\n)?event: complete\ndata:\n\n$/,
  )
})

test('multipart closes each part at once, so that it is read when it was sent', async () => {
  const { text, type } = await written('multipart')
  expect(type).toContain('boundary="graphql"')
  const parts = text.split('\r\n--graphql').map((part) => part.split('\r\n\r\n')[1])
  const payloads = parts.filter((part) => part?.includes('payload')).map((part) => JSON.parse(part ?? ''))
  expect(payloads).toEqual([{ payload: { data: { n: 1 } } }, { payload: { data: { n: 2 } } }])
  expect(parts.some((part) => part === '{}')).toBe(true)
  expect(text.endsWith('--graphql--\r\n')).toBe(true)
})
