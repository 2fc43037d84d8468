import { expect, test } from 'vitest'
import { whenMutants } from './mutants.ts'
import { simulateWhen } from './simulate-when.ts'
import type { WhenPlant } from './when-world.ts'

const SEEDS_MAX = 150

/** The first seed that has a finding under a mutant, or nothing. */
async function seedThatFinds(plant: WhenPlant): Promise<number | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) if ((await simulateWhen(seed, plant)).findings.length > 0) return seed
  return undefined
}

test.each(Object.entries(whenMutants))('%s: it is found', async (_name, plant) => {
  expect(await seedThatFinds(plant)).toBeLessThanOrEqual(SEEDS_MAX)
})

test('a seed tells the same story twice, and another seed another one', async () => {
  for (const seed of [3, 27, 132]) {
    const [once, again] = [await simulateWhen(seed), await simulateWhen(seed)]
    expect(again.traceHash).toBe(once.traceHash)
  }
  expect((await simulateWhen(3)).traceHash).not.toBe((await simulateWhen(4)).traceHash)
})
