import type { Metrics } from '#platform/telemetry'
import { openExecutions } from '#services/executions'
import { openExecutor, openTaskWorkers, taskNamed } from '#services/executor'
import { openScheduler } from '#services/scheduler'
import type { RuntimeConfig } from './config.ts'
import type { EngineReport } from './engine-messages.ts'
import type { Ground } from './ground.ts'
import { takingWrites } from './health.ts'
import { pruneDatabases } from './housekeeping.ts'

/** What the engine is told. */
export type EngineConfig = Pick<RuntimeConfig, 'executorCapacity' | 'httpAllowPrivate' | 'taskWorkers'>

/** Scheduler, executions and executor, at work. */
export interface Engine {
  health(): Promise<Pick<EngineReport, 'lag' | 'databases'>>
  /** Drops what it told before an instant. */
  prune(before: Date): Promise<void>
}

const CONSUMERS = ['scheduler', 'executions'] as const
// DESIGN rule 12: what was fired must be taken in within this time, or nothing more is fired until it is.
const INTAKE_DELAY_MS_MAX = 5_000

/** Opens what fires and runs jobs. The database of jobs must be up to date. */
export async function openEngine(ground: Ground, config: EngineConfig, metrics: Metrics): Promise<Engine> {
  const { clock, log, stack, schemas, messaging } = ground
  const databases = { scheduler: ground.open('scheduler'), executions: ground.open('executions') }
  const shared = { messaging, schemas, clock, log }
  await ground.carryFrom('jobs', ['job-events'])

  const executions = await openExecutions({
    ...shared,
    database: databases.executions,
    placeOf: (jobType) => taskNamed(jobType)?.place ?? 'loop',
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
  await scheduler.start()

  const told = { outboxes: Object.values(databases), feeds: [databases.executions] }
  return {
    prune: (before) => pruneDatabases(told, before),
    async health() {
      const lags = await Promise.all(CONSUMERS.map(async (name) => [name, await messaging.lag(name)] as const))
      return { lag: Object.fromEntries(lags), databases: takingWrites(Object.values(databases)) }
    },
  }
}
