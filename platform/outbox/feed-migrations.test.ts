import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Database, migrate } from '#platform/database'
import { embeddedSchemas } from '#platform/schemas'
import { openTestDatabase } from '#platform/testing'
import { outboxMigrations } from './migrations.ts'
import { publish } from './publish.ts'

const schemas = embeddedSchemas()
const isOfBefore = (name: string): boolean => name < 'outbox-0005'
const COLUMNS =
  'topic, partition_no, record_key, record_schema, body, stream, version, previous, correlation_id, recorded_at'

/** A row as it was written before there were feeds. */
function write(database: Database, version: number): Promise<number> {
  return database.unit([], (unit) =>
    unit.run(`insert into outbox (${COLUMNS}) values ('identity-events', 0, 'k', 'S', x'00', 's', ?, 0, 'c', 0)`, [
      version,
    ]),
  )
}

test('records of before keep their places, what had none comes after them, and new ones after that', async () => {
  const database = await openTestDatabase({ name: 'auth', clock: systemClock() })
  const before = outboxMigrations.filter(({ name }) => isOfBefore(name))
  await migrate(database, before)
  for (const version of [1, 2, 3, 4]) await write(database, version)
  if (!database.dialect.writersAreSerial) {
    // Committed in another order than that of their ids; the last two had not been numbered.
    await database.unit([], async (unit) => {
      await unit.run('update outbox set position = 3 - version where version <= 2')
      await unit.run("insert into feed_heads (feed, position) values ('outbox', 2)")
    })
  }
  const order = database.dialect.writersAreSerial ? [1, 2, 3, 4] : [2, 1, 3, 4]
  expect(await migrate(database, outboxMigrations)).toHaveLength(outboxMigrations.length - before.length)
  const value = { userId: 'u', sessionId: 's', reason: 'LOGGED_OUT', revokedAt: new Date(5) } as const
  const place = { topic: 'identity-events', key: 'k', stream: 's', previous: 4, correlationId: 'c' } as const
  await database.unit([], (unit) => publish(unit, schemas, [{ ...place, value, version: 5 }]))
  const rows = await database.reader.all<{ position: number; version: number }>(
    'select position, version from outbox order by position',
  )
  expect(rows.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5])
  expect(rows.map(({ version }) => version)).toEqual([...order, 5])
})
