import { withSystem } from './system.ts'
import { manyAtOnce } from './w1-many-at-once.ts'

/** As many as one executor runs: the limit is there and holds little, so its own cost is seen. */
const LIMIT = { CONCURRENCY_MAX: '3000' }

/** W1 without and with a limit over all, each on a new system: how many executions end a second. */
export async function limited(jobs: number): Promise<{ openPerSecond: number; limitedPerSecond: number }> {
  const open = await withSystem((system) => manyAtOnce(system, jobs))
  const held = await withSystem((system) => manyAtOnce(system, jobs), LIMIT)
  return { openPerSecond: open.completedPerSecond, limitedPerSecond: held.completedPerSecond }
}
