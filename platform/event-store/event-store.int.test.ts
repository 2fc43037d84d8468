import { systemClock } from '#platform/clock'
import { migrate } from '#platform/database'
import { outboxMigrations, sequence } from '#platform/outbox'
import { onMysql, openTestDatabase } from '#platform/testing'
import { describeEventStore } from './event-store.contract.ts'

onMysql()

describeEventStore(
  'MySQL',
  async () => {
    const database = await openTestDatabase({ name: 'test', clock: systemClock() })
    await migrate(database, outboxMigrations)
    return database
  },
  (database) => database.unit([], (unit) => sequence(unit, 'events')),
)
