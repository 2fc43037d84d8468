import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSharedClock, type SharedClock } from './shared-clock.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.parse('2026-11-23T10:00:00Z')

/** A machine whose time the test moves, and processes on it whose wall clocks are off. */
function machine() {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-clock-'))
  let uptimeMs = 5_000
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return {
    pass(ms: number) {
      uptimeMs += ms
    },
    /** @param ahead how far the process's own clock is ahead, which the test may change */
    process(ahead: { ms: number }): SharedClock {
      const own = { now: () => new Date(START_MS + uptimeMs + ahead.ms) }
      const clock = openSharedClock({ path: join(folder, 'jobs.sqlite'), own, uptimeMs: () => uptimeMs })
      onTestFinished(() => {
        try {
          clock.release()
        } catch {
          // The test has released it, as the death of its process would.
        }
      })
      return clock
    },
    aheadMs: (clock: SharedClock) => clock.now().getTime() - START_MS - uptimeMs,
  }
}

test('a process an hour ahead has the time of the one that was first', () => {
  const { process, aheadMs, pass } = machine()
  const first = process({ ms: 0 })
  const ahead = process({ ms: HOUR_MS })
  expect(aheadMs(ahead)).toBe(0)
  pass(10_000)
  expect([aheadMs(first), aheadMs(ahead)]).toEqual([0, 0])
})

test('when the holder dies, the time goes on as it was, whoever holds it', () => {
  const { process, aheadMs, pass } = machine()
  const first = process({ ms: 0 })
  const ahead = process({ ms: HOUR_MS })
  first.release()
  pass(1_000)
  expect(aheadMs(ahead)).toBe(0)
  const third = process({ ms: -HOUR_MS })
  pass(1_000)
  expect([aheadMs(ahead), aheadMs(third)]).toEqual([0, 0])
})

test('a jump of the holder is a jump for all', () => {
  const { process, aheadMs, pass } = machine()
  const holder = { ms: 0 }
  const first = process(holder)
  const second = process({ ms: 0 })
  holder.ms = -HOUR_MS
  expect(aheadMs(first)).toBe(-HOUR_MS)
  pass(1_000)
  expect(aheadMs(second)).toBe(-HOUR_MS)
})

test('a process that is alone believes its own clock', () => {
  const { process, aheadMs } = machine()
  process({ ms: 0 }).release()
  expect(aheadMs(process({ ms: HOUR_MS }))).toBe(HOUR_MS)
})

test('the next holder brings in a small correction', () => {
  const { process, aheadMs, pass } = machine()
  const first = process({ ms: 0 })
  const second = process({ ms: 40 })
  expect(aheadMs(second)).toBe(0)
  first.release()
  pass(1_000)
  expect(aheadMs(second)).toBe(40)
})
