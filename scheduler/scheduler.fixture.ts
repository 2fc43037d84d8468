// What the tests of the scheduler share: a broker in memory, jobs that change, and what the scheduler told of it.
// Never used outside of tests.
import { type JobChanged, jobChangedDefaults, type Records, topics } from '#avro'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import { type Messaging, openEmbeddedMessaging } from '#platform/messaging'
import { embeddedSchemas, type Schemas } from '#platform/schemas'
import { type Log, type Metrics, silentLog } from '#platform/telemetry'
import { openTestDatabase } from '#platform/testing'
import { openScheduler, type Scheduler, type SchedulerPorts } from './main.ts'

/** A scheduler, and all around it. */
export interface World {
  readonly scheduler: Scheduler
  readonly database: Database
  readonly messaging: Messaging
  readonly schemas: Schemas
  close(): Promise<void>
}

/** How a world differs from the plain one. */
export interface WorldOptions {
  /** The clock of the process. */
  readonly clock: Clock
  /** The clock of the database; that of the process when there is none. */
  readonly databaseClock?: Clock
  /** Default: in memory. */
  readonly path?: string
  /** A database that is open already; instead of one at `path`. */
  readonly database?: Database
  readonly mayFire?: () => Promise<boolean>
  readonly log?: Log
  readonly metrics?: Metrics
  /** Puts a broken database in the place of the right one. */
  readonly plant?: (database: Database) => Database
}

/** Opens a world. Its scheduler takes job changes; its rounds are the test's to run. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { clock, databaseClock = clock, path = ':memory:', plant = (right) => right, log = silentLog() } = options
  const schemas = embeddedSchemas()
  const messaging = await openEmbeddedMessaging({ clock, schemas })
  const database = options.database ?? (await openTestDatabase({ name: 'scheduler', path, clock: databaseClock }))
  const ports: SchedulerPorts = { database: plant(database), messaging, schemas, clock, log }
  const { mayFire, metrics } = options
  const scheduler = await openScheduler({ ...ports, ...(mayFire && { mayFire }), ...(metrics && { metrics }) })
  await schemas.register('carillon.jobs.JobChanged')
  await scheduler.consume()
  return {
    scheduler,
    database,
    messaging,
    schemas,
    async close() {
      await scheduler.stop()
      await messaging.close()
      await database.close()
    },
  }
}

/** A job that was created at `since`, as job-events tells of it. */
export function created(jobId: string, since: Date, schedule: string, fields: Partial<JobChanged> = {}): JobChanged {
  return {
    jobId,
    workspaceId: 'workspace',
    ownerId: 'owner',
    version: 1,
    change: 'CREATED',
    name: 'a job',
    jobType: 'ECHO',
    schedule,
    params: '{}',
    state: 'ACTIVE',
    scheduledSince: since,
    trigger: null,
    ...jobChangedDefaults,
    recordedAt: since,
    ...fields,
  }
}

/** What a job may say of time, beside what holds anyhow. */
export function timed(fields: Partial<JobChanged['timing']>): Pick<JobChanged, 'timing'> {
  return { timing: { ...jobChangedDefaults.timing, ...fields } }
}

/** Catches up everything that was ever missed. */
export const catchingUp = timed({ catchup: 'ALL', catchupMax: 1_000_000 })

/** Sends job changes and waits until they are applied; with a clock that stands, `turn` lets the consumer work. */
export async function send({ messaging, schemas }: World, turn: () => Promise<void>, ...changes: JobChanged[]) {
  const id = schemas.idOf('carillon.jobs.JobChanged')
  await messaging.produce(
    changes.map((change) => ({
      topic: 'job-events',
      key: change.jobId,
      value: schemas.frame(id, schemas.encode('carillon.jobs.JobChanged', change)),
      headers: { stream: `job-${change.jobId}`, version: String(change.version), previous: String(change.version - 1) },
    })),
  )
  for (let left = 10_000; (await messaging.lag('scheduler')) > 0; left--) {
    if (left === 0) throw new Error('the changes were not taken')
    await turn()
  }
}

/** Runs rounds until nothing more is due. */
export async function runDry(scheduler: Pick<Scheduler, 'runOnce'>): Promise<void> {
  for (let rounds = 0; (await scheduler.runOnce()) === true; rounds++) {
    if (rounds > 10_000) throw new Error('the rounds do not end')
  }
}

/** What was written to one topic, in the order of the commits. */
export async function told<T extends 'job-execute' | 'schedule-events'>(
  { database, schemas }: Pick<World, 'database' | 'schemas'>,
  topic: T,
): Promise<
  { readonly value: Records[(typeof topics)[T]['schema']]; readonly version: number; readonly previous: number }[]
> {
  const { schema } = topics[topic]
  const id = await schemas.register(schema)
  const rows = await database.reader.all<{ body: Uint8Array; version: number; previous: number }>(
    'select body, version, previous from outbox where topic = ? order by position',
    [topic],
  )
  return Promise.all(
    rows.map(async ({ body, version, previous }) => {
      const decoded = await schemas.decode(schemas.frame(id, body))
      return { value: decoded.value as Records[(typeof topics)[T]['schema']], version, previous }
    }),
  )
}

/** The identities of the executions that were requested: job, cause and nominal time. */
export async function requested(world: Pick<World, 'database' | 'schemas'>): Promise<string[]> {
  const records = await told(world, 'job-execute')
  return records.map(({ value }) => `${value.jobId} ${value.cause} ${value.scheduledFor.toISOString()}`)
}
