import { followLog, startLogging } from '../tests/e2e/follow-log.ts'
import { type BenchSystem, percentile } from './system.ts'

/** From a task's write to a subscriber, to the millisecond of the two clocks, at a steady rate of lines. */
export async function logTail(
  { client }: BenchSystem,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<{ readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number }> {
  const waits: number[] = []
  const executionId = await startLogging(client, perSecond * seconds, perSecond)
  const subscribedMs = Date.now()
  const follower = followLog(
    client,
    executionId,
    () => client.url,
    ({ node }) => {
      // A time of day is cut to its millisecond: on average half a millisecond too early.
      const writtenMs = Date.parse(node.at) + 0.5
      if (writtenMs > subscribedMs) waits.push(performance.timeOrigin + performance.now() - writtenMs)
    },
  )
  await follower.ended
  if (follower.lines.length !== perSecond * seconds) throw new Error(`${follower.lines.length} lines came`)
  waits.sort((one, other) => one - other)
  return { p50Ms: percentile(waits, 0.5), p95Ms: percentile(waits, 0.95), p99Ms: percentile(waits, 0.99) }
}
