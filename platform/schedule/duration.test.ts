import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationMs, durationText } from './duration.ts'

describe('a duration', () => {
  test.each([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1h30m', 5_400_000],
    ['1s500ms', 1_500],
    ['2d', 172_800_000],
    ['0s', 0],
    ['90m', 5_400_000],
    ['PT30S', 30_000],
    ['PT1H30M', 5_400_000],
    ['PT1.5S', 1_500],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms)
  })

  test.each(['', '30', 's', '30m1h', '1h1h', '-1s', '1.5s', ' 1s', 'P', 'PT', 'P1DT', 'P1M', 'P1Y', 'pt1s', 'PT1S30M'])(
    '%j is none',
    (text) => {
      expect(durationMs(text)).toBeNull()
    },
  )

  test.each([
    [0, '0s'],
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [1_500, '1s500ms'],
  ])('%i ms is written %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  test('is read back as it was written', () => {
    fc.assert(fc.property(fc.nat({ max: 1e12 }), (ms) => durationMs(durationText(ms)) === ms))
  })
})
