import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPolicy, isDefaultPolicy, policyOf, policyText } from './policy.ts'
import { retryDelayMs } from './retry-delay.ts'

describe('a policy', () => {
  test('is the default where nothing is said', () => {
    expect(policyOf('{}')).toEqual(defaultPolicy)
    expect(policyOf('{ }')).toEqual(defaultPolicy)
    expect(policyOf('{"attemptsMax":3}')).toEqual({ ...defaultPolicy, attemptsMax: 3 })
  })

  test('is written as what differs from the default, and read as it was', () => {
    expect(policyText(defaultPolicy)).toBe('{}')
    expect(policyText({ ...defaultPolicy, startToCloseMs: null, nonRetryable: ['NO'], attemptsMax: 3 })).toBe(
      '{"attemptsMax":3,"nonRetryable":["NO"],"startToCloseMs":null}',
    )
    expect(policyText(policyOf('{"onUnknown":"HOLD","attemptsMax":1}'))).toBe('{"onUnknown":"HOLD"}')
    expect(policyOf('{"startToCloseMs":null}').startToCloseMs).toBeNull()
  })

  test.each([
    ['{}', true],
    ['{ }', true],
    [' {\n} ', true],
    ['{"attemptsMax":1}', false],
  ])('of %j is the default: %s', (json, isDefault) => {
    expect(isDefaultPolicy(json)).toBe(isDefault)
  })

  test('is read once for one text', () => {
    expect(policyOf('{"attemptsMax":9}')).toBe(policyOf('{"attemptsMax":9}'))
  })
})

describe('the delay before a retry', () => {
  test.each([
    [1, 0.5, 500],
    [2, 0.5, 1_000],
    [5, 0.999, 15_984],
    [60, 0.5, 450_000],
    [1, 0, 0],
  ])('after %i failures with jitter %f is %i ms', (failures, jitter, delayMs) => {
    expect(retryDelayMs(defaultPolicy, failures, jitter)).toBe(delayMs)
  })

  test('is what the task asks for, within a day', () => {
    expect(retryDelayMs(defaultPolicy, 3, 0.5, 7_000)).toBe(7_000)
    expect(retryDelayMs(defaultPolicy, 3, 0.5, -1)).toBe(0)
    expect(retryDelayMs(defaultPolicy, 3, 0.5, 1e12)).toBe(86_400_000)
  })

  test('never exceeds its ceiling, and its bound never falls as failures add up', () => {
    const policy = fc.record({
      backoffMs: fc.integer({ min: 1, max: 1e7 }),
      backoffMsMax: fc.integer({ min: 1, max: 1e9 }),
    })
    const jitter = fc.double({ min: 0, max: 0.999_999, noNaN: true })
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 10_000 }), jitter, (given, failures, chance) => {
        const delayMs = retryDelayMs(given, failures, chance)
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThan(given.backoffMsMax)
        expect(retryDelayMs(given, failures + 1, chance)).toBeGreaterThanOrEqual(delayMs)
      }),
    )
  })
})
