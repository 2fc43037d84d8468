import { expect, test } from 'vitest'
import type { Plant } from '../world.ts'
import { attemptMutants } from './mutants.ts'
import { simulateAttempts } from './simulate-attempts.ts'

const SEEDS_MAX = 120

/** The first seed that has a finding under a mutant, or nothing. */
async function seedThatFinds(plant: Plant): Promise<number | undefined> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    if ((await simulateAttempts(seed, plant)).findings.length > 0) return seed
  }
  return undefined
}

test.each(Object.entries(attemptMutants))('%s is found', async (_name, plant) => {
  expect(await seedThatFinds(plant)).toBeLessThanOrEqual(SEEDS_MAX)
})

test('a seed tells the same story twice, and another seed another one', async () => {
  const [once, again, another] = [await simulateAttempts(3), await simulateAttempts(3), await simulateAttempts(4)]
  expect(again.traceHash).toBe(once.traceHash)
  expect(another.traceHash).not.toBe(once.traceHash)
})
