import { expect, test } from 'vitest'
import type { DomainError } from '#platform/domain'
import { movedClock } from '#platform/testing'
import { makeThrottle, type Throttle } from './throttle.ts'

const clockAtStart = (): ReturnType<typeof movedClock> => movedClock(new Date('2026-11-23T12:00:00Z'))

/** How many of some attempts are let through. */
function allowed(throttle: Throttle, key: string, attempts: number): number {
  let count = 0
  for (let attempt = 0; attempt < attempts; attempt++) if (waitFor(throttle, key) === 0) count += 1
  return count
}

function waitFor(throttle: Throttle, key: string): unknown {
  try {
    throttle.take(key)
    return 0
  } catch (error) {
    return (error as DomainError).details.retryAfterMs
  }
}

test('so many attempts at once, then one each interval, after the wait that was told', async () => {
  const clock = clockAtStart()
  const throttle = makeThrottle({ clock, attemptsMax: 10, windowMs: 1_000 })
  expect(allowed(throttle, 'one', 25)).toBe(10)
  expect(allowed(throttle, 'other', 25)).toBe(10)
  expect(waitFor(throttle, 'one')).toBe(100)
  await clock.advance(99)
  expect(waitFor(throttle, 'one')).toBe(1)
  await clock.advance(1)
  expect(allowed(throttle, 'one', 5)).toBe(1)
  await clock.advance(10_000)
  expect(allowed(throttle, 'one', 25)).toBe(10)
})

test('an attempt that is given back may be made again', () => {
  const throttle = makeThrottle({ clock: clockAtStart(), attemptsMax: 2, windowMs: 1_000 })
  expect(allowed(throttle, 'one', 2)).toBe(2)
  throttle.giveBack('one')
  throttle.giveBack('unknown')
  expect(allowed(throttle, 'one', 5)).toBe(1)
})

test('a flood of keys frees nobody: those who do not fit share one count', async () => {
  const clock = clockAtStart()
  const throttle = makeThrottle({ clock, attemptsMax: 2, windowMs: 1_000, keysMax: 100 })
  expect(allowed(throttle, 'victim', 3)).toBe(2)
  for (let index = 0; index < 10_000; index++) waitFor(throttle, `made-up-${index}`)
  expect(allowed(throttle, 'victim', 3)).toBe(0)
  expect(allowed(throttle, 'newcomer', 3)).toBe(0)
  await clock.advance(1_000)
  expect(allowed(throttle, 'newcomer', 3)).toBe(2)
})
