import { expect, test } from 'vitest'
import { simulateWhen } from './simulate-when.ts'

const SEEDS_A_TEST = 50

/** One test for some seeds at a time. With `SEED=n` in the environment only that one runs, with all that was done in it. */
export function testWhenSeeds(first: number, last: number, only: string | undefined): void {
  if (only !== undefined) {
    test(`seed ${only}`, async () => {
      const { findings, trace } = await simulateWhen(Number(only))
      expect(findings, trace.join('\n')).toEqual([])
    })
    return
  }
  for (let from = first; from <= last; from += SEEDS_A_TEST) {
    const to = Math.min(last, from + SEEDS_A_TEST - 1)
    test(`seeds ${from} to ${to}: each nominal time has the one record that it must have`, async () => {
      for (let seed = from; seed <= to; seed++) {
        const { findings } = await simulateWhen(seed)
        const replay = `SEED=${seed} npx vitest run --project simulation tests/simulation/occurrences/seeds-1.test.ts`
        expect(findings, replay).toEqual([])
      }
    })
  }
}
