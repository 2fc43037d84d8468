import { type ApiClient, openApiClient, signUp } from '#platform/testing'
import type { Target } from '../faults/checker.ts'
import { check, type Finding } from '../faults/checker.ts'
import { everyTargets, readRuns } from '../faults/history.ts'
import type { Sink } from '../faults/sink.ts'

/** Jobs that fire every second, each run of which tells the world outside. */
export interface Load {
  readonly client: ApiClient
  readonly jobIds: readonly string[]
  /** Archives the jobs, waits until all that was due has been done, and compares it with what should have been. */
  verdict(gatewayUrl: string): Promise<{ readonly findings: readonly Finding[]; readonly targets: number }>
}

const EVERY_MS = 1_000
const HEARD_MS_MAX = 5_000
const SETTLE_MS_MAX = 60_000
const PASSWORD = 'correct horse battery'

/** Signs somebody up and creates their jobs. */
export async function startLoad(gatewayUrl: string, sink: Sink, jobs: number): Promise<Load> {
  const client = await signUp(openApiClient(gatewayUrl), 'load', PASSWORD)
  const input = { jobType: 'HTTP', schedule: '@every 1s', params: { method: 'POST', url: sink.url } }
  const { createJobs } = await client.data<{ createJobs: readonly { id: string; createdAt: string }[] }>(
    'mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id createdAt } }',
    { inputs: Array.from({ length: jobs }, () => input) },
  )
  return {
    client,
    jobIds: createJobs.map(({ id }) => id),
    async verdict(url) {
      const { body } = await openApiClient(url).rest('POST', '/auth/login', { username: 'load', password: PASSWORD })
      const own = openApiClient(url, body.token)
      const targets: Target[] = []
      const archivedAt = new Map<string, number>()
      for (const { id, createdAt } of createJobs) {
        const { archiveJob } = await own.data<{ archiveJob: { updatedAt: string } }>(
          'mutation ($id: ID!) { archiveJob(id: $id) { updatedAt } }',
          { id },
        )
        archivedAt.set(id, new Date(archiveJob.updatedAt).getTime())
        targets.push(...everyTargets(id, EVERY_MS, new Date(createdAt), new Date(archiveJob.updatedAt)))
      }
      const archivedMs = performance.now()
      const endMs = archivedMs + SETTLE_MS_MAX
      for (;;) {
        const runs = await readRuns(own)
        const isDone = runs.length >= targets.length && runs.every(({ status }) => status === 'SUCCEEDED')
        const isQuiet = performance.now() - archivedMs > HEARD_MS_MAX
        if ((isDone && isQuiet) || performance.now() > endMs) {
          // What fell due while the schedulers had not heard of the archiving yet, was right to run.
          const late = runs.filter(({ jobId, nominalAt }) => {
            const afterMs = new Date(nominalAt).getTime() - (archivedAt.get(jobId) ?? 0)
            return afterMs > 0 && afterMs < HEARD_MS_MAX
          })
          return { findings: check([...targets, ...late], runs, sink.effects()), targets: targets.length }
        }
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    },
  }
}

/** Lets the system work for a while, as the world does. */
export function pass(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
