import { expect, test } from 'vitest'
import { simulateAttempts } from './simulate-attempts.ts'

const SEEDS_A_TEST = 20

/** What a range of seeds must have seen for its silence to mean something. */
const SEEN = [
  'AttemptLost',
  'AttemptTimedOut',
  'CancelAcknowledged',
  'ExecutionCancelled',
  'ExecutionExpired',
  'RetryDue',
]

/** One test for some seeds at a time. With `SEED=n` in the environment only that one runs, with all that was done in it. */
export function testAttemptSeeds(first: number, last: number, only: string | undefined): void {
  if (only !== undefined) {
    test(`seed ${only}`, async () => {
      const { findings, trace } = await simulateAttempts(Number(only))
      expect(findings, trace.join('\n')).toEqual([])
    })
    return
  }
  const seen = new Set<string>()
  for (let from = first; from <= last; from += SEEDS_A_TEST) {
    const to = Math.min(last, from + SEEDS_A_TEST - 1)
    test(`seeds ${from} to ${to}: each execution ends once, as its policy says, whatever dies`, async () => {
      for (let seed = from; seed <= to; seed++) {
        const { findings, events } = await simulateAttempts(seed)
        const replay = `SEED=${seed} npx vitest run --project simulation tests/simulation/attempts/seeds.test.ts`
        expect(findings, replay).toEqual([])
        for (const type of Object.keys(events)) seen.add(type)
      }
    })
  }
  test('something happened in them', () => {
    expect(SEEN.filter((type) => !seen.has(type))).toEqual([])
  })
}
