import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { startLoop } from './loop.ts'
import { openStack } from './stack.ts'

const clock = systemClock()
const HOUR_MS = 3_600_000

test('a loop waits when there is nothing to do, and a wake ends the wait', async () => {
  let rounds = 0
  const loop = startLoop({ clock, pollMs: HOUR_MS, runOnce: async () => ++rounds < 0, onError: () => undefined })
  await expect.poll(() => rounds).toBe(1)
  loop.wake()
  await expect.poll(() => rounds).toBe(2)
  await loop.stop()
})

test('a wake during a round is not lost', async () => {
  let rounds = 0
  let finish = (): void => undefined
  const loop = startLoop({
    clock,
    pollMs: HOUR_MS,
    runOnce: () => {
      rounds += 1
      return rounds > 1 ? Promise.resolve(false) : new Promise<boolean>((resolve) => (finish = () => resolve(false)))
    },
    onError: () => undefined,
  })
  await expect.poll(() => rounds).toBe(1)
  loop.wake()
  finish()
  await expect.poll(() => rounds).toBe(2)
  await loop.stop()
})

test('a loop goes on after a round that failed', async () => {
  const errors: unknown[] = []
  let rounds = 0
  const loop = startLoop({
    clock,
    pollMs: HOUR_MS,
    async runOnce() {
      rounds += 1
      if (rounds === 1) throw new Error('away')
      return false
    },
    onError: (error) => errors.push(error),
  })
  await expect.poll(() => rounds).toBe(2)
  expect(errors).toHaveLength(1)
  await loop.stop()
  await loop.stop()
})

test('what was opened last is closed first, and a failure stops nothing', async () => {
  const closed: string[] = []
  const stack = openStack()
  stack.push('database', () => void closed.push('database'))
  stack.push('broker', () => Promise.reject(new Error('away')))
  stack.push('door', () => void closed.push('door'))
  expect(await stack.close()).toMatchObject([{ name: 'broker' }])
  expect(closed).toEqual(['door', 'database'])
  expect(await stack.close()).toEqual([])
})
