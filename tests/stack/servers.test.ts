import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stackSystemEnvironment } from '#platform/testing'
import { eventually } from '../e2e/world.ts'
import { openSink, type Sink } from '../faults/sink.ts'
import { type Cluster, openCluster, SERVICES, type Service } from './cluster.ts'
import { SCALE } from './config.ts'
import { type Load, pass, startLoad } from './load.ts'
import { serverGone, serversUp, signalServer } from './servers.ts'
import { readHistory } from './topic-history.ts'

const JOBS = 20
const HEAL_MS_MAX = 60_000
let cluster: Cluster
let sink: Sink
let load: Load

beforeAll(async () => {
  cluster = openCluster()
  sink = await openSink(join(cluster.folder, 'effects.log'))
  await Promise.all(SERVICES.map((service) => cluster.start(service)))
  await allOk()
  load = await startLoad(cluster.running('gateway')[0]?.url ?? '', sink, JOBS)
  await pass(2_000)
}, 180_000)

afterAll(async () => {
  await serversUp()
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

test('the broker restarts: health is ok again without a hand', async () => {
  signalServer('kafka', 'SIGTERM')
  await serverGone('kafka')
  await serversUp()
  await allOk()
}, 150_000)

test('the broker is away for a while: health says degraded, and ok when it is back', async () => {
  signalServer('kafka', 'SIGKILL')
  await serverGone('kafka')
  for (const service of ['jobs', 'scheduler', 'executions'] as const)
    expect(await becomes(service, ['degraded']), service).toBe('degraded')
  await pass(SCALE.outageMs)
  await serversUp()
  await allOk()
}, 180_000)

test('the registry is away: events go on by the ids that are known', async () => {
  signalServer('registry', 'SIGKILL')
  await serverGone('registry')
  const before = sink.effects().length
  await eventually(
    async () => sink.effects().length,
    (effects) => effects >= before + 2 * JOBS,
    30_000,
  )
  await serversUp()
  await allOk()
}, 150_000)

test('the database server is killed: health says so, and is ok again when it is back', async () => {
  signalServer('mysql', 'SIGKILL')
  await serverGone('mysql')
  for (const service of ['jobs', 'scheduler', 'executions'] as const)
    expect(await becomes(service, ['degraded', 'down']), service).not.toBe('ok')
  await pass(SCALE.outageMs / 2)
  await serversUp()
  await allOk()
}, 180_000)

test('after all of it each nominal time has run exactly once', async () => {
  const { findings, targets } = await load.verdict(cluster.running('gateway')[0]?.url ?? '')
  expect(findings).toEqual([])
  expect(targets).toBeGreaterThan(JOBS * 30)
}, 120_000)

test('each topic tells each stream in order, without a hole', async () => {
  const { KAFKA_TOPIC_PREFIX: prefix = '' } = stackSystemEnvironment(cluster.folder)
  const { records, disorders } = await readHistory(prefix)
  expect(disorders).toEqual([])
  expect(records).toBeGreaterThan(JOBS * 30)
}, 60_000)
