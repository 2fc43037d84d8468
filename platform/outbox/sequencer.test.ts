import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Database, migrate, openSqlite, sqliteDialect } from '#platform/database'
import { outboxMigrations } from './migrations.ts'
import { runSequencer, sequence } from './sequencer.ts'
import { openOutbox } from './source.ts'

const clock = systemClock()
const topic = 'job-events'

async function sequencedOutbox(): Promise<Database> {
  const dialect = sqliteDialect({ sequenced: true })
  const database = openSqlite({ name: 'test', path: ':memory:', clock, dialect })
  await migrate(database, outboxMigrations)
  return database
}

/** A row whose id was given when its transaction began, as AUTO_INCREMENT does, and which is seen only now. */
function commit(database: Database, id: number): Promise<number> {
  const row = [id, topic, 0, 'k', 'Schema', new Uint8Array(), 's', id, id - 1, 'c', 0]
  const columns =
    'id, topic, partition_no, record_key, record_schema, body, stream, version, previous, correlation_id, recorded_at'
  return database.unit([], (unit) =>
    unit.run(`insert into outbox (${columns}) values (${row.map(() => '?').join(', ')})`, row),
  )
}

/** Reads on from `after` by the naive rule or by ours. */
async function follow(database: Database, rule: 'id' | 'position', after: number): Promise<number[]> {
  await database.unit([], (unit) => sequence(unit, 'outbox'))
  const rows = await database.reader.all<{ id: number }>(`select id from outbox where ${rule} > ? order by ${rule}`, [
    after,
  ])
  return rows.map(({ id }) => id)
}

test.each([
  { rule: 'position', late: [2, 4] },
  // The planted mutant: a reader that follows the AUTO_INCREMENT id never sees the transaction that was slow.
  { rule: 'id', late: [4] },
] as const)(
  'when writer 2 commits after writer 3, a reader that follows $rule then sees $late',
  async ({ rule, late }) => {
    const database = await sequencedOutbox()
    await commit(database, 1)
    await commit(database, 3)
    expect(await follow(database, rule, 0)).toEqual([1, 3])
    const last = await database.reader.get<{ last: number }>(`select max(${rule}) as last from outbox`)
    await commit(database, 2)
    await commit(database, 4)
    expect(await follow(database, rule, last?.last ?? 0)).toEqual(late)
  },
)

test('two sequencers number each row once, without a hole', async () => {
  const database = await sequencedOutbox()
  const sequencers = [runSequencer(database, clock, ['outbox']), runSequencer(database, clock, ['outbox'])]
  await Promise.all(Array.from({ length: 200 }, (_, index) => commit(database, index + 1)))
  const numbered = 'select count(*) as n from outbox where position is not null'
  await expect.poll(() => database.reader.get(numbered)).toMatchObject({ n: 200 })
  const rows = await database.reader.all<{ position: number }>('select position from outbox order by position')
  expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
  await Promise.all(sequencers.map((sequencer) => sequencer.stop()))
})

test('an outbox is read by topic and partition, from after a position', async () => {
  const database = await sequencedOutbox()
  const outbox = openOutbox(database, [topic])
  for (const id of [1, 2, 3]) await commit(database, id)
  expect(await outbox.read(topic, 0, 0, 10)).toEqual([])
  await database.unit([], (unit) => sequence(unit, 'outbox'))
  expect((await outbox.read(topic, 0, 1, 1)).map(({ headers }) => headers)).toEqual([
    { stream: 's', version: '2', previous: '1', correlation: 'c' },
  ])
  expect(await outbox.read(topic, 1, 0, 10)).toEqual([])
})
