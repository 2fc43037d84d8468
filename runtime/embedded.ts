import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, openSqlite } from '#platform/database'
import { makeRevocations, makeTokenVerifier, type TokenVerifier } from '#platform/identity'
import { openStack, type Stack } from '#platform/lifecycle'
import { type Messaging, openEmbeddedMessaging } from '#platform/messaging'
import { embeddedSchemas, type Schemas } from '#platform/schemas'
import { type Log, type Metrics, openMetrics } from '#platform/telemetry'
import { type Auth, openAuth } from '#services/auth'
import { type Executions, openExecutions } from '#services/executions'
import { openExecutor, openTaskWorkers, taskNamed } from '#services/executor'
import { openGateway } from '#services/gateway'
import { type Jobs, openJobs } from '#services/jobs'
import { openScheduler } from '#services/scheduler'
import type { RuntimeConfig } from './config.ts'
import { openDataFolder } from './data-folder.ts'
import { embeddedHealth } from './health.ts'
import { startHousekeeping } from './housekeeping.ts'
import { executorJobTypes } from './job-types.ts'

/** What the embedded system is opened with. */
export interface EmbeddedOptions {
  readonly config: RuntimeConfig
  readonly clock: Clock
  readonly log: Log
}

/** The whole system in this process, ready. */
export interface Embedded {
  /** Where the gateway is reached, such as `http://127.0.0.1:4000`. */
  readonly url: string
  readonly dataDirectory: string
  /** Closes the doors, finishes what is in hand, and lets the data folder go. Safe to call twice. */
  stop(): Promise<void>
}

const DATABASES = ['auth', 'jobs', 'scheduler', 'executions'] as const

/** What every part stands on. */
interface Ground {
  readonly options: EmbeddedOptions
  readonly stack: Stack
  readonly schemas: Schemas
  readonly messaging: Messaging
  readonly metrics: Metrics
  readonly databases: Readonly<Record<(typeof DATABASES)[number], Database>>
}

/**
 * Opens every service over embedded adapters, in the order in which they need each other.
 *
 * @throws {DataFolderInUseError} when another process uses the data folder
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const stack = openStack()
  const stop = async (): Promise<void> => {
    for (const { name, error } of await stack.close()) options.log.error('stop.failed', { part: name, err: error })
  }
  try {
    const ground = await openGround(options, stack)
    const url = await openServices(ground)
    return { url, dataDirectory: options.config.dataDirectory, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function openGround(options: EmbeddedOptions, stack: Stack): Promise<Ground> {
  const { config, clock, log } = options
  const folder = openDataFolder(config.dataDirectory)
  stack.push('data folder', folder.release)
  const open = (name: (typeof DATABASES)[number]): Database => {
    const database = openSqlite({ name, path: folder.file(`${name}.sqlite`), clock })
    stack.push(`database ${name}`, () => database.close())
    return database
  }
  const databases = {
    auth: open('auth'),
    jobs: open('jobs'),
    scheduler: open('scheduler'),
    executions: open('executions'),
  }
  const schemas = embeddedSchemas()
  const messaging = await openEmbeddedMessaging({ directory: folder.path, clock, schemas, log })
  stack.push('messaging', () => messaging.close())
  await messaging.createTopics(Object.values(topics))
  await Promise.all(Object.values(topics).map(({ schema }) => schemas.register(schema)))
  return { options, stack, schemas, messaging, metrics: openMetrics(), databases }
}

async function openServices(ground: Ground): Promise<string> {
  const { options, stack, messaging, metrics, databases } = ground
  const { config, clock, log } = options
  const { auth, verifier, revocations } = await openIdentity(ground)
  const { jobs, executions } = await openWork(ground, verifier)

  const housekeeping = startHousekeeping({
    clock,
    log,
    retentionMs: config.retentionMs,
    outboxes: Object.values(databases),
    feeds: [databases.jobs, databases.executions],
  })
  stack.push('housekeeping', () => housekeeping.stop())
  const gateway = await openGateway({
    subgraphs: [auth.subgraph, jobs.subgraph, executions.subgraph],
    verifyToken: verifier(),
    revocations,
    config: config.gateway,
    clock,
    log,
    metrics,
    health: embeddedHealth({ databases: Object.values(databases), messaging }),
    jwks: async () => auth.jwks(),
  })
  stack.push('gateway', () => gateway.close())
  return gateway.url
}

/** Auth, and a verifier for each of those who must verify by themselves. */
async function openIdentity({ options, stack, schemas, messaging, databases }: Ground): Promise<{
  readonly auth: Auth
  readonly verifier: () => TokenVerifier
  readonly revocations: ReturnType<typeof makeRevocations>
}> {
  const { config, clock, log } = options
  const revocations = makeRevocations(clock)
  const auth = await openAuth({
    database: databases.auth,
    messaging,
    schemas,
    clock,
    log,
    config: config.auth,
    revocations,
  })
  stack.push('auth', () => auth.stop())
  return { auth, revocations, verifier: () => makeTokenVerifier({ keys: auth.keySource, clock, revocations }) }
}

/** Jobs, scheduler, executions and executor. */
async function openWork(
  ground: Ground,
  verifier: () => TokenVerifier,
): Promise<{ readonly jobs: Jobs; readonly executions: Executions }> {
  const { options, stack, schemas, messaging, metrics, databases } = ground
  const { config, clock, log } = options
  const shared = { messaging, schemas, clock, log }
  const jobTypes = executorJobTypes()
  const jobs = await openJobs({ ...shared, database: databases.jobs, verifier: verifier(), jobTypes })
  stack.push('jobs', () => jobs.stop())
  const executions = await openExecutions({
    ...shared,
    database: databases.executions,
    verifier: verifier(),
    placeOf: (jobType) => taskNamed(jobType)?.place ?? 'loop',
  })
  stack.push('executions', () => executions.stop())
  const scheduler = await openScheduler({ ...shared, database: databases.scheduler, metrics })
  stack.push('scheduler', () => scheduler.stop())

  // Nobody else can hold this data folder, so whoever ran something before is gone.
  await executions.commands.declareAllLost()
  const workers = openTaskWorkers({ clock, size: config.taskWorkers })
  stack.push('task workers', () => workers.close())
  const executor = openExecutor({
    executions: executions.commands,
    clock,
    log,
    metrics,
    tasks: { taskNamed, runTask: workers.runTask },
    httpPolicy: { allowPrivate: config.httpAllowPrivate },
    capacity: { loop: config.executorCapacity, worker: config.taskWorkers },
  })
  stack.push('executor', () => executor.stop())
  await executor.start()
  await executions.start()
  await jobs.start()
  await scheduler.start()
  return { jobs, executions }
}
