import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { eventSource } from './event-source.ts'

test('results come whole, however the bytes are cut', async () => {
  const clock = movedClock(new Date(0))
  const text =
    'event: next\ndata: {"data":{"a":"ü"}}\n\n:\n\nevent: next\ndata: {"data":{"a":"\\n\\n"}}\n\nevent: complete\ndata:\n\n'
  for (const size of [1, 2, 3, 7, 1_000]) {
    const body = new PassThrough()
    const source = eventSource(body, clock)
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += size) body.write(bytes.subarray(at, at + size))
    expect((await source.next()).value).toEqual({ data: { a: 'ü' } })
    expect((await source.next()).value).toEqual({ data: { a: '\n\n' } })
    expect((await source.next()).done).toBe(true)
  }
  expect(clock.nextWakeMs()).toBeUndefined()
})

test('heartbeats keep a stream, and 30 s of silence end it', async () => {
  const clock = movedClock(new Date(0))
  const body = new PassThrough()
  const source = eventSource(body, clock)
  const next = source.next()
  const failed = expect(next).rejects.toThrow('nothing came for 30000 ms')
  for (let beats = 0; beats < 10; beats++) {
    body.write(':\n\n')
    await clock.advance(12_000)
  }
  expect(body.destroyed).toBe(false)
  await clock.advance(40_000)
  await failed
})
