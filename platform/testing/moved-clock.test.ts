import { expect, test } from 'vitest'
import { movedClock } from './moved-clock.ts'

const start = new Date('2026-11-23T00:00:00Z')

test('sleepers wake at their moments, in order, also those who sleep again', async () => {
  const clock = movedClock(start)
  const seen: string[] = []
  const at = (name: string): void => void seen.push(`${name} ${clock.now().getTime() - start.getTime()}`)
  void clock.sleep(300).then(() => at('late'))
  void clock.sleep(100).then(async () => {
    at('early')
    await clock.sleep(100)
    at('again')
  })
  await clock.advance(99)
  expect(seen).toEqual([])
  await clock.advance(1_000)
  expect(seen).toEqual(['early 100', 'again 200', 'late 300'])
  expect(clock.now().getTime()).toBe(start.getTime() + 1_099)
})

test('a wall clock that is set wakes nobody', async () => {
  const clock = movedClock(start)
  let woke = false
  void clock.sleep(1_000).then(() => (woke = true))
  clock.setWall(new Date(start.getTime() + 3_600_000))
  await clock.settle()
  expect(woke).toBe(false)
  expect(clock.nextWakeMs()).toBe(1_000)
})

test('a sleep ends early when it is aborted', async () => {
  const clock = movedClock(start)
  const stop = new AbortController()
  const slept = clock.sleep(1_000, stop.signal)
  stop.abort()
  await slept
  expect(clock.nextWakeMs()).toBeUndefined()
})

test('two clocks of the same seed draw the same ids', () => {
  const ids = (seed: number): string[] => Array.from({ length: 3 }, movedClock(start, seed).newId)
  expect(ids(1)).toEqual(ids(1))
  expect(ids(1)).not.toEqual(ids(2))
})
