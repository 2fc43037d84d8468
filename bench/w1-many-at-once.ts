import type { BenchSystem } from './system.ts'

// The figure is read from the rows: how often somebody looks only costs the system.
const POLL_MS = 500
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
  // Looked at from this process, in the file, so that the looking costs the system nothing.
  const ended = `select count(*) as ended, max(finished_at) as finished_at from executions where status = 'SUCCEEDED'`
  for (;;) {
    const [last] = await rows<{ ended: number; finished_at: number }>('executions', ended)
    if (last?.ended === jobs) return figures(jobs, startedMs, enqueuedMs, last.finished_at)
    if (Date.now() - startedMs > WAIT_MS_MAX) throw new Error(`only ${last?.ended} of ${jobs} completed`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function figures(
  jobs: number,
  startedMs: number,
  enqueuedMs: number,
  finishedMs: number,
): { enqueuedPerSecond: number; completedPerSecond: number } {
  return {
    enqueuedPerSecond: (jobs / (enqueuedMs - startedMs)) * 1_000,
    completedPerSecond: (jobs / (finishedMs - startedMs)) * 1_000,
  }
}
