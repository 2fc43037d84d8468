import { expect, test } from 'vitest'
import { makeGate } from './gate.ts'

test('few run at once, a few wait in order, the rest is refused', async () => {
  const gate = makeGate({ runningMax: 2, waitingMax: 3 })
  const running: { name: number; finish: () => void }[] = []
  const started: number[] = []
  let most = 0
  const work = (name: number): Promise<number> =>
    gate.run(async () => {
      started.push(name)
      await new Promise<void>((finish) => {
        running.push({ name, finish })
        most = Math.max(most, running.length)
      })
      return name
    })
  const results = [1, 2, 3, 4, 5].map(work)
  await expect(work(6)).rejects.toMatchObject({ code: 'OVERLOADED', details: { retryAfterMs: 1_000 } })
  while (started.length < 5 || running.length > 0) {
    running.shift()?.finish()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5])
  expect(started).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
})

test('work that fails leaves its place to the next', async () => {
  const gate = makeGate({ runningMax: 1, waitingMax: 10 })
  const fails = gate.run(() => Promise.reject(new Error('no')))
  const works = gate.run(async () => 'yes')
  await expect(fails).rejects.toThrow('no')
  expect(await works).toBe('yes')
  expect(await gate.run(async () => 'again')).toBe('again')
})
