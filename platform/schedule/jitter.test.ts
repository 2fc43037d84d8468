import { describe, expect, test } from 'vitest'
import { jitteredAt } from './jitter.ts'

const NOMINAL = new Date('2026-11-23T12:00:00Z')
const MINUTE_MS = 60_000
const NEXT = new Date(NOMINAL.getTime() + MINUTE_MS)
const delays = (jitterMs: number, next: Date | null): number[] =>
  Array.from(
    { length: 2_000 },
    (_, job) => Number(jitteredAt(`job-${job}`, 'schedule', NOMINAL, jitterMs, next)) - +NOMINAL,
  )

describe('jitteredAt', () => {
  test('is the same whoever asks', () => {
    const ask = (): Date => jitteredAt('job', 'schedule', NOMINAL, MINUTE_MS, NEXT)
    expect(ask()).toEqual(ask())
  })

  test('is another one for another job, cause or time', () => {
    const one = jitteredAt('job', 'schedule', NOMINAL, MINUTE_MS, NEXT)
    expect(jitteredAt('other', 'schedule', NOMINAL, MINUTE_MS, NEXT)).not.toEqual(one)
    expect(jitteredAt('job', 'backfill:1', NOMINAL, MINUTE_MS, NEXT)).not.toEqual(one)
    const later = new Date(NOMINAL.getTime() + 1)
    expect(+jitteredAt('job', 'schedule', later, MINUTE_MS, null) - +later).not.toBe(+one - +NOMINAL)
  })

  test('spreads evenly from the nominal time to the whole jitter', () => {
    const found = delays(MINUTE_MS, null)
    for (let part = 0; part < 10; part++) {
      const inPart = found.filter((ms) => Math.floor(ms / (MINUTE_MS / 10)) === part).length
      expect(inPart).toBeGreaterThan(130)
      expect(inPart).toBeLessThan(270)
    }
  })

  test('never reaches the next nominal time, and spreads before it just as evenly', () => {
    const found = delays(3_600_000, NEXT)
    expect(Math.max(...found)).toBeLessThan(MINUTE_MS)
    expect(found.filter((ms) => ms >= MINUTE_MS / 2).length).toBeGreaterThan(850)
    expect(found.filter((ms) => ms >= MINUTE_MS / 2).length).toBeLessThan(1_150)
  })

  test('is the nominal time itself where there is no room', () => {
    expect(jitteredAt('job', 'schedule', NOMINAL, 0, NEXT)).toEqual(NOMINAL)
    expect(jitteredAt('job', 'schedule', NOMINAL, 500, new Date(NOMINAL.getTime() + 1))).toEqual(NOMINAL)
  })
})
