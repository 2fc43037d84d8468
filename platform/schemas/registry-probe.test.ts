import { expect, test } from 'vitest'
import { openRegistryProbe } from './registry-probe.ts'

/** A registry that answers or not, and a clock that a test moves. */
function openScene() {
  const scene = { nowMs: 0, asked: 0, answers: true, isLate: false, aborted: 0 }
  const clock = {
    monotonicMs: () => scene.nowMs,
    sleep: () => (scene.isLate ? Promise.resolve() : new Promise<void>(() => undefined)),
  }
  const ask = async (signal: AbortSignal): Promise<void> => {
    scene.asked += 1
    signal.addEventListener('abort', () => {
      scene.aborted += 1
    })
    if (scene.isLate) await new Promise(() => undefined)
    if (!scene.answers) throw new Error('connection refused')
  }
  return { scene, probe: openRegistryProbe(ask, clock) }
}

test('a registry is asked every 3 s at most, by all who want to know together', async () => {
  const { scene, probe } = openScene()
  expect(await Promise.all([probe.isThere(), probe.isThere()])).toEqual([true, true])
  scene.nowMs = 2_999
  expect([await probe.isThere(), scene.asked]).toEqual([true, 1])
  scene.nowMs = 3_000
  expect([await probe.isThere(), scene.asked]).toEqual([true, 2])
})

test('one that goes away is noticed, and so is that it is back', async () => {
  const { scene, probe } = openScene()
  const told: boolean[] = []
  for (const answers of [true, false, false, true]) {
    scene.answers = answers
    scene.nowMs += 3_000
    told.push(await probe.isThere())
  }
  expect(told).toEqual([true, false, false, true])
})

test('one that does not answer in time is away, and nothing is left waiting for it', async () => {
  const { scene, probe } = openScene()
  scene.isLate = true
  expect(await probe.isThere()).toBe(false)
  expect(scene.aborted).toBe(1)
})

test('what other requests have shown is believed', async () => {
  const { scene, probe } = openScene()
  probe.saw(false)
  expect([await probe.isThere(), scene.asked]).toEqual([false, 0])
  probe.saw(true)
  expect([await probe.isThere(), scene.asked]).toEqual([true, 0])
})
