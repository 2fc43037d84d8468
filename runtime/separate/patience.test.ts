import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { isPassing, patiently } from './patience.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:19092'), { code: 'ECONNREFUSED' })

function scene() {
  const clock = movedClock(new Date('2026-11-23T10:00:00Z'))
  const said: string[] = []
  const stopping = new AbortController()
  const say = (what: string, reason: string): void => void said.push(`${what}: ${reason}`)
  return { clock, said, stopping, options: { clock, say, signal: stopping.signal } }
}

test('what is not there yet is waited for, and said once in ten', async () => {
  const { clock, said, options } = scene()
  let tries = 0
  const opened = patiently(options, 'Kafka', async () => {
    tries += 1
    if (tries < 12) throw refused
    return 'open'
  })
  for (let step = 0; step < 60; step++) await clock.advance(1_000)
  expect(await opened).toBe('open')
  expect(said).toEqual(Array(2).fill('Kafka: connect ECONNREFUSED 127.0.0.1:19092'))
})

test('a mistake is thrown at once', async () => {
  const { options, said } = scene()
  await expect(
    patiently(options, 'Kafka', async () => Promise.reject(new TypeError('no such method'))),
  ).rejects.toThrow('no such method')
  expect(said).toEqual([])
})

test('a wait ends when the process is told to stop', async () => {
  const { clock, options, stopping } = scene()
  const waiting = patiently(options, 'Kafka', async () => Promise.reject(refused))
  waiting.catch(() => undefined)
  await clock.advance(1_000)
  stopping.abort()
  await clock.advance(10_000)
  await expect(waiting).rejects.toThrow('ECONNREFUSED')
})

test.each([
  [refused, true],
  [new Error('wrapped', { cause: refused }), true],
  [new AggregateError([refused]), true],
  [Object.assign(new Error('x'), { name: 'KafkaJSConnectionError' }), true],
  [Object.assign(new Error('x'), { code: 'PLT_KFK_NETWORK' }), true],
  [new RangeError('x'), false],
  ['a string', false],
  [null, false],
])('%s: passing %s', (error, expected) => {
  expect(isPassing(error)).toBe(expected)
})
