import { type ExecutionChanged, executionChangedDefaults, type JobChanged, jobChangedDefaults, topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, type Migration, migrate, type Unit } from '#platform/database'
import { openOutbox, outboxMigrations } from '#platform/outbox'
import { embeddedSchemas } from '#platform/schemas'
import { type MovedClock, movedClock, openTestDatabase } from '#platform/testing'
import { type ApplyTopicsOptions, applyTopics } from './apply-topics.ts'
import { openEmbeddedMessaging } from './embedded/embedded-messaging.ts'
import type { Delivery } from './inbox/delivery.ts'
import { inboxMigrations } from './inbox/migrations.ts'
import type { Consumer, Messaging } from './messaging.ts'

/** The schemas of all tests in a file. */
export const schemas = embeddedSchemas()
/** A record that tells of one step. */
export const EXECUTION = 'carillon.executions.ExecutionChanged'
/** A record of full state. */
export const JOB = 'carillon.jobs.JobChanged'
/** Its id on the wire. */
export const executionId = await schemas.register(EXECUTION)
const jobId = await schemas.register(JOB)

/** A record of that kind. */
export const execution: ExecutionChanged = {
  executionId: 'e',
  jobId: 'j',
  workspaceId: 'w',
  previousStatus: 'NONE',
  status: 'QUEUED',
  attempt: 0,
  scheduledFor: new Date(0),
  errorCode: null,
  ...executionChangedDefaults,
  changedAt: new Date(0),
}
const job: JobChanged = {
  jobId: 'j',
  workspaceId: 'w',
  ownerId: 'u',
  version: 1,
  change: 'CREATED',
  name: 'n',
  jobType: 'ECHO',
  schedule: '@now',
  params: '{}',
  state: 'ACTIVE',
  scheduledSince: new Date(0),
  trigger: null,
  ...jobChangedDefaults,
  recordedAt: new Date(0),
}

const applied: Migration = {
  name: 'applied',
  up: ({ builder, types }) => [
    builder.schema.createTable('applied').addColumn('id', types.serial).addColumn('entry', types.text),
  ],
}

/** A clock that knows when everything has come to rest. */
export type SubjectClock = Clock & Pick<MovedClock, 'settle' | 'advance'>

/** A consumer over messaging and a database of its own, which keeps what it applied in a table. */
export interface Subject {
  readonly clock: SubjectClock
  readonly messaging: Messaging
  readonly database: Database
  readonly options: ApplyTopicsOptions
  /** What was applied, as `stream@version`. */
  applied(): Promise<string[]>
  waiting(): Promise<number>
  start(options?: Partial<ApplyTopicsOptions>): Promise<Consumer>
  close(): Promise<void>
}

/** Keeps what it is given, in the order in which it comes. */
export async function write(unit: Unit, deliveries: readonly Delivery[]): Promise<void> {
  for (const { stream, version } of deliveries) {
    await unit.run('insert into applied (entry) values (?)', [`${stream}@${version}`])
  }
}

/** Opens everything anew over embedded messaging, on a clock that stands still. */
export async function openSubject(): Promise<Subject> {
  const clock = movedClock(new Date('2026-01-01T00:00:00Z'))
  return openSubjectOver(await openEmbeddedMessaging({ clock, schemas }), clock)
}

/** The same over any messaging. */
export async function openSubjectOver(messaging: Messaging, clock: SubjectClock): Promise<Subject> {
  await messaging.createTopics(Object.values(topics))
  const database = await openTestDatabase({ name: 'service', clock })
  await migrate(database, [...inboxMigrations, ...outboxMigrations, applied])
  await messaging.carry(openOutbox(database, ['quarantine', 'quarantine-decisions']))
  const options: ApplyTopicsOptions = {
    messaging,
    schemas,
    database,
    clock,
    consumer: 'service',
    topics: ['execution-events', 'job-events'],
    isFullState: (name) => name === JOB,
    apply: write,
  }
  return {
    clock,
    messaging,
    database,
    options,
    async applied() {
      await clock.settle()
      const rows = await database.reader.all<{ entry: string }>('select entry from applied order by id')
      return rows.map((row) => row.entry)
    },
    async waiting() {
      await clock.settle()
      return (await database.reader.all('select * from inbox_waiting')).length
    },
    start: (overrides) => applyTopics({ ...options, ...overrides }),
    async close() {
      await messaging.close()
      await database.close()
    },
  }
}

/** A record that is sent; its predecessor is the version before, unless told. */
export interface Sent {
  readonly stream: string
  readonly version: number
  readonly previous?: number
  readonly value?: Uint8Array | null
}

/** Sends records as the outbox does. */
export async function send(messaging: Messaging, ...sent: Sent[]): Promise<void> {
  const body = schemas.frame(executionId, schemas.encode(EXECUTION, execution))
  await messaging.produce(
    sent.map(({ stream, version, previous = version - 1, value = body }) => ({
      topic: 'execution-events',
      key: stream,
      value,
      headers: { stream, version: String(version), previous: String(previous), correlation: 'c' },
    })),
  )
}

/** Sends a record of full state. */
export async function sendJob(messaging: Messaging, stream: string, version: number, previous: number): Promise<void> {
  const value = schemas.frame(jobId, schemas.encode(JOB, { ...job, version }))
  const headers = { stream, version: String(version), previous: String(previous), correlation: 'c' }
  await messaging.produce([{ topic: 'job-events', key: stream, value, headers }])
}
