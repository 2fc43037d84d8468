import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiClient } from '#platform/testing'
import { eventually } from '../e2e/world.ts'
import { openSink, type Sink } from '../faults/sink.ts'
import { type Asked, type Asking, startAsking } from './asking.ts'
import { type Balancer, openBalancer } from './balancer.ts'
import { type Cluster, openCluster, SERVICES, type Service } from './cluster.ts'
import { SCALE } from './config.ts'
import { type Load, pass, startLoad } from './load.ts'
import { startWatching, steppedBack, type Watching } from './watching.ts'

const MINUTE_MS = 60_000
let cluster: Cluster
let sink: Sink
let load: Load
let gateways: Balancer
let asking: Asking
let watching: Watching

const gatewayUrls = (): string[] => cluster.running('gateway').map(({ url }) => url)
const failuresSince = (fromMs: number): readonly Asked[] =>
  asking.asked().filter(({ atMs, failure }) => failure !== undefined && atMs >= fromMs)

// Three schedulers and three executors on the same jobs, and two of all others.
beforeAll(async () => {
  cluster = openCluster()
  sink = await openSink(join(cluster.folder, 'effects.log'))
  for (const services of [SERVICES, SERVICES, ['scheduler', 'executor'] as const])
    await Promise.all([...services].map((service) => cluster.start(service)))
  load = await startLoad(gatewayUrls()[0] ?? '', sink, SCALE.jobs)
  gateways = openBalancer(gatewayUrls)
  asking = startAsking(load.client.token, gateways, SCALE.queriesPerSecond)
  watching = startWatching(load.client.token, gateways, load.jobIds, SCALE.watchers)
  await pass(SCALE.aroundMs)
}, 3 * MINUTE_MS)

afterAll(async () => {
  await watching?.stop()
  await asking?.stop()
  gateways?.close()
  await cluster?.close()
  sink?.close()
}, MINUTE_MS)

test.each(SERVICES)(
  'kill -9 of one %s of several: no query fails a second later',
  async (service: Service) => {
    const [victim] = cluster.running(service)
    victim?.signal('SIGKILL')
    const killedMs = performance.now()
    await pass(SCALE.aroundMs)
    expect(failuresSince(killedMs + 1_000)).toEqual([])
    await cluster.start(service)
  },
  2 * MINUTE_MS,
)

test.each(SERVICES)(
  'SIGTERM of one %s of several: it ends in order, and no query fails',
  async (service: Service) => {
    const [victim] = cluster.running(service)
    const fromMs = performance.now()
    victim?.signal('SIGTERM')
    expect(await victim?.exited()).toBe(0)
    await pass(SCALE.aroundMs / 4)
    expect(failuresSince(fromMs), victim?.output()).toEqual([])
    await cluster.start(service)
  },
  2 * MINUTE_MS,
)

test.each(SCALE.frozen)(
  'a frozen %s that comes back does nothing twice',
  async (service: Service) => {
    const [victim] = cluster.running(service)
    victim?.signal('SIGSTOP')
    await pass(SCALE.frozenMs)
    victim?.signal('SIGCONT')
    await pass(SCALE.aroundMs)
  },
  2 * MINUTE_MS,
)

test(
  'after all of it each nominal time has run exactly once',
  async () => {
    const { findings, targets } = await load.verdict(gateways.next() ?? '')
    expect(findings).toEqual([])
    expect(targets).toBeGreaterThan(SCALE.jobs * 60)
  },
  5 * MINUTE_MS,
)

test(
  'who watched was told what a query says, and nothing older than what they knew',
  async () => {
    const query = 'query ($id: ID!) { job(id: $id) { status { version succeededCount } } }'
    const client = openApiClient(gateways.next() ?? '', load.client.token)
    for (const watcher of watching.watchers) {
      const { job } = await client.data<{ job: { status: object } }>(query, { id: watcher.jobId })
      await eventually(
        async () => ({ ...watcher.told.at(-1) }),
        (told) => JSON.stringify({ ...told, ...job.status }) === JSON.stringify(told),
      )
      expect(steppedBack(watcher)).toEqual([])
    }
  },
  MINUTE_MS,
)
