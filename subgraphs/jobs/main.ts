// Jobs: says what shall run. Keeps the definitions of jobs, takes triggers, and shows how each job fares.
// Never says when something runs, nor runs it; what it knows of that came by topics.
import { readFileSync } from 'node:fs'
import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, migrate } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { makeSubgraph, type Subgraph } from '#platform/graphql'
import type { TokenVerifier } from '#platform/identity'
import { openStack, type Stack } from '#platform/lifecycle'
import { inboxMigrations, type Messaging } from '#platform/messaging'
import { openOutbox, outboxMigrations, runSequencer } from '#platform/outbox'
import { changesMigrations, openChangeFeed } from '#platform/projections'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import { contextFor } from './graphql/context.ts'
import { jobsResolvers } from './graphql/resolvers.ts'
import { consumeStatusTopics, STATUS_TOPICS } from './messaging/status-topics.ts'
import { jobsMigrations } from './migrations/index.ts'
import type { JobsParts, JobTypes } from './parts.ts'

export { archiveJob } from './commands/archive-job.ts'
export { createJob, createJobs } from './commands/create-jobs.ts'
export type { CreateJobInput } from './commands/job-input.ts'
export { pauseJob } from './commands/pause-job.ts'
export { resumeJob } from './commands/resume-job.ts'
export { type Trigger, type TriggerJobInput, triggerJob } from './commands/trigger-job.ts'
export { type UpdateJobInput, updateJob } from './commands/update-job.ts'
export type { Job, JobState } from './domain/job.ts'
export type { JobPhase, JobStatus, Outcome } from './domain/job-status.ts'
export { rebuildJobStatus } from './messaging/rebuild-job-status.ts'
export type { JobsParts, JobTypeDescription, JobTypes } from './parts.ts'
export { jobStatusProjection } from './projections/job-status.ts'
export { findStatuses } from './projections/job-status-rows.ts'
export { jobsProjection } from './projections/jobs.ts'

/** What jobs stands on. */
export interface JobsPorts {
  readonly database: Database
  readonly messaging: Messaging
  readonly schemas: Schemas
  readonly clock: Clock
  readonly log: Log
  readonly verifier: TokenVerifier
  readonly jobTypes: JobTypes
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

const PRODUCED = ['job-events'] as const
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
  await messaging.createTopics([...PRODUCED, ...STATUS_TOPICS, 'quarantine' as const].map((name) => topics[name]))
  for (const name of PRODUCED) await schemas.register(topics[name].schema)
  const parts: JobsParts = { database, schemas, clock, log, jobTypes }
  const feed = openChangeFeed(database, clock)
  const stack = openStack()
  stack.push('feed', () => feed.stop())
  let starting: Promise<void> | undefined

  return {
    parts,
    subgraph: makeSubgraph({
      name: 'jobs',
      typeDefs: readFileSync(SDL, 'utf8'),
      resolvers: jobsResolvers,
      contextFor: (caller) => contextFor({ parts, feed, verifier }, caller),
      log,
    }),
    async start() {
      starting ??= openDoors(parts, messaging, stack)
      await starting
    },
    async stop() {
      for (const { name, error } of await stack.close()) log.error('jobs.stop-failed', { part: name, err: error })
    },
  }
}

async function openDoors(parts: JobsParts, messaging: Messaging, stack: Stack): Promise<void> {
  const { database, clock } = parts
  const sequencer = runSequencer(database, clock, ['events', 'outbox', 'changes'])
  stack.push('sequencer', () => sequencer.stop())
  const carrier = await messaging.carry(openOutbox(database, PRODUCED))
  stack.push('carrier', () => carrier.stop())
  const consumer = await consumeStatusTopics(parts, messaging)
  stack.push('consumer', () => consumer.stop())
}
