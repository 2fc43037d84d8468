import { type BenchSystem, percentile, withSystem } from './system.ts'

/** So few places that a workspace waits for itself, too. */
const PLACES = { CONCURRENCY_MAX: '2' }
const SLEEP_MS = 100
const JOBS_A_CALL = 10_000
const B_JOBS = 10
const BACKLOG_MS_MAX = 10 * 60_000

/** What a workspace waits from queue to start, alone and beside the backlog of another one: p95 of ten runs, in ms. */
export async function besideBacklog(backlog: number): Promise<{ aloneMs: number; besideMs: number }> {
  return withSystem(async (system) => {
    const aloneMs = await waitOf(system, 'alone')
    for (let queued = 0; queued < backlog; queued += JOBS_A_CALL) await create(system.client, JOBS_A_CALL)
    await until(async () => (await queuedIn(system)) >= backlog)
    return { aloneMs, besideMs: await waitOf(system, 'beside') }
  }, PLACES)
}

/** @returns their ids, for SQL */
async function create(client: BenchSystem['client'], jobs: number): Promise<string> {
  const input = { jobType: 'SLEEP', schedule: '@now', params: { durationMs: SLEEP_MS } }
  const { createJobs } = await client.data<{ createJobs: readonly { readonly id: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }',
    { inputs: Array.from({ length: jobs }, () => input) },
  )
  return createJobs.map(({ id }) => `'${id}'`).join(', ')
}

async function waitOf(system: BenchSystem, name: string): Promise<number> {
  const ids = await create(await system.user(name), B_JOBS)
  const started = `select queued_at, started_at from executions where job_id in (${ids}) and started_at is not null`
  const rows = (): Promise<readonly { queued_at: number; started_at: number }[]> => system.rows('executions', started)
  await until(async () => (await rows()).length === B_JOBS)
  const waits = (await rows()).map(({ queued_at, started_at }) => started_at - queued_at).sort((a, b) => a - b)
  return percentile(waits, 0.95)
}

async function queuedIn({ rows }: BenchSystem): Promise<number> {
  const [row] = await rows<{ total: number }>('executions', 'select count(*) as total from executions')
  return Number(row?.total ?? 0)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + BACKLOG_MS_MAX
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error('not within ten minutes')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
