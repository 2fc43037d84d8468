import { topics } from '#avro'
import type { Clock } from '#platform/clock'
import { type Database, type DatabaseView, openSqlite, viewSqlite } from '#platform/database'
import { openStack, type Stack } from '#platform/lifecycle'
import { type Messaging, openEmbeddedMessaging } from '#platform/messaging'
import { openOutbox } from '#platform/outbox'
import { embeddedSchemas, type Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'

/** The databases of an embedded system. Each is written by one thread. */
export const DATABASES = ['auth', 'jobs', 'scheduler', 'executions'] as const

/** One of them. */
export type DatabaseName = (typeof DATABASES)[number]

/** What the services of one thread stand on: embedded adapters, closed in reverse. */
export interface Ground {
  readonly clock: Clock
  readonly log: Log
  readonly stack: Stack
  readonly schemas: Schemas
  readonly messaging: Messaging
  /** Opens a database that this thread writes, and tells the other thread of its commits. */
  open(name: DatabaseName): Database
  /** Opens a database that the other thread writes. */
  view(name: DatabaseName): DatabaseView
  /** The other thread has committed. */
  committed(name: DatabaseName): void
  /** Makes what the other thread has in an outbox reach the consumers of this one. */
  carryFrom(name: DatabaseName, carried: Parameters<typeof openOutbox>[1]): Promise<void>
}

/** What a ground is opened with. */
export interface GroundOptions {
  readonly clock: Clock
  readonly log: Log
  fileOf(name: string): string
  /** Where the messaging of this thread keeps its files. */
  readonly messagingDirectory: string
  /** Tells the other thread that something was committed. */
  tell(name: DatabaseName): void
}

/** Opens the ground of one thread, with every topic and schema known. */
export async function openGround({ clock, log, fileOf, messagingDirectory, tell }: GroundOptions): Promise<Ground> {
  const stack = openStack()
  const views = new Map<DatabaseName, DatabaseView>()
  const schemas = embeddedSchemas()
  const messaging = await openEmbeddedMessaging({ directory: messagingDirectory, clock, schemas, log })
  stack.push('messaging', () => messaging.close())
  await messaging.createTopics(Object.values(topics))
  await Promise.all(Object.values(topics).map(({ schema }) => schemas.register(schema)))
  const ground: Ground = {
    clock,
    log,
    stack,
    schemas,
    messaging,
    open(name) {
      const database = openSqlite({ name, path: fileOf(`${name}.sqlite`), clock })
      stack.push(`database ${name}`, () => database.close())
      database.onCommit(() => tell(name))
      return database
    },
    view(name) {
      const database = viewSqlite({ name, path: fileOf(`${name}.sqlite`), clock })
      views.set(name, database)
      stack.push(`view of ${name}`, () => database.close())
      return database
    },
    committed: (name) => views.get(name)?.committed(),
    async carryFrom(name, carried) {
      const database = views.get(name) ?? ground.view(name)
      const carrier = await messaging.carry(openOutbox(database, carried))
      stack.push(`carrier from ${name}`, () => carrier.stop())
    },
  }
  return ground
}
