import { cpSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openApiClient, stackSystemEnvironment } from '#platform/testing'
import { eventually } from '../e2e/world.ts'
import { openSink, type Sink } from '../faults/sink.ts'
import { type Asked, type Asking, startAsking } from './asking.ts'
import { type Balancer, openBalancer } from './balancer.ts'
import { type Cluster, openCluster, SERVICES, type Service } from './cluster.ts'
import { SCALE } from './config.ts'
import { type Load, pass, startLoad } from './load.ts'
import { pidTakenByAnother, serverGone, serversUp, signalServer } from './servers.ts'
import { readHistory } from './topic-history.ts'
import { startWatching, steppedBack, toldTheSame, type Watching } from './watching.ts'
import { startWriting, type Writing } from './writing.ts'

const JOBS = SCALE.serverJobs
const HEAL_MS_MAX = 60_000
const WAITING_MS = 4_000
const WAITS = /waits for .+: /
let cluster: Cluster
let gatewayFolder: string
let sink: Sink
let load: Load
let gateways: Balancer
let asking: Asking
let watching: Watching
let writing: Writing

const gatewayUrl = (): string => cluster.running('gateway')[0]?.url ?? ''

beforeAll(async () => {
  cluster = openCluster()
  sink = await openSink(join(cluster.folder, 'effects.log'))
  gatewayFolder = mkdtempSync(join(cluster.folder, 'gateway-'))
  const own = (service: Service) => (service === 'gateway' ? { DATA_DIR: gatewayFolder } : {})
  await Promise.all(SERVICES.map((service) => cluster.start(service, own(service))))
  await allOk()
  load = await startLoad(gatewayUrl(), sink, JOBS)
  gateways = await openBalancer(() => [gatewayUrl()])
  asking = startAsking(load.client.token, gateways, SCALE.queriesPerSecond)
  watching = startWatching(load.client.token, gateways, load.jobIds, SCALE.watchers)
  writing = await startWriting(gatewayUrl(), gateways)
  await pass(2_000)
}, 180_000)

afterAll(async () => {
  await serversUp()
  await watching?.stop()
  await asking?.stop()
  gateways?.close()
  await cluster?.close()
  sink?.close()
}, 120_000)

async function health(service: Service): Promise<string> {
  const url = new URL('/health/ready', cluster.running(service)[0]?.url)
  const answer = await fetch(url).catch(() => undefined)
  return ((await answer?.json().catch(() => undefined)) as { status?: string } | undefined)?.status ?? 'silent'
}

const becomes = (service: Service, statuses: readonly string[]): Promise<string> =>
  eventually(
    () => health(service),
    (status) => statuses.includes(status),
    HEAL_MS_MAX,
  )

async function allOk(): Promise<void> {
  for (const service of SERVICES) expect(await becomes(service, ['ok']), service).toBe('ok')
}

/** Triggers go on being acknowledged. */
async function writes(): Promise<void> {
  const before = writing.acknowledged()
  await eventually(
    async () => writing.acknowledged(),
    (acknowledged) => acknowledged > before + 10,
    HEAL_MS_MAX,
  )
}

/** Waits until a service's only process says so of itself, as its graph and the page of instances show it. */
function isAnnounced(service: Service, status: string): Promise<unknown> {
  type Seen = { readonly services: readonly { readonly name: string; readonly instances: readonly object[] }[] }
  return eventually(
    async () => (await load.client.data<Seen>('{ services { name instances { status } } }')).services,
    (services) =>
      JSON.stringify(services.find(({ name }) => name === service)?.instances) === `[{"status":"${status}"}]`,
    HEAL_MS_MAX,
  )
}

/** What did not get an answer since then. */
const failuresSince = (fromMs: number): readonly Asked[] => asking.failures(fromMs)

test('the broker restarts: no query fails, and health is ok again without a hand', async () => {
  const fromMs = performance.now()
  signalServer('kafka', 'SIGTERM')
  await serverGone('kafka')
  await serversUp()
  await allOk()
  expect(failuresSince(fromMs)).toEqual([])
}, 150_000)

test('the broker is away for a while: health says degraded, queries and changes are answered, and all heals', async () => {
  const fromMs = performance.now()
  signalServer('kafka', 'SIGKILL')
  await serverGone('kafka')
  for (const service of ['jobs', 'scheduler', 'executions'] as const)
    expect(await becomes(service, ['degraded']), service).toBe('degraded')
  await startsByWhatItKnew()
  await pass(SCALE.outageMs)
  await writes()
  await serversUp()
  await allOk()
  expect(failuresSince(fromMs)).toEqual([])
}, 180_000)

/** A gateway that starts while nobody can tell it who is there: it answers by the graph and the instances that it last knew. */
async function startsByWhatItKnew(): Promise<void> {
  const DATA_DIR = mkdtempSync(join(cluster.folder, 'again-'))
  cpSync(gatewayFolder, DATA_DIR, { recursive: true })
  const again = await cluster.start('gateway', { DATA_DIR })
  const client = openApiClient(again.url, load.client.token)
  expect(await client.data('{ jobs(first: 1) { edges { node { status { phase } } } } }')).toBeDefined()
  client.close()
  again.signal('SIGTERM')
  expect(await again.exited()).toBe(0)
}

/** A process that starts while a server is away is not ready, and is soon after the server is back. */
async function startsWhenBack(service: Service, comesBack: () => Promise<void>): Promise<void> {
  const events: string[] = []
  const starting = cluster.start(service).then((ready) => {
    events.push('ready')
    return ready
  })
  await pass(WAITING_MS)
  events.push('server back')
  await comesBack()
  const started = await starting
  expect(events).toEqual(['server back', 'ready'])
  expect(started.output()).toMatch(WAITS)
  started.signal('SIGTERM')
  expect(await started.exited()).toBe(0)
}

test('the registry is away: health says degraded, events go on by the ids that are known, and all heals', async () => {
  const fromMs = performance.now()
  signalServer('registry', 'SIGKILL')
  await serverGone('registry')
  for (const service of ['jobs', 'executor', 'gateway'] as const)
    expect(await becomes(service, ['degraded']), service).toBe('degraded')
  const before = sink.effects().length
  await eventually(
    async () => sink.effects().length,
    (effects) => effects >= before + 2 * JOBS,
    30_000,
  )
  await writes()
  await startsWhenBack('jobs', serversUp)
  await allOk()
  expect(failuresSince(fromMs)).toEqual([])
}, 150_000)

test('the database server is killed: health and the list of instances say so, and all heals when it is back', async () => {
  signalServer('mysql', 'SIGKILL')
  await serverGone('mysql')
  for (const service of ['jobs', 'scheduler', 'executions'] as const)
    expect(await becomes(service, ['degraded', 'down']), service).not.toBe('ok')
  await isAnnounced('jobs', 'DOWN')
  await pass(SCALE.outageMs / 2)
  pidTakenByAnother()
  await startsWhenBack('executions', serversUp)
  await allOk()
  await isAnnounced('jobs', 'UP')
  await writes()
}, 180_000)

test('after all of it nothing that was acknowledged is lost, and nothing is there twice', async () => {
  const { acknowledged, ...wrong } = await writing.verdict()
  expect(wrong).toEqual({ lost: [], unasked: [] })
  expect(acknowledged).toBeGreaterThan(50)
}, 120_000)

test('after all of it each nominal time has run exactly once', async () => {
  const { findings, targets } = await load.verdict(gatewayUrl())
  expect(findings).toEqual([])
  expect(targets).toBeGreaterThan(JOBS * 30)
}, 300_000)

test('who watched was told what a query says, and nothing older than what they knew', async () => {
  await toldTheSame(watching, load.client)
  expect(watching.watchers.flatMap(steppedBack)).toEqual([])
}, 60_000)

test('each topic tells each stream in order, without a hole', async () => {
  const { KAFKA_TOPIC_PREFIX: prefix = '' } = stackSystemEnvironment(cluster.folder)
  const { records, disorders } = await readHistory(prefix)
  expect(disorders).toEqual([])
  expect(records).toBeGreaterThan(JOBS * 30)
}, 60_000)
