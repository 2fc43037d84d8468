import { expect, test } from 'vitest'
import { simulate } from './simulation.ts'

const SEEDS_A_TEST = 25

/** One test for some seeds at a time. With `SEED=n` in the environment only that one runs, with all that was done in it. */
export function testSeeds(first: number, last: number, only: string | undefined): void {
  if (only !== undefined) {
    test(`seed ${only}`, async () => {
      const { findings, trace } = await simulate(Number(only))
      expect(findings, trace.join('\n')).toEqual([])
    })
    return
  }
  for (let from = first; from <= last; from += SEEDS_A_TEST) {
    const to = Math.min(last, from + SEEDS_A_TEST - 1)
    test(`seeds ${from} to ${to}: each nominal time has one run, and every store is whole`, async () => {
      for (let seed = from; seed <= to; seed++) {
        const { findings } = await simulate(seed)
        expect(findings, `SEED=${seed} npx vitest run --project simulation tests/simulation/seeds-1.test.ts`).toEqual(
          [],
        )
      }
    })
  }
}
