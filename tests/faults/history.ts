import type { ApiClient } from '#platform/testing'
import type { RecordedRun, Target } from './checker.ts'

interface Page {
  readonly executions: {
    readonly edges: readonly {
      readonly node: {
        readonly id: string
        readonly status: string
        readonly scheduledFor: string
        readonly job: { readonly id: string }
        readonly attempts: readonly { readonly status: string }[]
      }
    }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

const PAGE = `query ($after: String) { executions(first: 100, after: $after) {
  edges { node { id status scheduledFor job { id } attempts { status } } } pageInfo { hasNextPage endCursor } } }`
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
      runs.push({ executionId, jobId: node.job.id, nominalAt, status, attempts })
    }
    if (!executions.pageInfo.hasNextPage) return runs
    after = executions.pageInfo.endCursor
  }
  throw new Error(`more than ${PAGES_MAX} pages of executions`)
}

/** The nominal times of `@every <everyMs>`: the multiples since 1970, after `from` and up to `to`. */
export function everyTargets(jobId: string, everyMs: number, from: Date, to: Date): readonly Target[] {
  const targets: Target[] = []
  const first = (Math.floor(from.getTime() / everyMs) + 1) * everyMs
  for (let atMs = first; atMs <= to.getTime(); atMs += everyMs) {
    targets.push({ jobId, nominalAt: new Date(atMs).toISOString() })
  }
  return targets
}
