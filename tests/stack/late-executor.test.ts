import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiClient, signUp } from '#platform/testing'
import { createJob, eventually } from '../e2e/world.ts'
import { type Cluster, knowsOthers, openCluster } from './cluster.ts'

const JOBS = 40
let cluster: Cluster

beforeAll(async () => {
  cluster = openCluster()
  await Promise.all(
    (['auth', 'jobs', 'executions', 'scheduler', 'gateway'] as const).map((name) => cluster.start(name)),
  )
  await knowsOthers(cluster.running('gateway')[0])
}, 120_000)

afterAll(async () => {
  await cluster?.close()
}, 60_000)

interface Runs {
  readonly executions: { readonly totalCount: number }
}

test('what fires while there is no executor is seen queued; the first executor runs it, and all that comes', async () => {
  const [gateway] = cluster.running('gateway')
  const client = await eventually(
    () => signUp(openApiClient(gateway?.url ?? ''), 'early').catch(() => undefined),
    (signedUp) => signedUp !== undefined,
  )
  const create = async (): Promise<void> => {
    const input = { jobType: 'ECHO', schedule: '@now', params: { message: 'hi' } }
    for (let index = 0; index < JOBS; index++) await createJob(client ?? openApiClient(''), input)
  }
  const counted = (status: string, runs: number) =>
    eventually(
      async () => client?.data<Runs>(`{ executions(filter: { statuses: [${status}] }) { totalCount } }`),
      (answer) => answer?.executions.totalCount === runs,
      30_000,
    )
  await create()
  await counted('QUEUED', JOBS)
  await cluster.start('executor')
  await counted('SUCCEEDED', JOBS)
  await create()
  expect(await counted('SUCCEEDED', 2 * JOBS)).toEqual({ executions: { totalCount: 2 * JOBS } })
}, 150_000)
