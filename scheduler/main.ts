// The scheduler: says when. Turns the schedules of jobs into execution requests, each nominal time once.
// Never runs anything, and never asks another service: what it knows of jobs came by job-events.
import { topics } from '#avro'
import { type Database, migrate } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { openStack, type Stack } from '#platform/lifecycle'
import { applyTopics, inboxMigrations, type Messaging } from '#platform/messaging'
import { keepSchemas, openOutbox, outboxMigrations } from '#platform/outbox'
import { applyJobChanges } from './commands/apply-job-changes.ts'
import { type Firing, type FiringPorts, openFiring } from './firing.ts'
import { jobEvents } from './messaging/job-events.ts'
import { schedulerMigrations } from './migrations/index.ts'

export type { Decide } from './commands/decide-or-park.ts'
export { occurrences } from './projections/occurrences.ts'

/** What the scheduler stands on. */
export interface SchedulerPorts extends FiringPorts {
  readonly messaging: Messaging
}

/** A scheduler. Any number of them may work on one database: all are active. */
export interface Scheduler {
  /** Takes job changes from now on, and fires what is due. */
  start(): Promise<void>
  /** Finishes what is in hand. Safe to call twice. */
  stop(): Promise<void>
  /**
   * One round of firing, for those who drive the time themselves.
   *
   * @returns true when there may be more to do at once, else how many milliseconds to wait at most
   */
  runOnce(): Promise<true | number>
  /** Takes job changes, and leaves the rounds to `runOnce`. */
  consume(): Promise<void>
  /** How many jobs fire no more until they change, since they cannot be decided. Each was logged as `schedule.parked`. */
  parked(): Promise<number>
}

const PRODUCED = ['job-execute', 'schedule-events', 'quarantine'] as const
const CONSUMED = ['job-events', 'quarantine-decisions'] as const

/** Brings the database of schedulers up to date. @returns the migrations that it had not had */
export function migrateScheduler(database: Database): Promise<readonly string[]> {
  return migrate(database, [...eventStoreMigrations, ...outboxMigrations, ...inboxMigrations, ...schedulerMigrations])
}

/** Opens a scheduler: brings its database up to date, and makes its topics and schemas known. */
export async function openScheduler(ports: SchedulerPorts): Promise<Scheduler> {
  const { database, messaging, schemas } = ports
  await migrateScheduler(database)
  await keepSchemas(database, schemas)
  await messaging.createTopics([...PRODUCED, ...CONSUMED].map((name) => topics[name]))
  for (const name of PRODUCED) await schemas.register(topics[name].schema)
  const firing = openFiring(ports)
  const stack = openStack()
  let consuming: Promise<void> | undefined

  const consume = (): Promise<void> => {
    consuming ??= openDoors(ports, firing, stack)
    return consuming
  }
  return {
    runOnce: firing.runOnce,
    parked: firing.parked,
    consume,
    async start() {
      await consume()
      firing.start()
      stack.push('firing', firing.stop)
    },
    async stop() {
      for (const { name, error } of await stack.close())
        ports.log.error('scheduler.stop-failed', { part: name, err: error })
    },
  }
}

async function openDoors(ports: SchedulerPorts, firing: Firing, stack: Stack): Promise<void> {
  const { database, messaging, schemas, clock, log } = ports
  const carrier = await messaging.carry(openOutbox(database, PRODUCED))
  stack.push('carrier', () => carrier.stop())
  const consumer = await applyTopics({
    messaging,
    schemas,
    database,
    clock,
    log,
    consumer: 'scheduler',
    topics: ['job-events'],
    isFullState: () => true,
    apply: jobEvents(async (unit, changes) => {
      const applied = await applyJobChanges(unit, ports, changes, !firing.isHeldBack)
      unit.afterCommit(() => firing.applied(applied))
    }),
  })
  stack.push('consumer', () => consumer.stop())
}
