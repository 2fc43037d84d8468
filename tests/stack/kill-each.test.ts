import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiClient, stackRows } from '#platform/testing'
import { checkLimits, EVENTS_IN_ORDER, loggedEventOf } from '../../subgraphs/executions/testing/check-limits.ts'
import { openSink, type Sink } from '../faults/sink.ts'
import { type Asked, type Asking, startAsking } from './asking.ts'
import { type Balancer, openBalancer } from './balancer.ts'
import { type Cluster, openCluster, SERVICES, type Service, type ServiceProcess } from './cluster.ts'
import { SCALE } from './config.ts'
import { type Load, pass, startLoad } from './load.ts'
import { startSleeping } from './sleeping.ts'
import { startWatching, steppedBack, toldTheSame, type Watching } from './watching.ts'
import { startWriting, type Writing } from './writing.ts'

const MINUTE_MS = 60_000
const CONCURRENCY_MAX = 60
const SLEEPERS = 30
let cluster: Cluster
let sink: Sink
let load: Load
let gateways: Balancer
let asking: Asking
let watching: Watching
let writing: Writing

const gatewayUrls = (): string[] => cluster.running('gateway').map(({ url }) => url)
/** A process that dies or freezes takes the queries with it that it holds: these, and those of a second, are excused. */
const EXCUSED_MS = 1_000
const fallenMs: number[] = []
const isExcused = ({ atMs, endMs }: Asked): boolean =>
  fallenMs.some((fallen) => atMs < fallen + EXCUSED_MS && endMs >= fallen)
const failuresSince = (fromMs: number): readonly Asked[] => asking.failures(fromMs).filter((one) => !isExcused(one))

/** Signals one of several, as `SIGKILL` and `SIGSTOP` come: without warning. */
function fell(service: Service, signal: 'SIGKILL' | 'SIGSTOP'): ServiceProcess {
  const victim = oneOf(service)
  fallenMs.push(performance.now())
  victim.signal(signal)
  return victim
}

function oneOf(service: Service): ServiceProcess {
  const [victim, other] = cluster.running(service)
  if (!victim || !other) throw new Error(`there are not several of ${service}`)
  return victim
}

/** Failures as one line each kind: of thousands that are alike, a few are enough to read. */
function summary(failures: readonly Asked[]): readonly string[] {
  const alike = Map.groupBy(failures, ({ failure }) => failure)
  return [...alike].map(([failure, of]) => {
    const times = of.map(({ atMs }) => atMs)
    return `${of.length} times in ${Math.round(Math.max(...times) - Math.min(...times))} ms: ${failure}`
  })
}

// Three schedulers and three executors on the same jobs, and two of all others.
beforeAll(async () => {
  cluster = openCluster({ CONCURRENCY_MAX: `${CONCURRENCY_MAX}` })
  sink = await openSink(join(cluster.folder, 'effects.log'))
  for (const services of [SERVICES, SERVICES, ['scheduler', 'executor'] as const])
    await Promise.all([...services].map((service) => cluster.start(service)))
  load = await startLoad(gatewayUrls()[0] ?? '', sink, SCALE.jobs)
  gateways = await openBalancer(gatewayUrls)
  asking = startAsking(load.client.token, gateways, SCALE.queriesPerSecond)
  watching = startWatching(load.client.token, gateways, load.jobIds, SCALE.watchers)
  writing = await startWriting(gatewayUrls()[0] ?? '', gateways)
  await pass(SCALE.aroundMs)
}, 6 * MINUTE_MS)

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
    const fromMs = performance.now()
    const victim = fell(service, 'SIGKILL')
    await pass(SCALE.aroundMs)
    const failures = failuresSince(fromMs)
    // First, whatever has failed: what comes after finds as many processes as before.
    await cluster.start(service)
    expect(await victim.exited()).toBeNull()
    expect(summary(failures)).toEqual([])
  },
  4 * MINUTE_MS,
)

test.each(SERVICES)(
  'SIGTERM of one %s of several: it ends in order, and no query fails',
  async (service: Service) => {
    const victim = oneOf(service)
    const fromMs = performance.now()
    victim.signal('SIGTERM')
    const exitCode = await victim.exited()
    await pass(SCALE.aroundMs / 4)
    const failures = failuresSince(fromMs)
    await cluster.start(service)
    expect(exitCode).toBe(0)
    expect(summary(failures), victim.output()).toEqual([])
  },
  4 * MINUTE_MS,
)

test.each(SCALE.frozen)(
  'a frozen %s that comes back does nothing twice, and no query fails meanwhile',
  async (service: Service) => {
    const fromMs = performance.now()
    const victim = fell(service, 'SIGSTOP')
    await pass(SCALE.frozenMs)
    victim.signal('SIGCONT')
    await pass(SCALE.aroundMs)
    expect(summary(failuresSince(fromMs))).toEqual([])
    const effects = sink.effects().map(({ executionId, attempt }) => `${executionId} ${attempt}`)
    expect(new Set(effects).size).toBe(effects.length)
  },
  4 * MINUTE_MS,
)

test(
  'what a frozen executor held is run by another, and stays so when it comes back',
  async () => {
    const sleeping = await startSleeping(gateways.next() ?? '', SLEEPERS, 6_000)
    const victim = fell('executor', 'SIGSTOP')
    const settled = await sleeping.untilSucceeded()
    const taken = settled.filter(({ attempts }) => attempts.length > 1)
    expect(taken.length).toBeGreaterThan(0)
    for (const { attempts } of taken) {
      expect(attempts.map(({ status }) => status)).toEqual(['LOST', 'SUCCEEDED'])
      expect(new Set(attempts.map(({ executor }) => executor)).size).toBe(2)
    }
    victim.signal('SIGCONT')
    await pass(SCALE.aroundMs)
    expect(await sleeping.read()).toEqual(settled)
  },
  4 * MINUTE_MS,
)

test('over all of it the load was there, and no query failed but within a second of a fall', () => {
  expect(summary(failuresSince(0))).toEqual([])
  expect(asking.share()).toBeGreaterThan(0.8)
})

test(
  'after all of it nothing that was acknowledged is lost, and nothing is there twice',
  async () => {
    const { acknowledged, ...wrong } = await writing.verdict()
    expect(wrong).toEqual({ lost: [], unasked: [] })
    expect(acknowledged).toBeGreaterThan(100)
  },
  4 * MINUTE_MS,
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
  'after all of it no limit was ever exceeded, whoever died',
  async () => {
    const rows = await stackRows<{ stream: string; payload: string }>(cluster.folder, 'executions', EVENTS_IN_ORDER)
    const events = rows.map(loggedEventOf)
    const over = (concurrencyMax: number) =>
      checkLimits(events, { concurrencyMax, concurrencyMaxOfType: new Map() }).length
    expect(over(CONCURRENCY_MAX)).toBe(0)
    // The checker sees what ran at once.
    expect(over(SLEEPERS - 1)).toBeGreaterThan(0)
  },
  MINUTE_MS,
)

test(
  'who watched was told what a query says, and nothing older than what they knew',
  async () => {
    await toldTheSame(watching, openApiClient(gateways.next() ?? '', load.client.token))
    expect(watching.watchers.flatMap(steppedBack)).toEqual([])
  },
  MINUTE_MS,
)
