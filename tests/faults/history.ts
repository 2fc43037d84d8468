import type { ApiClient } from '#platform/testing'
import type { RecordedRun, Skipped, Target } from './checker.ts'
import { LONG_MS } from './workload.ts'

interface Page {
  readonly executions: {
    readonly edges: readonly {
      readonly node: {
        readonly id: string
        readonly status: string
        readonly jobType: string
        readonly params: { readonly url?: string; readonly durationMs?: number }
        readonly scheduledFor: string
        readonly job: { readonly id: string }
        readonly attempts: readonly { readonly status: string }[]
      }
    }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const PAGE = `query ($after: String) { executions(first: 100, after: $after) {
  edges { node { id status jobType params scheduledFor job { id } attempts { status } } } pageInfo { hasNextPage endCursor } } }`
const PAGES_MAX = 1_000

/** Reads every execution that the caller may see, as a user would. */
export async function readRuns(client: ApiClient): Promise<readonly RecordedRun[]> {
  const runs: RecordedRun[] = []
  let after: string | null = null
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const { executions }: Page = await client.data<Page>(PAGE, { after })
    for (const { node } of executions.edges) {
      const attempts = node.attempts.map((attempt) => attempt.status)
      const { id: executionId, status, scheduledFor: nominalAt } = node
      const kind = kindOf(node.jobType, node.params)
      runs.push({ executionId, jobId: node.job.id, nominalAt, status, attempts, kind })
    }
    if (!executions.pageInfo.hasNextPage) return runs
    after = executions.pageInfo.endCursor
  }
  throw new Error(`more than ${PAGES_MAX} pages of executions`)
}

function kindOf(jobType: string, { url, durationMs = 0 }: { readonly url?: string; readonly durationMs?: number }) {
  if (jobType === 'SLEEP') return durationMs >= LONG_MS ? 'LONG' : 'SILENT'
  return url?.endsWith('/flaky') ? 'FLAKY' : 'PLAIN'
}

interface Skips {
  readonly occurrenceLedger: {
    readonly edges: readonly {
      readonly node: {
        readonly job: { readonly id: string }
        readonly reason: string
        readonly times: readonly string[]
      }
    }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const SKIPS = `query ($after: String) {
  occurrenceLedger(filter: { outcome: [SKIPPED_CATCHUP] }, first: 100, after: $after) {
    edges { node { job { id } reason times(first: 1000) } } pageInfo { hasNextPage endCursor } } }`

/** Reads every nominal time of which the ledger says that it was late and left out. */
export async function readSkips(client: ApiClient): Promise<readonly Skipped[]> {
  const skips: Skipped[] = []
  let after: string | null = null
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const { occurrenceLedger }: Skips = await client.data<Skips>(SKIPS, { after })
    for (const { node } of occurrenceLedger.edges)
      skips.push(...node.times.map((nominalAt) => ({ jobId: node.job.id, nominalAt, reason: node.reason })))
    if (!occurrenceLedger.pageInfo.hasNextPage) return skips
    after = occurrenceLedger.pageInfo.endCursor
  }
  throw new Error(`more than ${PAGES_MAX} pages of the ledger`)
}

interface Fired {
  readonly job: { readonly status: { readonly lastFiredAt: string | null } }
}

/** Waits until each job has fired what was due by now. @throws {Error} when one has not within the limit */
export async function caughtUp(client: ApiClient, jobIds: readonly string[], waitMsMax: number): Promise<void> {
  const dueMs = Date.now()
  const endMs = performance.now() + waitMsMax
  for (const id of jobIds) {
    for (;;) {
      const { job } = await client.data<Fired>('query ($id: ID!) { job(id: $id) { status { lastFiredAt } } }', { id })
      if (Date.parse(job.status.lastFiredAt ?? '') >= dueMs) break
      if (performance.now() > endMs) throw new Error(`job ${id} fired last at ${job.status.lastFiredAt}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** What jobs say that are to run each of their nominal times, however long nothing could run. */
export const CATCHING_UP = { catchup: 'ALL', catchupMax: 1_000, overlap: 'ALLOW_ALL' } as const

/** The nominal times of `@every <everyMs>`: the multiples since 1970, after `from` and up to `to`. */
export function everyTargets(jobId: string, everyMs: number, from: Date, to: Date): readonly Target[] {
  const targets: Target[] = []
  const first = (Math.floor(from.getTime() / everyMs) + 1) * everyMs
  for (let atMs = first; atMs <= to.getTime(); atMs += everyMs) {
    targets.push({ jobId, nominalAt: new Date(atMs).toISOString() })
  }
  return targets
}
