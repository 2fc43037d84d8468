import { type ApiClient, openApiClient, signUp } from '#platform/testing'
import { eventually } from '../e2e/world.ts'
import type { Target } from '../faults/checker.ts'
import { check, type Finding } from '../faults/checker.ts'
import { CATCHING_UP, caughtUp, everyTargets, readRuns, readSkips } from '../faults/history.ts'
import type { Sink } from '../faults/sink.ts'

/** Jobs that fire every second, each run of which tells the world outside. */
export interface Load {
  readonly client: ApiClient
  readonly jobIds: readonly string[]
  /** Archives the jobs, waits until all that was due has been done, and compares it with what should have been. */
  verdict(gatewayUrl: string): Promise<{ readonly findings: readonly Finding[]; readonly targets: number }>
}

const EVERY_MS = 1_000
const HEARD_MS_MAX = 15_000
const QUIET_MS = 5_000
const SETTLE_MS_MAX = 60_000
const PASSWORD = 'correct horse battery'

/** Signs somebody up and creates their jobs. */
export async function startLoad(gatewayUrl: string, sink: Sink, jobs: number): Promise<Load> {
  const client = await signUp(openApiClient(gatewayUrl), 'load', PASSWORD)
  const params = { method: 'POST', url: sink.url }
  const input = { jobType: 'HTTP', schedule: '@every 1s', params, ...CATCHING_UP }
  const { createJobs } = await client.data<{ createJobs: readonly { id: string; createdAt: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id createdAt } }',
    { inputs: Array.from({ length: jobs }, () => input) },
  )
  const jobIds = createJobs.map(({ id }) => id)
  return {
    client,
    jobIds,
    async verdict(url) {
      const { body } = await openApiClient(url).rest('POST', '/auth/login', { username: 'load', password: PASSWORD })
      const own = openApiClient(url, body.token)
      await caughtUp(own, jobIds, SETTLE_MS_MAX)
      const targets: Target[] = []
      const archivedAt = new Map<string, number>()
      const versions = new Map<string, number>()
      for (const { id, createdAt } of createJobs) {
        const { archiveJob } = await own.data<{ archiveJob: { updatedAt: string; version: number } }>(
          'mutation ($id: ID!) { archiveJob(id: $id) { updatedAt version } }',
          { id },
        )
        versions.set(id, archiveJob.version)
        archivedAt.set(id, new Date(archiveJob.updatedAt).getTime())
        targets.push(...everyTargets(id, EVERY_MS, new Date(createdAt), new Date(archiveJob.updatedAt)))
      }
      await heard(own, versions)
      const heardMs = performance.now()
      const endMs = heardMs + SETTLE_MS_MAX
      for (;;) {
        // Before the runs are read, which takes a while: no effect may come that they do not know.
        const isQuiet = performance.now() - heardMs > QUIET_MS
        const runs = await readRuns(own)
        const skips = await readSkips(own)
        const isDone =
          runs.length + skips.length >= targets.length && runs.every(({ status }) => status === 'SUCCEEDED')
        if ((isDone && isQuiet) || performance.now() > endMs) {
          // What fell due while the schedulers had not heard of the archiving yet, was right to run.
          const late = runs.filter(({ jobId, nominalAt }) => {
            const afterMs = new Date(nominalAt).getTime() - (archivedAt.get(jobId) ?? 0)
            return afterMs > 0 && afterMs < HEARD_MS_MAX
          })
          return { findings: check([...targets, ...late], runs, sink.effects(), skips), targets: targets.length }
        }
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    },
  }
}

/** Waits until the schedulers have applied these versions of jobs. */
async function heard(client: ApiClient, versions: ReadonlyMap<string, number>): Promise<void> {
  const query = 'query ($id: ID!) { job(id: $id) { appliedVersion } }'
  for (const [id, version] of versions)
    await eventually(
      async () => (await client.data<{ job: { appliedVersion: number } }>(query, { id })).job.appliedVersion,
      (applied) => applied >= version,
      SETTLE_MS_MAX,
    )
}

/** Lets the system work for a while, as the world does. */
export function pass(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
