import { type BenchSystem, percentile } from './system.ts'

/** One job after another at a steady rate: from the call to the start of its task, to the millisecond of the two clocks. */
export async function oneByOne(
  { client, rows }: BenchSystem,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<{ p50Ms: number; p99Ms: number }> {
  const calledMs = new Map<string, number>()
  const call = async (): Promise<void> => {
    const atMs = performance.timeOrigin + performance.now()
    const { createJob } = await client.data<{ createJob: { id: string } }>(
      'mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }',
      { input: { jobType: 'ECHO', schedule: '@now', params: { message: 'w2' } } },
    )
    calledMs.set(createJob.id, atMs)
  }
  for (let warm = 0; warm < 200; warm++) await call()
  calledMs.clear()

  const calls: Promise<void>[] = []
  const startedMs = performance.now()
  for (let index = 0; index < perSecond * seconds; index++) {
    const dueMs = startedMs + (index * 1_000) / perSecond
    await new Promise((resolve) => setTimeout(resolve, Math.max(1, dueMs - performance.now())))
    calls.push(call())
  }
  await Promise.all(calls)
  await new Promise((resolve) => setTimeout(resolve, 1_000))

  const waits: number[] = []
  for (const row of await rows<{ job_id: string; started_at: number }>(
    'executions',
    'select job_id, started_at from executions',
  )) {
    const atMs = calledMs.get(row.job_id)
    // A time of day is cut to its millisecond: on average half a millisecond too early.
    if (atMs !== undefined) waits.push(row.started_at + 0.5 - atMs)
  }
  waits.sort((one, other) => one - other)
  if (waits.length !== calledMs.size) throw new Error(`${waits.length} of ${calledMs.size} started`)
  return { p50Ms: percentile(waits, 0.5), p99Ms: percentile(waits, 0.99) }
}
