import type { ApiClient } from '#platform/testing'
import type { Sink } from './sink.ts'

/** What clients were told while the system lived and died. */
export interface Acknowledged {
  /** Jobs that fire again and again. */
  readonly everyJobs: readonly { readonly id: string; readonly createdAt: string }[]
  /** `@now` jobs whose creation was answered, with their creation time, which is their nominal time. */
  readonly onceJobs: { readonly id: string; readonly createdAt: string }[]
  /** Executions whose cancellation was answered. */
  readonly cancelled: Set<string>
}

/** A SLEEP of this length is there to be cancelled; the shorter ones are there to log while they run. */
export const LONG_MS = 8_000
const SHORT_MS = 400
const PAUSE_MS = 100
const CANCEL_LOOKS_MAX = 20

const CREATE = 'mutation ($input: CreateJobInput!) { createJob(input: $input) { id createdAt } }'
const FIND = `query ($jobId: ID!) { executions(filter: { jobId: $jobId, statuses: [RUNNING] }) { edges { node { id } } } }`
const CANCEL = 'mutation ($id: ID!) { cancelExecution(id: $id) { id } }'

/** Creates jobs that run once, of all kinds, until it is told to end: calls that succeed, fail once or are slow, and sleeps. */
export async function work(
  client: ApiClient,
  sink: Sink,
  acknowledged: Acknowledged,
  goesOn: () => boolean,
): Promise<void> {
  const call = (path: string) => ({ jobType: 'HTTP', params: { method: 'POST', url: `${sink.url}${path}` } })
  const kinds = [
    { jobType: 'SLEEP', params: { durationMs: LONG_MS } },
    { jobType: 'SLEEP', params: { durationMs: SHORT_MS } },
    { ...call('flaky'), retry: { attemptsMax: 50, backoff: '50ms', backoffMax: '100ms' } },
    call(''),
    call('slow'),
    call(''),
  ]
  for (let number = 0; goesOn(); number++) {
    const kind = kinds[number % kinds.length]
    const job = await ask<{ createJob: Acknowledged['onceJobs'][number] }>(client, CREATE, {
      input: { schedule: '@now', ...kind },
    })
    if (job) acknowledged.onceJobs.push(job.createJob)
    if (job && kind === kinds[0]) void cancelOnceItRuns(client, job.createJob.id, acknowledged, goesOn)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

async function cancelOnceItRuns(
  client: ApiClient,
  jobId: string,
  { cancelled }: Acknowledged,
  goesOn: () => boolean,
): Promise<void> {
  for (let looks = 0; looks < CANCEL_LOOKS_MAX && goesOn(); looks++) {
    const found = await ask<{ executions: { edges: { node: { id: string } }[] } }>(client, FIND, { jobId })
    const id = found?.executions.edges[0]?.node.id
    if (id === undefined) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    else if (await ask(client, CANCEL, { id })) return void cancelled.add(id)
  }
}

/** What was not answered may or may not have happened, so it is not counted on. */
async function ask<Data>(client: ApiClient, query: string, variables: object): Promise<Data | undefined> {
  const answer = await client.graphql<Data>(query, { ...variables }).catch(() => undefined)
  return answer?.data ?? undefined
}
