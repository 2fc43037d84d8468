import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { migrate } from '#platform/database'
import { eventStoreMigrations } from '#platform/event-store'
import { outboxMigrations } from '#platform/outbox'
import { changesMigrations } from '#platform/projections'
import { openTestDatabase } from '#platform/testing'
import type { Missed } from '../domain/missed.ts'
import { missedAfter, recordMissed } from '../projections/missed.ts'
import { jobsMigrations } from './index.ts'

const platform = [...eventStoreMigrations, ...outboxMigrations, ...changesMigrations]
const COLUMNS = `missed_id, workspace_id, job_id, subject, kind, cause, scheduled_for, through, nominal_count, reason,
  detail, job_version, missed_at`

test('what was missed before and not shared out comes first, and what had been is not told again', async () => {
  const database = await openTestDatabase({ name: 'jobs', clock: systemClock() })
  const before = jobsMigrations.filter(({ name }) => !name.includes('missed-feed') && !name.includes('missed-no'))
  await migrate(database, [...platform, ...before])
  await database.unit([], async (unit) => {
    for (const index of [1, 2, 3, 4]) {
      await unit.run(
        `insert into missed (${COLUMNS}) values (?, 'w', 'j', ?, 'LATE', 'schedule', 0, 0, 1, 'LATE', '', 1, 0)`,
        [`m${index}`, `s${index}`],
      )
    }
    if (!unit.dialect.writersAreSerial) await unit.run('update missed set position = id where id <= 3')
    await unit.run("insert into webhook_cursor (feed, position) values ('missed', 2)")
  })
  await migrate(database, [...platform, ...jobsMigrations])
  const at = new Date(1_000)
  const fresh: Missed = {
    ...{
      id: 'm5',
      workspaceId: 'w',
      jobId: 'j',
      kind: 'LATE',
      cause: 'schedule',
      scheduledFor: at,
      through: at,
      count: 1,
    },
    ...{ wallTime: null, reason: 'LATE', detail: '', jobVersion: 1, lateByMs: 5, executionId: null, at },
  }
  await database.unit([], (unit) => recordMissed(unit, [fresh]))
  const { position } = (await database.reader.get<{ position: number }>('select position from webhook_cursor')) ?? {}
  const found = await missedAfter(database.reader, position ?? -1, 10)
  expect(found.map(({ missed }) => missed.id)).toEqual(['m3', 'm4', 'm5'])
  expect(found.map((each) => each.position)).toEqual([1, 2, 3])
})
