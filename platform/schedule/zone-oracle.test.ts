import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seeded } from '#platform/testing'
import { clockChanges, someClockChanges } from './testing/clock-changes.ts'
import { compareAround, disagreement, evaluator } from './testing/comparison.ts'
import { isLongComparison } from './testing/config.ts'
import { secondsNear } from './testing/expressions.ts'
import { clockAround, readSlowClock, wallReader } from './testing/slow-clock.ts'
import { wallTimeOf } from './wall-time.ts'

const HOUR_MS = 3_600_000
const EXPRESSIONS = 6
const SEED = 5
const INSTANTS = isLongComparison ? 2_000 : 100

describe('in every zone whose clocks change', () => {
  const changes = isLongComparison ? clockChanges() : someClockChanges(seeded(SEED))
  const zones = [...new Set(changes.map(({ timeZone }) => timeZone))]

  test('the evaluator agrees with a clock that is read minute by minute', { timeout: 3_600_000 }, () => {
    const { wrong, compared } = compareAround(evaluator, changes.values().map(clockAround), EXPRESSIONS, SEED)
    expect(wrong).toBeNull()
    expect(compared).toBe(changes.length * EXPRESSIONS)
    expect(zones.length).toBeGreaterThan(240)
    if (isLongComparison)
      process.stdout.write(`${compared} expressions, ${changes.length} changes, ${zones.length} zones\n`)
  })

  test('and second by second', { timeout: 600_000 }, () => {
    const draw = seeded(SEED)
    const drawn = changes.filter(() => draw() < (isLongComparison ? 200 : 12) / changes.length)
    for (const { timeZone, atMs, hour } of drawn) {
      const clock = readSlowClock(timeZone, atMs - HOUR_MS, atMs + 2 * HOUR_MS, 1_000)
      for (const expression of fc.sample(secondsNear(hour), { numRuns: EXPRESSIONS, seed: SEED })) {
        expect(disagreement(evaluator, clock, expression, draw)).toBeNull()
      }
    }
  })

  test('the clock of Intl is the one that the evaluator reads, at any instant', { timeout: 3_600_000 }, () => {
    const draw = seeded(SEED)
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const read = wallReader(timeZone)
      for (let index = 0; index < INSTANTS; index++) {
        const at = new Date(Math.floor(Date.UTC(2000, 0, 1) + draw() * 38 * 365.25 * 24 * HOUR_MS))
        at.setUTCMilliseconds(0)
        expect(Date.parse(`${wallTimeOf(at, timeZone).slice(0, 19)}Z`), `${timeZone} ${at.toISOString()}`).toBe(
          read(at.getTime()),
        )
      }
    }
  })

  test('no two changes are so near that one could fall into the gap or the repeat of another', () => {
    const all = clockChanges()
    for (const [index, { timeZone, atMs }] of all.entries()) {
      const next = all[index + 1]
      if (next?.timeZone === timeZone) expect(next.atMs - atMs, timeZone).toBeGreaterThan(24 * HOUR_MS)
    }
  })
})
