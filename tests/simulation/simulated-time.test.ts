import { expect, test } from 'vitest'
import { simulatedTime } from './simulated-time.ts'

const START_MS = Date.parse('2026-11-23T09:00:00Z')

test('a sleeper wakes at its moment, and a turn that it takes then is of that moment', async () => {
  const time = simulatedTime(START_MS, 1)
  const { clock } = time.process({ name: 'p', seed: 1, aheadMs: 5_000 })
  const woken: number[] = []
  void (async () => {
    await clock.sleep(100)
    await clock.turn()
    woken.push(clock.now().getTime() - time.nowMs(), clock.monotonicMs())
  })()
  await time.advance(99)
  expect(woken).toEqual([])
  await time.advance(1_000)
  expect(woken).toEqual([5_000, 100])
})

test('a frozen process goes on when it thaws, a dead one never', async () => {
  const time = simulatedTime(START_MS, 1)
  const [frozen, dead] = [time.process({ name: 'frozen', seed: 1 }), time.process({ name: 'dead', seed: 2 })]
  const seen: string[] = []
  for (const process of [frozen, dead]) {
    void process.clock.sleep(10).then(() => seen.push(process.name))
    void process.clock.turn().then(() => process.clock.turn().then(() => seen.push(`${process.name} turned`)))
  }
  frozen.freeze()
  dead.kill()
  await time.advance(1_000)
  expect(seen).toEqual([])
  frozen.thaw()
  dead.thaw()
  await time.advance(1_000)
  expect(seen.toSorted()).toEqual(['frozen', 'frozen turned'])
})

test('what ends is waited for, and what never ends is said to', async () => {
  const time = simulatedTime(START_MS, 1)
  const { clock } = time.process({ name: 'p', seed: 1 })
  expect(await time.finish(clock.sleep(60_000).then(() => clock.monotonicMs()))).toBe(60_000)
  await expect(time.finish(clock.sleep(60_000), 1_000)).rejects.toThrow('does not end')
})

test('who waits for no time at all, for ever, does not hold the test', async () => {
  const time = simulatedTime(START_MS, 1)
  const { clock } = time.process({ name: 'p', seed: 1 })
  void (async () => {
    for (;;) await clock.sleep(0)
  })()
  await expect(time.advance(1)).rejects.toThrow('no time at all')
})
