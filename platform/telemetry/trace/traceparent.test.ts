import { expect, test } from 'vitest'
import { formatTraceparent, parseTraceparent, soundTraceparent } from './traceparent.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

test('a traceparent is read, and written as it was', () => {
  const text = `00-${TRACE}-${SPAN}-01`
  const context = parseTraceparent(text)
  expect(context).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true })
  expect(context && formatTraceparent(context)).toBe(text)
  expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.isSampled).toBe(false)
  expect(parseTraceparent(`00-${TRACE}-${SPAN}-03`)?.isSampled).toBe(true)
})

test('a later version may append what we do not know', () => {
  expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what`)?.traceId).toBe(TRACE)
})

test.each([
  ['nothing', undefined],
  ['no text', ''],
  ['words', 'hello'],
  ['version ff', `ff-${TRACE}-${SPAN}-01`],
  ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['a trace that is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['more than version 00 has', `00-${TRACE}-${SPAN}-01-what`],
  ['no flags', `00-${TRACE}-${SPAN}`],
  ['a line break', `00-${TRACE}-${SPAN}-01\n`],
  ['more than a column holds', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(200)}`],
])('%s is no traceparent', (_what, text) => {
  expect(parseTraceparent(text)).toBeUndefined()
  expect(soundTraceparent(text)).toBeUndefined()
})
