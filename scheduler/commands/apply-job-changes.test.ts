import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Database, migrate, openSqlite } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { outboxMigrations } from '#platform/outbox'
import { embeddedSchemas } from '#platform/schemas'
import { jobChange } from '../../platform/timetable/job-change.fixture.ts'
import { schedulerMigrations } from '../migrations/index.ts'
import { timetableOf } from '../projections/timetable.ts'
import { applyJobChanges, type ReceivedChange } from './apply-job-changes.ts'

const clock = systemClock()
const since = new Date('2026-11-23T10:00:00Z')

async function openDatabase(): Promise<Database> {
  const database = openSqlite({ name: 'scheduler', path: ':memory:', clock })
  await migrate(database, [...eventStoreMigrations, ...outboxMigrations, ...schedulerMigrations])
  return database
}

function triggers(count: number): ReceivedChange[] {
  return Array.from({ length: count }, (_, index) => ({
    jobId: 'job',
    workspaceId: 'workspace',
    change: jobChange({
      version: index + 1,
      scheduledSince: since,
      trigger: { executionId: clock.newId(), key: `key-${index}`, params: '{}', triggeredAt: since },
    }),
    correlationId: 'correlation',
    causationId: 'causation',
  }))
}

test('what one commit may not fire waits in the timetable, in order, and is due at once', async () => {
  const database = await openDatabase()
  const ports = { schemas: embeddedSchemas(), clock }
  const { applied, now } = await database.unit([], async (unit) => ({
    applied: await applyJobChanges(unit, ports, triggers(1_010), true),
    now: unit.now,
  }))
  expect(applied).toEqual({ fires: 1_000, next: now, parked: [], unparked: [] })
  const entry = (await timetableOf(database.reader, ['job'])).get('job')
  expect(entry?.timetable.jobVersion).toBe(1_000)
  expect(entry?.timetable.waiting.map(({ version }) => version)).toEqual([
    1_001, 1_002, 1_003, 1_004, 1_005, 1_006, 1_007, 1_008, 1_009, 1_010,
  ])
  expect(entry?.timetable.waiting[0]?.trigger?.triggeredAt).toEqual(since)
})

test('more changes than may wait are an outage: nothing of the batch is taken', async () => {
  const database = await openDatabase()
  const ports = { schemas: embeddedSchemas(), clock }
  const held = database.unit([], (unit) => applyJobChanges(unit, ports, triggers(1_001), false))
  await expect(held).rejects.toMatchObject({ name: 'ChangesWaitingError' })
  expect((await timetableOf(database.reader, ['job'])).size).toBe(0)
})
