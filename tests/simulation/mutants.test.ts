import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { simulate } from './simulation.ts'
import type { Plant } from './world.ts'

const SEEDS_MAX = 40

/** The first seed that has a finding under a mutant, or nothing. */
async function seedThatFinds(plant: Plant): Promise<number | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) if ((await simulate(seed, plant)).findings.length > 0) return seed
  return undefined
}

test.each(Object.entries(mutants))('%s is found', async (_name, plant) => {
  expect(await seedThatFinds(plant)).toBeLessThanOrEqual(SEEDS_MAX)
})

test('a seed tells the same story twice, and another seed another one', async () => {
  for (const seed of [3, 25, 305]) {
    const [once, again] = [await simulate(seed), await simulate(seed)]
    expect(again.traceHash).toBe(once.traceHash)
  }
  expect((await simulate(3)).traceHash).not.toBe((await simulate(4)).traceHash)
})
