import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bucket, fullBucket, type Rate, refilled, spent, tokenAtMs, tokensIn } from './token-bucket.ts'

const rates = fc.record({ perMinute: fc.integer({ min: 1, max: 60_000 }), burst: fc.integer({ min: 1, max: 1_000 }) })
const steps = fc.array(fc.integer({ min: -500, max: 120_000 }), { maxLength: 200 })

/** Starts whatever may, at each of some instants. @returns when something started */
function startsOf(rate: Rate, stepsMs: readonly number[]): readonly number[] {
  const starts: number[] = []
  let atMs = 1_000_000
  let bucket: Bucket = fullBucket(rate, atMs)
  for (const stepMs of stepsMs) {
    atMs += stepMs
    bucket = refilled(bucket, rate, atMs)
    if (tokensIn(bucket) === 0) continue
    bucket = spent(bucket)
    starts.push(Math.max(atMs, bucket.refilledAtMs))
  }
  return starts
}

describe('a token bucket', () => {
  test('lets a burst start at once, and then one for each share of a minute', () => {
    const rate = { perMinute: 60, burst: 3 }
    expect(startsOf(rate, [0, 0, 0, 0, 999, 1, 0, 5_000, 0, 0, 0]).map((ms) => ms - 1_000_000)).toEqual([
      ...[0, 0, 0, 1_000, 6_000, 6_000, 6_000],
    ])
  })

  test('no span of time has more starts than the burst and what came in meanwhile', () => {
    fc.assert(
      fc.property(rates, steps, (rate, stepsMs) => {
        const starts = startsOf(rate, stepsMs)
        for (const [first, fromMs] of starts.entries()) {
          for (const [last, toMs] of starts.entries()) {
            if (last < first) continue
            const most = rate.burst + ((toMs - fromMs) * rate.perMinute) / 60_000
            expect(last - first + 1).toBeLessThanOrEqual(most + 1e-6)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  test('the next token is there when it says, and not a millisecond before', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 1_000 }), (rate, taken) => {
        let bucket = fullBucket(rate, 0)
        for (let count = 0; count < Math.min(taken, rate.burst); count++) bucket = spent(bucket)
        for (let before = 0; before < Math.min(3, rate.burst); before++) {
          const atMs = tokenAtMs(bucket, rate, before)
          expect(tokensIn(refilled(bucket, rate, atMs))).toBeGreaterThan(before)
          if (atMs > 0) expect(tokensIn(refilled(bucket, rate, atMs - 1))).toBeLessThanOrEqual(before)
        }
      }),
    )
  })

  test('a clock that goes back gives nothing twice', () => {
    const rate = { perMinute: 60, burst: 1 }
    const empty = spent(fullBucket(rate, 10_000))
    expect(refilled(empty, rate, 5_000)).toEqual(empty)
    expect(tokensIn(refilled(refilled(empty, rate, 10_600), rate, 10_000))).toBe(0)
    expect(tokensIn(refilled(refilled(refilled(empty, rate, 10_600), rate, 10_000), rate, 10_999))).toBe(0)
  })
})
