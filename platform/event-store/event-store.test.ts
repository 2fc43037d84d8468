import { systemClock } from '#platform/clock'
import { openSqlite } from '#platform/database'
import { describeEventStore } from './event-store.contract.ts'

describeEventStore('SQLite', async () => openSqlite({ name: 'test', path: ':memory:', clock: systemClock() }))
