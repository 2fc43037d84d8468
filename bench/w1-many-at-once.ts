import type { BenchSystem } from './system.ts'

const POLL_MS = 100
const WAIT_MS_MAX = 120_000

/** 10,000 jobs that run at once, by one call: how fast they are taken, and how fast the last of them has ended. */
export async function manyAtOnce(
  { client, rows }: BenchSystem,
  jobs: number,
): Promise<{ enqueuedPerSecond: number; completedPerSecond: number }> {
  const inputs = Array.from({ length: jobs }, (_, index) => ({
    jobType: 'ECHO',
    schedule: '@now',
    params: { index },
  }))
  const startedMs = Date.now()
  await client.data('mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }', { inputs })
  const enqueuedMs = Date.now()
  for (;;) {
    const { executions } = await client.data<{ executions: { totalCount: number } }>(
      '{ executions(filter: { statuses: [SUCCEEDED] }, first: 1) { totalCount } }',
    )
    if (executions.totalCount >= jobs) break
    if (Date.now() - startedMs > WAIT_MS_MAX) throw new Error(`only ${executions.totalCount} of ${jobs} completed`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  const [last] = rows<{ finished_at: number }>('executions', 'select max(finished_at) as finished_at from executions')
  return {
    enqueuedPerSecond: (jobs / (enqueuedMs - startedMs)) * 1_000,
    completedPerSecond: (jobs / ((last?.finished_at ?? 0) - startedMs)) * 1_000,
  }
}
