import { describe, expect, test } from 'vitest'
import { retryAfterMsOf, retryDelayMs, TRIES_MAX, verdictOn } from './webhook-delivery.ts'

const HOUR_MS = 3_600_000
const answered = (statusCode: number, retryAfterMs: number | null = null) => ({
  statusCode,
  errorCode: null,
  retryAfterMs,
})
const first = { tries: 1, isTest: false }

describe('a verdict', () => {
  test.each([200, 201, 204, 299])('%i is delivered', (status) => {
    expect(verdictOn(answered(status), first, 0.5)).toEqual({ state: 'DELIVERED' })
  })

  test.each([199, 300, 302, 400, 404, 409, 429, 500, 503])('%i is tried again', (status) => {
    expect(verdictOn(answered(status), first, 0.5)).toEqual({ state: 'PENDING', delayMs: 5_000 })
  })

  test('no answer is tried again, until the last attempt', () => {
    const unanswered = { statusCode: null, errorCode: 'HTTP_TIMED_OUT', retryAfterMs: null }
    expect(verdictOn(unanswered, { ...first, tries: TRIES_MAX - 1 }, 0)).toEqual({ state: 'PENDING', delayMs: 0 })
    expect(verdictOn(unanswered, { ...first, tries: TRIES_MAX }, 0)).toEqual({ state: 'FAILED', isGone: false })
  })

  test('410 ends it at once, and a test is tried once', () => {
    expect(verdictOn(answered(410), first, 0.5)).toEqual({ state: 'FAILED', isGone: true })
    expect(verdictOn(answered(410), { tries: 1, isTest: true }, 0.5)).toEqual({ state: 'FAILED', isGone: false })
    expect(verdictOn(answered(500), { tries: 1, isTest: true }, 0.5)).toEqual({ state: 'FAILED', isGone: false })
  })

  test('a receiver may ask for more time, and not for ever', () => {
    expect(verdictOn(answered(429, HOUR_MS), first, 0.5)).toEqual({ state: 'PENDING', delayMs: HOUR_MS })
    expect(verdictOn(answered(429, 1_000), first, 0.5)).toEqual({ state: 'PENDING', delayMs: 5_000 })
    expect(verdictOn(answered(429, 99 * HOUR_MS), first, 0.5)).toEqual({ state: 'PENDING', delayMs: 6 * HOUR_MS })
  })
})

test('delays grow about threefold to five hours, and all of them are within a day', () => {
  const longest = Array.from({ length: TRIES_MAX - 1 }, (_, index) => retryDelayMs(index + 1, 1))
  expect(longest.slice(0, 8)).toEqual([10_000, 30_000, 90_000, 270_000, 810_000, 2_430_000, 7_200_000, 5 * HOUR_MS])
  expect(longest.at(-1)).toBe(5 * HOUR_MS)
  expect(longest.reduce((sum, delayMs) => sum + delayMs, 0)).toBeLessThan(24 * HOUR_MS)
})

test('Retry-After is seconds or a date', () => {
  const now = new Date('2026-12-01T09:00:00Z')
  expect(retryAfterMsOf('120', now)).toBe(120_000)
  expect(retryAfterMsOf('Tue, 01 Dec 2026 09:01:00 GMT', now)).toBe(60_000)
  expect(retryAfterMsOf('Tue, 01 Dec 2026 08:00:00 GMT', now)).toBe(0)
  for (const header of [undefined, 'soon', '', 'Infinity']) expect(retryAfterMsOf(header, now)).toBeNull()
})
