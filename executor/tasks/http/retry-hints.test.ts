import { expect, test } from 'vitest'
import { retryHints } from './retry-hints.ts'

const NOW = new Date('2026-12-01T09:00:00Z')
const DAY = 86_400_000

test.each([
  [503, '120', 120_000],
  [429, 'Tue, 01 Dec 2026 09:00:07 GMT', 7_000],
  [429, 'Tue, 01 Dec 2026 08:00:00 GMT', 0],
  [503, '86400', DAY],
  [503, undefined, null],
  [503, 'soon', null],
  [503, '-5', null],
  [503, '1.5', null],
  [503, '999999999999', 999_999_999_999_000],
  [503, '99999999999999', Number.MAX_SAFE_INTEGER],
  [429, '9'.repeat(400), Number.MAX_SAFE_INTEGER],
  [500, '120', null],
  [200, '120', null],
])('%i with Retry-After %j is tried again after %j ms', (statusCode, value, retryAfterMs) => {
  const headers = value === undefined ? {} : { 'retry-after': value }
  expect(retryHints({ statusCode, headers }, NOW)).toEqual({ isFinal: false, retryAfterMs })
})

test.each([
  [400, true],
  [401, true],
  [404, true],
  [408, false],
  [409, false],
  [422, true],
  [425, false],
  [429, false],
  [302, false],
  [500, false],
])('%i is final: %j', (statusCode, isFinal) => {
  expect(retryHints({ statusCode, headers: {} }, NOW).isFinal).toBe(isFinal)
})
