import type { Clock } from '#platform/clock'
import { makeRevocations, makeTokenVerifier } from '#platform/identity'
import { openStack, type Stack } from '#platform/lifecycle'
import { staticDirectory } from '#platform/registry'
import { openStorages } from '#platform/storage'
import { type Log, type Metrics, openMetrics, startTracing } from '#platform/telemetry'
import { openAuth } from '#services/auth'
import { openExecutionsGraph } from '#services/executions'
import type { CatalogueOptions } from '#services/executor'
import { openDashboard, openGateway } from '#services/gateway'
import { openJobs } from '#services/jobs'
import type { RuntimeConfig } from './config.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import type { EngineConfig } from './engine.ts'
import { type EngineClient, startEngine } from './engine-client.ts'
import { type Ground, openGround } from './ground.ts'
import { embeddedHealth } from './health.ts'
import { pruneDatabases, startHousekeeping } from './housekeeping.ts'
import { executorJobTypes, readTasks } from './job-types.ts'
import { sealingKeyFrom } from './sealing-key-file.ts'
import { SERVICES } from './separate/config.ts'
import { version } from './version.ts'

/** What the embedded system is opened with. */
export interface EmbeddedOptions {
  readonly config: RuntimeConfig
  readonly clock: Clock
  readonly log: Log
  /** The engine's thread died of a bug: the process cannot go on. */
  onDeath(error: Error): void
}

/** The whole system in this process, ready. */
export interface Embedded {
  /** Where the gateway is reached, such as `http://127.0.0.1:4000`. */
  readonly url: string
  readonly dataDirectory: string
  /** Closes the doors, finishes what is in hand, and lets the data folder go. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Opens every service over embedded adapters: gateway, auth and jobs on this thread, scheduler and executions on the
 * engine's. They meet in files: each reads the other's outbox where it lies, and is told of its commits.
 *
 * @throws {DataFolderInUseError} when another process uses the data folder
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { config, log } = options
  const stack = openStack()
  const stop = async (): Promise<void> => {
    for (const { name, error } of await stack.close()) log.error('stop.failed', { part: name, err: error })
  }
  try {
    const tasks = await readTasks(config)
    const folder = openDataFolder(config.dataDirectory)
    stack.push('data folder', folder.release)
    const url = await openThreads({ ...options, tasks }, folder, stack)
    return { url, dataDirectory: config.dataDirectory, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Opening extends EmbeddedOptions {
  readonly tasks: CatalogueOptions
}

async function openThreads(options: Opening, folder: DataFolder, stack: Stack): Promise<string> {
  const { config, clock, log, onDeath } = options
  const { dataDirectory, logLevel, failPoint, tracesEndpoint } = config
  const metrics = openMetrics({ ofProcess: true })
  const process = { service: 'carillon', instanceId: clock.newId(), version }
  stack.push('traces', await startTracing({ endpoint: tracesEndpoint, ...process, clock, log, metrics }))
  let ground: Ground | undefined
  const engine = startEngine(
    {
      dataDirectory,
      logLevel,
      failPoint,
      tracesEndpoint,
      instanceId: process.instanceId,
      config: engineConfig(options),
    },
    { onCommitted: (database) => ground?.committed(database), onDeath },
  )
  stack.push('engine', engine.stop)
  const opened = await openGround({
    clock,
    log,
    fileOf: folder.file,
    messagingDirectory: folder.path,
    tell: (name) => (name === 'jobs' ? engine.committed(name) : undefined),
  })
  ground = opened
  stack.push('ground', async () => {
    for (const { name, error } of await opened.stack.close()) log.error('stop.failed', { part: name, err: error })
  })
  const webhookKeys = config.webhookKeys.length > 0 ? config.webhookKeys : [sealingKeyFrom(folder.file('webhook.key'))]
  return openDoors({ ...options, config: { ...config, webhookKeys } }, opened, engine, metrics)
}

function engineConfig({ config, tasks }: Opening): EngineConfig {
  const { executorCapacity, executorGraceMs, flow, httpAllowPrivate, kept, storage, taskWorkers } = config
  const { kafkaJobs, operators } = config
  return {
    ...{ executorCapacity, executorGraceMs, flow, httpAllowPrivate, kept, storage, taskWorkers },
    ...{ kafkaJobs, operators, tasks },
  }
}

/** What people meet. Closed in reverse: first the gateway, last the databases. */
async function openDoors(
  { config, tasks }: Opening,
  ground: Ground,
  engine: EngineClient,
  metrics: Metrics,
): Promise<string> {
  const { clock, log, stack, schemas, messaging } = ground
  const databases = { auth: ground.open('auth'), jobs: ground.open('jobs') }
  const revocations = makeRevocations(clock)
  const shared = { messaging, schemas, clock, log }
  const auth = await openAuth({ ...shared, database: databases.auth, config: config.auth, revocations })
  stack.push('auth', () => auth.stop())
  const verifier = () => makeTokenVerifier({ keys: auth.keySource, clock, revocations })
  const jobTypes = executorJobTypes(tasks)
  const webhooks = { httpPolicy: { allowPrivate: config.httpAllowPrivate }, sealingKeys: config.webhookKeys }
  const { ledgerKeptMs } = config
  const ports = { database: databases.jobs, verifier: verifier(), jobTypes, webhooks, ledgerKeptMs }
  const jobs = await openJobs({ ...shared, ...ports })
  stack.push('jobs', () => jobs.stop())

  await engine.open()
  const view = ground.view('executions')
  const storages = openStorages(config.storage, { database: view, clock })
  stack.push('storages', () => storages.close())
  const executions = openExecutionsGraph({
    ...{ clock, log, database: view, storages, verifier: verifier() },
    ...{ operate: engine.operate, schemas, operators: config.operators, retention: config.kept },
  })
  stack.push('executions graph', () => executions.stop())
  await ground.carryFrom('scheduler', ['schedule-events'])
  await ground.carryFrom('executions', ['execution-events', 'quarantine-decisions'])
  await jobs.start()

  const lag = async () => ({ jobs: await messaging.lag('jobs') })
  const housekeeping = startHousekeeping({
    clock,
    log,
    retentionMs: config.retentionMs,
    now: () => databases.jobs.now(),
    async isCaughtUp() {
      const report = await engine.report()
      return report !== null && Object.values({ ...(await lag()), ...report.lag }).every((records) => records === 0)
    },
    async prune(before) {
      engine.prune(before)
      await pruneDatabases({ outboxes: Object.values(databases), feeds: [databases.jobs] }, before)
    },
  })
  stack.push('housekeeping', () => housekeeping.stop())
  // All services are this process, reached at one address, which is known once the gateway listens.
  let gatewayUrl = ''
  const services = () => SERVICES.map((name) => ({ name, url: gatewayUrl }))
  const directory = staticDirectory({ clock, version, services })
  const gateway = await openGateway({
    directory,
    subgraphs: [auth.subgraph, jobs.subgraph, executions.subgraph],
    verifyToken: verifier(),
    revocations,
    config: config.gateway,
    clock,
    log,
    metrics: withEngine(metrics, engine),
    health: embeddedHealth({ databases: Object.values(databases), lag, engine: engine.report }),
    jwks: async () => auth.jwks(),
  })
  stack.push('gateway', () => gateway.close())
  gatewayUrl = gateway.url
  const { host, dashboardPort: port, isProduction } = config.gateway
  const dashboard = await openDashboard({ directory, isProduction, host, port, clock, log })
  stack.push('dashboard', () => dashboard.close())
  return gateway.url
}

function withEngine(metrics: Metrics, engine: EngineClient): Metrics {
  return {
    ...metrics,
    async expose() {
      const [{ text, mediaType }, report] = await Promise.all([metrics.expose(), engine.report()])
      return { text: `${text}\n${report?.metrics ?? ''}`, mediaType }
    },
  }
}
