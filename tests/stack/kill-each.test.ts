import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSink, type Sink } from '../faults/sink.ts'
import { type Cluster, openCluster, SERVICES, type Service } from './cluster.ts'
import { type Asked, type Load, pass, startAsking, startLoad } from './load.ts'

const JOBS = 20
const QUERIES_PER_SECOND = 20
const FROZEN_MS = 12_000
let cluster: Cluster
let sink: Sink
let load: Load
let asking: ReturnType<typeof startAsking>

const gateways = (): string[] => cluster.running('gateway').map(({ url }) => url)
const failuresBetween = (asked: readonly Asked[], fromMs: number, toMs: number): readonly Asked[] =>
  asked.filter(({ atMs, failure }) => failure !== undefined && atMs >= fromMs && atMs < toMs)

beforeAll(async () => {
  cluster = openCluster()
  sink = await openSink(join(cluster.folder, 'effects.log'))
  await Promise.all([...SERVICES].map((service) => cluster.start(service)))
  await Promise.all([...SERVICES].map((service) => cluster.start(service)))
  load = await startLoad(gateways()[0] ?? '', sink, JOBS)
  asking = startAsking(load.client.token, gateways, QUERIES_PER_SECOND)
  await pass(3_000)
}, 180_000)

afterAll(async () => {
  await asking?.stop()
  await cluster?.close()
  sink?.close()
}, 60_000)

test.each(SERVICES)(
  'kill -9 of one %s of two: no query fails a second later',
  async (service: Service) => {
    const [victim] = cluster.running(service)
    victim?.signal('SIGKILL')
    const killedMs = performance.now()
    await pass(4_000)
    expect(failuresBetween(asking.asked(), killedMs + 1_000, killedMs + 4_000)).toEqual([])
    await cluster.start(service)
  },
  90_000,
)

test.each(SERVICES)(
  'SIGTERM of one %s of two: it ends in order, and no query fails',
  async (service: Service) => {
    const [victim] = cluster.running(service)
    const fromMs = performance.now()
    victim?.signal('SIGTERM')
    expect(await victim?.exited()).toBe(0)
    await pass(1_000)
    expect(failuresBetween(asking.asked(), fromMs, performance.now()), victim?.output()).toEqual([])
    await cluster.start(service)
  },
  90_000,
)

test.each(['scheduler', 'executor'] as const)(
  'a frozen %s that comes back does nothing twice',
  async (service) => {
    const [victim] = cluster.running(service)
    victim?.signal('SIGSTOP')
    await pass(FROZEN_MS)
    victim?.signal('SIGCONT')
    await pass(3_000)
  },
  90_000,
)

test('after all of it each nominal time has run exactly once', async () => {
  const { findings, targets } = await load.verdict(gateways()[0] ?? '')
  expect(findings).toEqual([])
  expect(targets).toBeGreaterThan(JOBS * 60)
}, 120_000)
