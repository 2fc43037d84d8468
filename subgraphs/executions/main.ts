// Executions: says whether something may run now, who runs it, and what came of it. The executor works through index.ts.
// Never decides when a job is due, and never runs a task.
import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, migrate } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { makeSubgraph, readTypeDefs, type Subgraph } from '#platform/graphql'
import type { Operators, TokenVerifier } from '#platform/identity'
import { type Loop, openStack, type Stack, startLoop } from '#platform/lifecycle'
import { type Consumer, inboxMigrations, type Messaging } from '#platform/messaging'
import { keepSchemas, openOutbox, outboxMigrations } from '#platform/outbox'
import { changesMigrations, openChangeFeed } from '#platform/projections'
import type { Schemas } from '#platform/schemas'
import { openStorages, type Storages, storageMigrations } from '#platform/storage'
import type { Log } from '#platform/telemetry'
import { cancelOrdered } from './commands/cancel-jobs.ts'
import { type ExecutionCommands, makeCommands } from './commands/execution-commands.ts'
import { type FlowConfig, OPEN_FLOW, sharedMaxima } from './commands/flow-config.ts'
import type { Operate } from './commands/operate.ts'
import type { CommandPorts } from './commands/ports.ts'
import { openSweep } from './commands/sweep.ts'
import type { LocalExecutor } from './commands/take-in.ts'
import { contextFor } from './graphql/context.ts'
import { executionsResolvers } from './graphql/resolvers.ts'
import { heardOfJobs } from './heard-of-jobs.ts'
import { followQuarantine } from './messaging/dead-letters.ts'
import { startIntake } from './messaging/intake.ts'
import { followDefinitions } from './messaging/job-definitions.ts'
import { executionsMigrations } from './migrations/index.ts'
import type { Spans } from './projections/retention.ts'
import { prepareSlots } from './projections/slots.ts'
import { forgetKeys } from './projections/unique-keys.ts'

export { type FlowConfig, OPEN_FLOW } from './commands/flow-config.ts'
export type { Operate, OperatorAnswer, OperatorRequest } from './commands/operate.ts'
export { executionsProjection } from './projections/executions.ts'
export type { Spans } from './projections/retention.ts'

/** What the executions context stands on. */
export interface ExecutionsPorts extends Pick<CommandPorts, 'placeOf'> {
  readonly database: Database
  /** Where the files lie that executions make; its own database when left out. */
  readonly storages?: Storages
  readonly messaging: Messaging
  readonly schemas: Schemas
  readonly clock: Clock
  readonly log: Log
  /** No limit when left out. */
  readonly flow?: FlowConfig
  /** Who may decide what becomes of dead letters; nobody when left out. */
  readonly operators?: Operators
}

/** What runs and ran. */
export interface Executions {
  /** What an executor works with. */
  readonly commands: ExecutionCommands
  /** Takes requests, and tells others what came of them. Until then commands and queries work. */
  start(): Promise<void>
  /** Tells others what came of executions, ends what is left of archived jobs, follows what jobs run and what is parked, and goes on with replays. */
  carry(): Promise<void>
  /** Only takes requests, until the consumer is stopped: for a process that stands in while there is no executor. */
  takeIn(): Promise<Consumer>
  /** Deletes what was kept long enough, where its workspace and its job say nothing else, until it is stopped. */
  sweep(system: Spans): void
  /** Takes nothing more; stop the executors first. Safe to call twice. */
  stop(): Promise<void>
}

const FOR_EVER: Spans = { executionsMs: null, logsMs: null }
const SWEEP_POLL_MS = 10_000
// So that whoever writes meanwhile goes first.
const SWEEP_PAUSE_MS = 50
const PRODUCED = ['execution-events', 'quarantine', 'quarantine-decisions'] as const
const CONSUMED = ['job-execute', 'job-events'] as const
const CANCELS_POLL_MS = 2_000
const FORGET_POLL_MS = 5_000
const REPLAYS_POLL_MS = 250
const SDL = new URL('../../schemas/executions.graphql', import.meta.url)

/** Brings the database of the context up to date. @returns the migrations that it had not had */
export function migrateExecutions(database: Database): Promise<readonly string[]> {
  return migrate(database, [
    ...eventStoreMigrations,
    ...outboxMigrations,
    ...inboxMigrations,
    ...changesMigrations,
    ...storageMigrations,
    ...executionsMigrations,
  ])
}

/** Opens the context: brings its database up to date, and makes its topics and schemas known. */
export async function openExecutions(ports: ExecutionsPorts): Promise<Executions> {
  const { database, messaging, schemas, clock, log, placeOf } = ports
  const { flow = OPEN_FLOW, operators = [], storages = storagesIn(ports) } = ports
  await migrateExecutions(database)
  await keepSchemas(database, schemas)
  await prepareSlots(database, sharedMaxima(flow))
  await messaging.createTopics([...PRODUCED, ...CONSUMED].map((name) => topics[name]))
  for (const name of PRODUCED) await schemas.register(topics[name].schema)

  const executors = new Set<LocalExecutor>()
  const onQueued = (): void => {
    for (const executor of executors) executor.wake()
  }
  const onInterrupted = (): void => {
    for (const executor of executors) executor.look()
  }
  const { random, newId } = clock
  const commandPorts: CommandPorts = {
    ...{ database, schemas, storages, operators, placeOf, flow, random, newId },
    ...{ onQueued, onInterrupted },
  }
  const made = makeCommands(commandPorts, (executor) => {
    executors.add(executor)
    return () => executors.delete(executor)
  })
  const commands: ExecutionCommands = {
    ...made,
    async operate(request) {
      if (request.kind === 'replay' && request.params === 'LATEST') await heardOfJobs(messaging, clock)
      return made.operate(request)
    },
  }
  const stack = openStack()
  let carrying: Promise<void> | undefined
  let starting: Promise<void> | undefined
  let cancels: Loop | undefined
  const takeIn = (): Promise<Consumer> =>
    startIntake({
      ...{ ...ports, ...commandPorts },
      localExecutor: () => roomiest(executors),
      onCancelOrdered: () => cancels?.wake(),
    })
  const carry = (): Promise<void> => {
    carrying ??= openCarrier(ports, commands, stack).then(() => {
      cancels = startCancels(ports, commandPorts, stack)
      startForgetting(ports, stack)
    })
    return carrying
  }
  const start = async (): Promise<void> => {
    await carry()
    const intake = await takeIn()
    stack.push('intake', () => intake.stop())
  }

  return {
    carry,
    takeIn,
    commands,
    async start() {
      starting ??= start()
      await starting
    },
    sweep(system) {
      const sweep = openSweep(database, system)
      const loop = startLoop({
        clock,
        pollMs: SWEEP_POLL_MS,
        runOnce: async () => ((await sweep.run()) > 0 ? SWEEP_PAUSE_MS : false),
        onError: (error) => log.warn('executions.sweep-failed', { err: error }),
      })
      stack.push('sweep', () => loop.stop())
    },
    async stop() {
      for (const { name, error } of await stack.close()) log.error('executions.stop-failed', { part: name, err: error })
    },
  }
}

/** What the graph of the context stands on: it only reads, so the database may be another process's. */
export interface ExecutionsGraphPorts {
  readonly database: Database
  /** Where the files lie that executions make; its own database when left out. */
  readonly storages?: Storages
  readonly clock: Clock
  readonly log: Log
  readonly verifier: TokenVerifier
  /** Where it is written; its own database may be another thread's. */
  readonly operate: Operate
  /** What holds where a workspace says nothing; for ever when left out. */
  readonly retention?: Spans
  /** What dead letters are read by. */
  readonly schemas: Schemas
  /** Who may see dead letters; nobody when left out. */
  readonly operators?: Operators
}

/** The graph of the context: what runs and ran, as people see it. */
export interface ExecutionsGraph {
  readonly subgraph: Subgraph
  stop(): Promise<void>
}

/** Opens the graph over a database which `openExecutions` has brought up to date. */
export function openExecutionsGraph(ports: ExecutionsGraphPorts): ExecutionsGraph {
  const { database, clock, log, verifier, operate, schemas, operators = [] } = ports
  const { storages = storagesIn(ports), retention = FOR_EVER } = ports
  const feed = openChangeFeed(database, clock)
  return {
    subgraph: makeSubgraph({
      name: 'executions',
      typeDefs: readTypeDefs(SDL),
      resolvers: executionsResolvers,
      contextFor: (caller) =>
        contextFor({ database, feed, verifier, operate, schemas, operators, storages, retention }, caller),
      log,
    }),
    stop: () => feed.stop(),
  }
}

async function openCarrier(ports: ExecutionsPorts, commands: ExecutionCommands, stack: Stack): Promise<void> {
  const { database, clock, messaging, log } = ports
  const carrier = await messaging.carry(openOutbox(database, PRODUCED))
  stack.push('carrier', () => carrier.stop())
  const definitions = await followDefinitions(ports, messaging)
  stack.push('definitions', () => definitions.stop())
  const letters = await followQuarantine(ports, messaging)
  stack.push('dead letters', () => letters.stop())
  const replays = startLoop({
    clock,
    pollMs: REPLAYS_POLL_MS,
    runOnce: () => commands.advanceReplays(),
    onError: (error) => log.warn('executions.replays-delayed', { err: error }),
  })
  stack.push('replays', () => replays.stop())
}

/** Cancels what is left of archived jobs. Whoever orders it wakes this; only what another process left is looked for. */
function startCancels({ clock, log }: ExecutionsPorts, ports: CommandPorts, stack: Stack): Loop {
  const loop = startLoop({
    clock,
    pollMs: CANCELS_POLL_MS,
    runOnce: () => cancelOrdered(ports),
    onError: (error) => log.warn('executions.job_cancels_failed', { err: error }),
  })
  stack.push('job cancels', () => loop.stop())
  return loop
}

/** Forgets the values of keys whose time is over. */
function startForgetting({ clock, log, database }: ExecutionsPorts, stack: Stack): void {
  const loop = startLoop({
    clock,
    pollMs: FORGET_POLL_MS,
    runOnce: () => forgetKeys(database),
    onError: (error) => log.warn('executions.unique_keys_failed', { err: error }),
  })
  stack.push('unique keys', () => loop.stop())
}

function storagesIn(ports: Pick<ExecutionsGraphPorts, 'database' | 'clock'>): Storages {
  return openStorages({ kind: 'database' }, ports)
}

function roomiest(executors: ReadonlySet<LocalExecutor>): LocalExecutor | undefined {
  return [...executors].sort((one, other) => other.freeSlots() - one.freeSlots())[0]
}
