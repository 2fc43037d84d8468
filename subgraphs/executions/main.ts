// Executions: says whether something may run now, who runs it, and what came of it. The executor works through index.ts.
// Never decides when a job is due, and never runs a task.
import { readFileSync } from 'node:fs'
import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, migrate } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { makeSubgraph, type Subgraph } from '#platform/graphql'
import type { TokenVerifier } from '#platform/identity'
import { openStack, type Stack } from '#platform/lifecycle'
import { type Consumer, inboxMigrations, type Messaging } from '#platform/messaging'
import { openOutbox, outboxMigrations, runSequencer } from '#platform/outbox'
import { changesMigrations, openChangeFeed } from '#platform/projections'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import { type ExecutionCommands, makeCommands } from './commands/execution-commands.ts'
import type { CommandPorts } from './commands/ports.ts'
import type { LocalExecutor } from './commands/take-in.ts'
import { contextFor } from './graphql/context.ts'
import { executionsResolvers } from './graphql/resolvers.ts'
import { startIntake } from './messaging/intake.ts'
import { executionsMigrations } from './migrations/index.ts'

export { executionsProjection } from './projections/executions.ts'

/** What the executions context stands on. */
export interface ExecutionsPorts extends Pick<CommandPorts, 'placeOf'> {
  readonly database: Database
  readonly messaging: Messaging
  readonly schemas: Schemas
  readonly clock: Clock
  readonly log: Log
}

/** What runs and ran. */
export interface Executions {
  /** What an executor works with. */
  readonly commands: ExecutionCommands
  /** Takes requests, and tells others what came of them. Until then commands and queries work. */
  start(): Promise<void>
  /** Only tells others what came of executions. */
  carry(): Promise<void>
  /** Only takes requests, until the consumer is stopped: for a process that stands in while there is no executor. */
  takeIn(): Promise<Consumer>
  /** Takes nothing more; stop the executors first. Safe to call twice. */
  stop(): Promise<void>
}

const PRODUCED = ['execution-events'] as const
const CONSUMED = ['job-execute'] as const
const SDL = new URL('../../schemas/executions.graphql', import.meta.url)

/** Brings the database of the context up to date. @returns the migrations that it had not had */
export function migrateExecutions(database: Database): Promise<readonly string[]> {
  return migrate(database, [
    ...eventStoreMigrations,
    ...outboxMigrations,
    ...inboxMigrations,
    ...changesMigrations,
    ...executionsMigrations,
  ])
}

/** Opens the context: brings its database up to date, and makes its topics and schemas known. */
export async function openExecutions(ports: ExecutionsPorts): Promise<Executions> {
  const { database, messaging, schemas, log, placeOf } = ports
  await migrateExecutions(database)
  await messaging.createTopics([...PRODUCED, ...CONSUMED, 'quarantine' as const].map((name) => topics[name]))
  for (const name of PRODUCED) await schemas.register(topics[name].schema)

  const executors = new Set<LocalExecutor>()
  const onQueued = (): void => {
    for (const executor of executors) executor.wake()
  }
  const commandPorts: CommandPorts = { database, schemas, placeOf, onQueued }
  const stack = openStack()
  let carrying: Promise<void> | undefined
  let starting: Promise<void> | undefined
  const takeIn = (): Promise<Consumer> => startIntake({ ...ports, onQueued, localExecutor: () => roomiest(executors) })
  const carry = (): Promise<void> => {
    carrying ??= openCarrier(ports, stack)
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
    commands: makeCommands(commandPorts, (executor) => {
      executors.add(executor)
      return () => executors.delete(executor)
    }),
    async start() {
      starting ??= start()
      await starting
    },
    async stop() {
      for (const { name, error } of await stack.close()) log.error('executions.stop-failed', { part: name, err: error })
    },
  }
}

/** What the graph of the context stands on: it only reads, so the database may be another process's. */
export interface ExecutionsGraphPorts {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly verifier: TokenVerifier
}

/** The graph of the context: what runs and ran, as people see it. */
export interface ExecutionsGraph {
  readonly subgraph: Subgraph
  stop(): Promise<void>
}

/** Opens the graph over a database which `openExecutions` has brought up to date. */
export function openExecutionsGraph({ database, clock, log, verifier }: ExecutionsGraphPorts): ExecutionsGraph {
  const feed = openChangeFeed(database, clock)
  return {
    subgraph: makeSubgraph({
      name: 'executions',
      typeDefs: readFileSync(SDL, 'utf8'),
      resolvers: executionsResolvers,
      contextFor: (caller) => contextFor({ database, feed, verifier }, caller),
      log,
    }),
    stop: () => feed.stop(),
  }
}

async function openCarrier({ database, clock, messaging }: ExecutionsPorts, stack: Stack): Promise<void> {
  const sequencer = runSequencer(database, clock, ['events', 'outbox', 'changes'])
  stack.push('sequencer', () => sequencer.stop())
  const carrier = await messaging.carry(openOutbox(database, PRODUCED))
  stack.push('carrier', () => carrier.stop())
}

function roomiest(executors: ReadonlySet<LocalExecutor>): LocalExecutor | undefined {
  return [...executors].sort((one, other) => other.freeSlots() - one.freeSlots())[0]
}
