import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { currentTraceparent, type EndedSpan, installSink, inTrace, openSpan, span, spanEach } from './span.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SAMPLED = `00-${TRACE}-b7ad6b7169203331-01`
const UNSAMPLED = `00-${TRACE}-b7ad6b7169203331-00`
let ended: EndedSpan[] = []

beforeEach(() => {
  ended = []
  installSink({ clock: systemClock(), take: (each) => ended.push(each) })
})
afterEach(() => installSink(undefined))

test('spans within one another are one trace, each the parent of what is within it', async () => {
  await span('outer', { parent: 'new', kind: 'server' }, async () => {
    await Promise.resolve()
    await span('inner', {}, async (opened) => {
      expect(currentTraceparent()).toBe(opened.traceparent)
      opened.set({ lines: 2 })
    })
  })
  const [inner, outer] = ended
  expect(outer).toMatchObject({ name: 'outer', kind: 'server', parentSpanId: undefined, errorType: undefined })
  expect(inner).toMatchObject({ traceId: outer?.traceId, parentSpanId: outer?.spanId, attributes: { lines: 2 } })
  expect(outer?.traceId).toMatch(/^[\da-f]{32}$/)
  expect(outer?.spanId).toMatch(/^[\da-f]{16}$/)
  expect(currentTraceparent()).toBeUndefined()
})

test('a parent from elsewhere is gone on with; without a cause nothing is recorded', async () => {
  openSpan('from elsewhere', { parent: SAMPLED }).end()
  openSpan('without').end()
  openSpan('with none', { parent: null }).end()
  openSpan('malformed', { parent: '00-zz' }).end()
  expect(ended.map(({ name, traceId }) => [name, traceId])).toEqual([['from elsewhere', TRACE]])
  expect(openSpan('malformed', { parent: '00-zz' }).traceparent).toBeUndefined()
})

test('a trace that its sender does not record is carried on and not recorded', async () => {
  await span('unsampled', { parent: UNSAMPLED }, async ({ traceparent }) => {
    expect([traceparent, currentTraceparent()]).toEqual([UNSAMPLED, UNSAMPLED])
  })
  expect(ended).toEqual([])
})

test('an error is told by its name alone and thrown on', async () => {
  class LostError extends Error {
    override readonly name = 'LostError'
  }
  const failing = span('failing', { parent: 'new' }, async () => {
    throw new LostError('password hunter2')
  })
  await expect(failing).rejects.toThrow(LostError)
  expect(ended[0]?.errorType).toBe('LostError')
  expect(JSON.stringify(ended)).not.toContain('hunter2')
})

test('a span ends once', () => {
  const opened = openSpan('once', { parent: 'new' })
  opened.end('FIRST')
  opened.end()
  expect(ended.map(({ errorType }) => errorType)).toEqual(['FIRST'])
})

test('work for many at once is in the trace of none of them, and each is told its own', async () => {
  const parents = [SAMPLED, null]
  await span('around', { parent: 'new' }, () =>
    spanEach(
      parents,
      (parent) => openSpan('each', { parent }),
      async ([one, other]) => {
        expect(currentTraceparent()).toBeUndefined()
        expect([one?.split('-')[1], other]).toEqual([TRACE, undefined])
      },
    ),
  )
  expect(ended.map(({ name }) => name)).toEqual(['each', 'around'])
})

test('work that another runs stays in its trace', async () => {
  const waiting: (() => string | undefined)[] = []
  inTrace(SAMPLED, () => {
    const around = currentTraceparent()
    waiting.push(() => inTrace(around, currentTraceparent))
  })
  expect(waiting.map((run) => run())).toEqual([SAMPLED])
})

test('without a sink nothing is kept, and what came is passed on', async () => {
  installSink(undefined)
  expect(openSpan('off', { parent: SAMPLED }).traceparent).toBe(SAMPLED)
  expect(openSpan('off', { parent: 'new' }).traceparent).toBeUndefined()
  await span('off', { parent: SAMPLED }, async () => expect(currentTraceparent()).toBeUndefined())
  expect(ended).toEqual([])
})
