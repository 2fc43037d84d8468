// Jobs: says what shall run. Keeps the definitions of jobs, takes triggers, and shows how each job fares.
// Never says when something runs, nor runs it; what it knows of that came by topics.
import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, migrate } from '#platform/database'
import { DomainError } from '#platform/domain'
import { eventStoreMigrations } from '#platform/event-store'
import { makeSubgraph, readTypeDefs, type Subgraph } from '#platform/graphql'
import type { TokenVerifier } from '#platform/identity'
import { openGathering, openStack, type Stack, startLoop } from '#platform/lifecycle'
import { inboxMigrations, type Messaging } from '#platform/messaging'
import { keepSchemas, openOutbox, outboxMigrations } from '#platform/outbox'
import { changesMigrations, openChangeFeed } from '#platform/projections'
import type { Schemas } from '#platform/schemas'
import { type Log, openSpan, spanEach } from '#platform/telemetry'
import { type Creation, createEach } from './commands/create-jobs.ts'
import { endPauses } from './commands/end-pauses.ts'
import { openLedgerPruning } from './commands/prune-ledger.ts'
import { rollOutCalendars } from './commands/roll-out-calendars.ts'
import { openOverdueWatch } from './commands/tell-overdue.ts'
import { contextFor } from './graphql/context.ts'
import { jobsResolvers } from './graphql/resolvers.ts'
import { consumeStatusTopics, STATUS_TOPICS } from './messaging/status-topics.ts'
import { jobsMigrations } from './migrations/index.ts'
import type { JobsParts, JobTypes } from './parts.ts'
import { openWebhookParts, type WebhookPorts } from './webhook-parts.ts'
import { startDeliveries } from './webhooks/deliver.ts'

export { archiveJob } from './commands/archive-job.ts'
export { createJob, createJobs } from './commands/create-jobs.ts'
export { type DeleteCalendarInput, deleteCalendar } from './commands/delete-calendar.ts'
export type { CreateJobInput } from './commands/job-input.ts'
export { pauseJob } from './commands/pause-job.ts'
export { resumeJob } from './commands/resume-job.ts'
export { type SetCalendarInput, setCalendar } from './commands/set-calendar.ts'
export { type Trigger, type TriggerJobInput, triggerJob } from './commands/trigger-job.ts'
export { type UpdateJobInput, updateJob } from './commands/update-job.ts'
export type { Calendar } from './domain/calendar.ts'
export type { Job, JobState } from './domain/job.ts'
export type { JobPhase, JobStatus, Outcome } from './domain/job-status.ts'
export { rebuildJobStatus } from './messaging/rebuild-job-status.ts'
export type { JobsParts, JobTypeDescription, JobTypes } from './parts.ts'
export { calendarsProjection } from './projections/calendar-places.ts'
export { jobStatusProjection } from './projections/job-status.ts'
export { findStatuses } from './projections/job-status-rows.ts'
export { jobsProjection } from './projections/jobs.ts'
export type { WebhookPorts } from './webhook-parts.ts'

/** What jobs stands on. */
export interface JobsPorts {
  readonly database: Database
  readonly messaging: Messaging
  readonly schemas: Schemas
  readonly clock: Clock
  readonly log: Log
  readonly verifier: TokenVerifier
  readonly jobTypes: JobTypes
  /** Left out: only public addresses are called, and the database keeps the key of the secrets. */
  readonly webhooks?: WebhookPorts
  /** How long the ledger keeps what became of nominal times, in milliseconds; for ever when left out, or null. */
  readonly ledgerKeptMs?: number | null
}

/** What shall run: the definitions of jobs, and how they fare. */
export interface Jobs {
  readonly subgraph: Subgraph
  /** For commands without the graph. */
  readonly parts: JobsParts
  /** Tells others of changes, and takes what they tell. Until then commands and queries work, and nobody hears of them. */
  start(): Promise<void>
  /** Safe to call twice. */
  stop(): Promise<void>
}

const PRODUCED = ['job-events', 'quarantine'] as const
const CREATIONS_A_UNIT = 64
const CREATIONS_WAITING_MAX = 1_000
const TOO_MANY_CREATIONS = `more than ${CREATIONS_WAITING_MAX} calls wait to create a job in this workspace`
const ROLL_OUTS_POLL_MS = 250
const PAUSES_POLL_MS = 500
const OVERDUE_POLL_MS = 5_000
const PRUNING_POLL_MS = 10_000
// So that whoever writes meanwhile goes first.
const PRUNING_PAUSE_MS = 50
const SDL = new URL('../../schemas/jobs.graphql', import.meta.url)

/** Brings the database of jobs up to date. @returns the migrations that it had not had */
export function migrateJobs(database: Database): Promise<readonly string[]> {
  return migrate(database, [
    ...eventStoreMigrations,
    ...outboxMigrations,
    ...inboxMigrations,
    ...changesMigrations,
    ...jobsMigrations,
  ])
}

/** Opens jobs, and brings its database up to date. */
export async function openJobs(ports: JobsPorts): Promise<Jobs> {
  const { database, messaging, schemas, clock, log, verifier, jobTypes } = ports
  await migrateJobs(database)
  await keepSchemas(database, schemas)
  await messaging.createTopics(
    [...PRODUCED, ...STATUS_TOPICS, 'quarantine-decisions' as const].map((name) => topics[name]),
  )
  for (const name of PRODUCED) await schemas.register(topics[name].schema)
  const webhooks = await openWebhookParts(database, ports.webhooks)
  const creations = openGathering({
    itemsMax: CREATIONS_A_UNIT,
    waitingMax: CREATIONS_WAITING_MAX,
    refuse: () => new DomainError('LIMIT_EXCEEDED', TOO_MANY_CREATIONS, { limit: CREATIONS_WAITING_MAX }),
    work: (some: readonly Creation[]) => createTraced(parts, some),
  })
  const parts: JobsParts = { database, schemas, clock, log, jobTypes, webhooks, creations }
  const feed = openChangeFeed(database, clock)
  const stack = openStack()
  stack.push('feed', () => feed.stop())
  let starting: Promise<void> | undefined

  return {
    parts,
    subgraph: makeSubgraph({
      name: 'jobs',
      typeDefs: readTypeDefs(SDL),
      resolvers: jobsResolvers,
      contextFor: (caller) => contextFor({ parts, feed, verifier }, caller),
      log,
    }),
    async start() {
      starting ??= openDoors(parts, messaging, stack, ports.ledgerKeptMs ?? null)
      await starting
    },
    async stop() {
      for (const { name, error } of await stack.close()) log.error('jobs.stop-failed', { part: name, err: error })
    },
  }
}

/** The unit of several is a part of the trace of each, and their records go on from there. */
function createTraced(parts: JobsParts, creations: readonly Creation[]): ReturnType<typeof createEach> {
  const { name } = parts.database
  const attributes = { 'db.namespace': name }
  return spanEach(
    creations,
    ({ origin }) => openSpan(`commit ${name}`, { parent: origin.traceparent ?? null, attributes }),
    (traceparents) => {
      const traced = creations.map(({ origin, ...creation }, index) => {
        return { ...creation, origin: { ...origin, traceparent: traceparents[index] ?? null } }
      })
      return createEach(parts, traced)
    },
  )
}

async function openDoors(
  parts: JobsParts,
  messaging: Messaging,
  stack: Stack,
  ledgerKeptMs: number | null,
): Promise<void> {
  const { database, clock, log } = parts
  const carrier = await messaging.carry(openOutbox(database, PRODUCED))
  stack.push('carrier', () => carrier.stop())
  const consumer = await consumeStatusTopics(parts, messaging)
  stack.push('consumer', () => consumer.stop())
  const pauses = startLoop({
    clock,
    pollMs: PAUSES_POLL_MS,
    runOnce: async () => (await endPauses(parts)) > 0,
    onError: (error) => log.warn('jobs.pauses-failed', { err: error }),
  })
  stack.push('pauses', () => pauses.stop())
  const deliveries = startDeliveries(parts)
  stack.push('webhooks', () => deliveries.stop())
  const rollOuts = startLoop({
    clock,
    pollMs: ROLL_OUTS_POLL_MS,
    runOnce: () => rollOutCalendars(parts),
    onError: (error) => log.warn('jobs.roll-outs-failed', { err: error }),
  })
  stack.push('roll-outs', () => rollOuts.stop())
  const watch = openOverdueWatch(parts)
  const overdue = startLoop({
    clock,
    pollMs: OVERDUE_POLL_MS,
    runOnce: () => watch.runOnce().then(() => false),
    onError: (error) => log.warn('jobs.overdue-failed', { err: error }),
  })
  stack.push('overdue', () => overdue.stop())
  if (ledgerKeptMs !== null) keepLedgerPruned(parts, stack, ledgerKeptMs)
}

function keepLedgerPruned({ database, clock, log }: JobsParts, stack: Stack, keptMs: number): void {
  const pruning = openLedgerPruning(database, keptMs)
  const loop = startLoop({
    clock,
    pollMs: PRUNING_POLL_MS,
    runOnce: async () => ((await pruning.run()) > 0 ? PRUNING_PAUSE_MS : false),
    onError: (error) => log.warn('jobs.ledger-pruning-failed', { err: error }),
  })
  stack.push('ledger pruning', () => loop.stop())
}
