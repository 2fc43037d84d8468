import { openSqlite } from '#platform/database'
import { systemClock } from '#platform/clock'
import { describeEventStore } from './event-store.contract.ts'

describeEventStore('SQLite', async () => openSqlite({ name: 'test', path: ':memory:', clock: systemClock() }))
