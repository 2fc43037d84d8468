import { openStorages } from '#platform/storage'
import type { Metrics } from '#platform/telemetry'
import { type Operate, openExecutions } from '#services/executions'
import { type CatalogueOptions, openCatalogue, openExecutor, openTaskWorkers, placeOf } from '#services/executor'
import { openScheduler } from '#services/scheduler'
import type { RuntimeConfig } from './config.ts'
import type { EngineReport } from './engine-messages.ts'
import type { Ground } from './ground.ts'
import { takingWrites } from './health.ts'
import { pruneDatabases } from './housekeeping.ts'
import { openKafkaJobs } from './kafka-jobs.ts'

/** What the engine is told. */
export interface EngineConfig
  extends Pick<
    RuntimeConfig,
    | 'executorCapacity'
    | 'executorGraceMs'
    | 'flow'
    | 'httpAllowPrivate'
    | 'kafkaJobs'
    | 'kept'
    | 'operators'
    | 'storage'
    | 'taskWorkers'
  > {
  readonly tasks: CatalogueOptions
}

/** Scheduler, executions and executor, at work. */
export interface Engine {
  health(): Promise<Pick<EngineReport, 'lag' | 'databases'>>
  /** Does what people ask of executions. */
  readonly operate: Operate
  /** Drops what it told before an instant. */
  prune(before: Date): Promise<void>
}

const CONSUMERS = ['scheduler', 'executions', 'executions-jobs', 'dead-letters'] as const
// DESIGN rule 12: what was fired must be taken in within this time, or nothing more is fired until it is.
const INTAKE_DELAY_MS_MAX = 5_000

/** Opens what fires and runs jobs. The database of jobs must be up to date. */
export async function openEngine(ground: Ground, config: EngineConfig, metrics: Metrics): Promise<Engine> {
  const { clock, log, stack, schemas, messaging } = ground
  const databases = { scheduler: ground.open('scheduler'), executions: ground.open('executions') }
  const shared = { messaging, schemas, clock, log }
  await ground.carryFrom('jobs', ['job-events', 'quarantine'])

  const storages = openStorages(config.storage, { database: databases.executions, clock })
  stack.push('storages', () => storages.close())
  const executions = await openExecutions({
    ...shared,
    database: databases.executions,
    flow: config.flow,
    storages,
    operators: config.operators,
    placeOf,
  })
  stack.push('executions', () => executions.stop())
  const scheduler = await openScheduler({
    ...shared,
    database: databases.scheduler,
    metrics,
    mayFire: async () => (await messaging.delayMs('executions')) <= INTAKE_DELAY_MS_MAX,
  })
  stack.push('scheduler', () => scheduler.stop())

  // Nobody else can hold this data folder, so whoever ran something before is gone.
  await executions.commands.declareAllLost()
  const tasks = { ...config.tasks, kafka: await openKafkaJobs(config.kafkaJobs, ground) }
  const workers = openTaskWorkers({ clock, size: config.taskWorkers, tasks })
  stack.push('task workers', () => workers.close())
  const executor = openExecutor({
    executions: executions.commands,
    clock,
    log,
    metrics,
    tasks: { taskNamed: openCatalogue(tasks).taskNamed, runTask: workers.runTask },
    httpPolicy: { allowPrivate: config.httpAllowPrivate },
    graceMs: config.executorGraceMs,
    capacity: { loop: config.executorCapacity, worker: config.taskWorkers },
  })
  stack.push('executor', () => executor.stop())
  await executor.start()
  await executions.start()
  await scheduler.start()
  executions.sweep(config.kept)

  const told = { outboxes: Object.values(databases), feeds: [databases.executions] }
  return {
    operate: executions.commands.operate,
    async prune(before) {
      await pruneDatabases(told, before)
      await executions.commands.sweepArtefacts()
    },
    async health() {
      const lags = await Promise.all(CONSUMERS.map(async (name) => [name, await messaging.lag(name)] as const))
      return { lag: Object.fromEntries(lags), databases: takingWrites(Object.values(databases)) }
    },
  }
}
