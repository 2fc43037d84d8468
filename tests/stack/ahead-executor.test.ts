import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clockAhead, openApiClient, stackRows } from '#platform/testing'
import { openSink, type Sink } from '../faults/sink.ts'
import { type Cluster, knowsOthers, openCluster } from './cluster.ts'
import { pass, startLoad } from './load.ts'

const HOUR_SECONDS = 3_600
const JOBS = 20
const WORK_MS = 12_000
let cluster: Cluster
let sink: Sink

beforeAll(async () => {
  cluster = openCluster()
  sink = await openSink(join(cluster.folder, 'effects.log'))
  const right = ['auth', 'jobs', 'executions', 'scheduler', 'executor', 'gateway'] as const
  await Promise.all([
    ...right.map((service) => cluster.start(service)),
    cluster.start('executor', clockAhead(HOUR_SECONDS)),
  ])
  await knowsOthers(cluster.running('gateway')[0])
}, 200_000)

afterAll(async () => {
  await cluster?.close()
  sink?.close()
}, 60_000)

interface Started {
  readonly scheduled_for: number
  readonly started_at: number
}

test('an executor whose clock is an hour ahead runs what is due, none of it early or twice, and loses no lease', async () => {
  const url = cluster.running('gateway')[0]?.url ?? ''
  const load = await startLoad(url, sink, JOBS)
  await pass(WORK_MS)
  const { findings, targets } = await load.verdict(url)
  expect(findings).toEqual([])
  expect(targets).toBeGreaterThan((JOBS * WORK_MS) / 2_000)

  const { executions } = await openApiClient(url, load.client.token).data<{
    executions: { edges: readonly { node: { attempts: readonly { status: string; executor: string }[] } }[] }
  }>('{ executions(first: 100) { edges { node { attempts { status executor } } } } }')
  const attempts = executions.edges.flatMap(({ node }) => node.attempts)
  expect(new Set(attempts.map(({ executor }) => executor)).size).toBe(2)
  expect(new Set(attempts.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']))
  // By the clock of the database, whoever ran it.
  const sql = 'select scheduled_for, started_at from executions'
  const late = (await stackRows<Started>(cluster.folder, 'executions', sql)).map(
    ({ scheduled_for, started_at }) => started_at - scheduled_for,
  )
  expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...late)).toBeLessThan((HOUR_SECONDS * 1_000) / 2)
}, 150_000)
