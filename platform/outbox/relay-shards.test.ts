import { expect, test } from 'vitest'
import { type Database, migrate, openSqlite } from '#platform/database'
import { movedClock } from '#platform/testing'
import { outboxMigrations } from './migrations.ts'
import { LEASE_MS, type RelayShards, SHARDS, type Shard } from './relay-shards.ts'
import { openOutbox, pruneOutbox } from './source.ts'

const topic = 'job-events'

async function openDatabase() {
  const clock = movedClock(new Date('2026-01-01T00:00:00Z'))
  const database = openSqlite({ name: 'test', path: ':memory:', clock })
  await migrate(database, outboxMigrations)
  return { clock, database, outbox: openOutbox(database, [topic]) }
}

/** A record with a position and a partition of its own. */
function commit(database: Database, position: number, partition = 0): Promise<number> {
  return database.unit([], (unit) =>
    unit.run(
      `insert into outbox (position, topic, partition_no, record_key, record_schema, body, stream, version, previous,
         correlation_id, recorded_at) values (?, ?, ?, 'k', 'Schema', x'', 's', ?, ?, 'c', ?)`,
      [position, topic, partition, position, position - 1, unit.now.getTime()],
    ),
  )
}

const at = (shards: readonly Shard[], sent: number): Shard[] => shards.map(({ shard }) => ({ shard, sent }))
const held = async (relay: RelayShards, shards: readonly Shard[] = []): Promise<readonly Shard[]> =>
  (await relay.renew(shards)).shards

test('one relay has all shards; two come to share them, each keeping its place', async () => {
  const { clock, outbox } = await openDatabase()
  const [one, two] = [outbox.shards('relay-1'), outbox.shards('relay-2')]
  const all = await held(one)
  expect(all).toHaveLength(SHARDS)
  expect(await held(two)).toEqual([])
  const kept = await held(one, at(all, 7))
  expect(kept).toHaveLength(SHARDS / 2)
  await clock.advance(1)
  const taken = await held(two)
  expect(taken).toHaveLength(SHARDS / 2)
  expect([...kept, ...taken].every(({ sent }) => sent === 7)).toBe(true)
  expect(new Set([...kept, ...taken].map(({ shard }) => shard)).size).toBe(SHARDS)
})

test('the shards of a relay that is silent move when its lease is over, and it moves them no more', async () => {
  const { clock, outbox } = await openDatabase()
  const [silent, heir] = [outbox.shards('silent'), outbox.shards('heir')]
  const lost = await held(silent, at(await held(silent), 5))
  await held(heir)
  await clock.advance(LEASE_MS + 1)
  expect(await held(heir)).toEqual(at(lost, 5))
  expect(await held(silent, at(lost, 99))).toEqual([])
  expect(await held(heir, at(lost, 6))).toEqual(expect.arrayContaining([{ shard: 0, sent: 6 }]))
})

test('a place never moves back, and a relay that leaves frees its shards at once', async () => {
  const { clock, outbox } = await openDatabase()
  const one = outbox.shards('relay-1')
  const shards = await held(one)
  await held(one, at(shards, 9))
  expect(await held(one, at(shards, 3))).toEqual(at(shards, 9))
  await one.leave(at(shards, 10))
  await clock.advance(1)
  expect(await held(outbox.shards('relay-2'))).toEqual(at(shards, 10))
})

test('what waits for its relay is told, and kept however old', async () => {
  const { clock, database, outbox } = await openDatabase()
  const later = new Date('2026-01-02T00:00:00Z')
  const relay = outbox.shards('relay-1')
  await commit(database, 1, 1)
  expect(await outbox.oldestUnsentMs()).toBe(0)
  const shards = await held(relay)
  await clock.advance(500)
  await commit(database, 2, 2)
  expect(await outbox.oldestUnsentMs()).toBe(500)
  expect(await pruneOutbox(database, later)).toBe(0)

  await relay.renew(at(shards, 1))
  await clock.advance(100)
  expect(await outbox.oldestUnsentMs()).toBe(100)
  expect(await pruneOutbox(database, later)).toBe(1)
  // One shard that lags keeps what the others have sent.
  await relay.renew(shards.map(({ shard }) => ({ shard, sent: shard === 3 ? 1 : 2 })))
  expect(await outbox.oldestUnsentMs()).toBe(0)
  expect(await pruneOutbox(database, later)).toBe(0)
  await relay.renew(at(shards, 2))
  expect(await pruneOutbox(database, later)).toBe(1)
})

test('an outbox is read by topic and partition, from after a position', async () => {
  const { database, outbox } = await openDatabase()
  for (const position of [1, 2, 3]) await commit(database, position)
  expect((await outbox.read(topic, 0, 1, 1)).map(({ headers }) => headers)).toEqual([
    { stream: 's', version: '2', previous: '1', correlation: 'c' },
  ])
  expect(await outbox.read(topic, 1, 0, 10)).toEqual([])
})
