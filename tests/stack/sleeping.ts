import { type ApiClient, openApiClient, signUp } from '#platform/testing'
import { eventually } from '../e2e/world.ts'

/** A run that lasts, and by whom it was tried. */
export interface Sleep {
  readonly status: string
  readonly attempts: readonly { readonly status: string; readonly executor: string }[]
}

const SETTLE_MS_MAX = 60_000
const SLEEPS = `{ executions(first: 100) { edges { node { status attempts { status executor } } } } }`

interface Page {
  readonly executions: { readonly edges: readonly { readonly node: Sleep }[] }
}

/** Has somebody of its own run jobs that last, spread over all executors. Ends when all of them run. */
export async function startSleeping(gatewayUrl: string, jobs: number, durationMs: number) {
  const client: ApiClient = await signUp(openApiClient(gatewayUrl), 'sleeper')
  const input = { jobType: 'SLEEP', schedule: '@now', params: { durationMs } }
  await client.data('mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }', {
    inputs: Array.from({ length: jobs }, () => input),
  })
  const read = async (): Promise<readonly Sleep[]> =>
    (await client.data<Page>(SLEEPS)).executions.edges.map(({ node }) => node)
  const until = (status: string) =>
    eventually(read, (sleeps) => sleeps.filter((each) => each.status === status).length === jobs, SETTLE_MS_MAX)
  await until('RUNNING')
  return { read, untilSucceeded: () => until('SUCCEEDED') }
}
