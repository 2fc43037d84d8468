import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type Database, type Migration, migrate } from '#platform/database'
import { append, eventStoreMigrations, newStream, type StoredEvent } from '#platform/event-store'
import { outboxMigrations } from '#platform/outbox'
import { openTestDatabase } from '#platform/testing'
import { openChangeFeed, pruneChanges, recordChanges } from './changes.ts'
import { changesMigrations } from './migrations.ts'
import { differences, type Projection, rebuild, replaceLive } from './rebuild.ts'
import { watch } from './watch.ts'

type Added = { readonly type: 'Added'; readonly account: string; readonly amount: number }

const clock = systemClock()
const accounts: Migration = {
  name: 'accounts',
  up: ({ builder, types }) => [
    builder.schema
      .createTable('accounts')
      .addColumn('name', types.key, (column) => column.primaryKey().notNull())
      .addColumn('total', types.integer, (column) => column.notNull()),
    builder.schema.createIndex('accounts_total').on('accounts').columns(['total']),
  ],
}
const projection: Projection<Added> = {
  name: 'accounts',
  tables: [{ name: 'accounts', keyColumns: ['name'] }],
  async apply(unit, events, into) {
    for (const { event } of events) {
      const { account, amount } = event
      const table = into('accounts')
      await unit.insertMany(table, ['name', 'total'], [[account, 0]], 'ignore')
      await unit.run(`update ${table} set total = total + ? where name = ?`, [amount, account])
    }
  },
}

async function bank(): Promise<Database> {
  const database = await openTestDatabase({ name: 'test', clock })
  await migrate(database, [...eventStoreMigrations, ...outboxMigrations, ...changesMigrations, accounts])
  onTestFinished(async () => {
    await database.close()
  })
  return database
}

function add(database: Database, stream: string, event: Added): Promise<void> {
  return database.unit([], async (unit) => {
    const context = { workspaceId: 'w', actor: 'a', correlationId: 'c', causationId: 'r' }
    await append(unit, [{ ...context, head: newStream(stream), events: [event] }])
    await projection.apply(unit, [{ event } as StoredEvent<Added>], (table) => table)
  })
}

test('live equals rebuilt, and a row that was changed behind the events is found', async () => {
  const database = await bank()
  await Promise.all(
    Array.from({ length: 2_500 }, (_, n) => add(database, `s${n}`, { type: 'Added', account: `a${n % 7}`, amount: n })),
  )
  const compare = (): Promise<readonly unknown[]> =>
    rebuild(database, projection, (unit) => differences(unit, projection))
  expect(await compare()).toEqual([])
  await database.unit([], (unit) => unit.run('update accounts set total = total + 1 where name = ?', ['a3']))
  await database.unit([], (unit) => unit.run(`insert into accounts (name, total) values ('ghost', 1)`))
  expect(await compare()).toHaveLength(2)

  await rebuild(database, projection, (unit) => replaceLive(unit, projection))
  expect(await database.reader.all('select name from accounts where name = ?', ['ghost'])).toEqual([])
  await expect(database.reader.all('select * from accounts_rebuilt')).rejects.toThrow(/no such table|doesn't exist/)
})

test('a watcher gets the current state, then each change above it, once', async () => {
  const database = await bank()
  const feed = openChangeFeed(database, clock)
  const change = (version: number): Promise<void> =>
    database.unit([], (unit) => recordChanges(unit, [{ key: 'k', version, state: `v${version}` }]))
  await change(1)
  await change(2)
  const seen: string[] = []
  const watching = await watch({
    feed,
    keys: ['k'],
    async current() {
      // Committed between subscribing and reading: it must come once, by whichever way.
      await change(3)
      return [{ key: 'k', version: 2, state: 'v2' }]
    },
    parse: ({ state }) => state,
  })
  await change(4)
  for await (const state of watching) if (seen.push(state) === 3) break
  expect(seen).toEqual(['v2', 'v3', 'v4'])
  await feed.stop()
})

test('a watcher that does not read is ended, and others go on', async () => {
  const database = await bank()
  const feed = openChangeFeed(database, clock)
  const open = (): Promise<AsyncIterableIterator<number>> =>
    watch({ feed, keys: ['k'], current: async () => [], parse: ({ version }) => version })
  const [slow, fast] = [await open(), await open()]
  const changes = Array.from({ length: 1_500 }, (_, index) => ({ key: 'k', version: index + 1, state: '' }))
  const reading = (async () => {
    for await (const version of fast) if (version === 1_500) return version
    return 0
  })()
  for (let start = 0; start < changes.length; start += 500) {
    await database.unit([], (unit) => recordChanges(unit, changes.slice(start, start + 500)))
    await expect.poll(() => clock.turn().then(() => true)).toBe(true)
  }
  expect(await reading).toBe(1_500)
  await expect(slow.next()).rejects.toMatchObject({ name: 'SlowConsumerError' })
  await feed.stop()
})

test('a watcher that leaves while it waits is let go', async () => {
  const database = await bank()
  const feed = openChangeFeed(database, clock)
  const watching = await watch({ feed, keys: ['k'], current: async () => [], parse: () => 1 })
  const next = watching.next()
  await watching.return?.()
  expect(await next).toMatchObject({ done: true })
  await feed.stop()
})

test('a watcher of a group gets the changes of all its keys, each once', async () => {
  const database = await bank()
  const feed = openChangeFeed(database, clock)
  const watching = await watch({
    feed,
    keys: ['g', 'k1'],
    current: async () => [],
    parse: ({ key, version }) => `${key} ${version}`,
  })
  await database.unit([], (unit) =>
    recordChanges(unit, [
      { key: 'k1', group: 'g', version: 1, state: '' },
      { key: 'k2', group: 'other', version: 1, state: '' },
      { key: 'k3', group: 'g', version: 1, state: '' },
      { key: 'k1', group: 'g', version: 2, state: '' },
    ]),
  )
  const seen: string[] = []
  for await (const change of watching) if (seen.push(change) === 3) break
  expect(seen).toEqual(['k1 1', 'k3 1', 'k1 2'])
  await feed.stop()
})

test('old changes are dropped, new ones stay', async () => {
  const database = await bank()
  await database.unit([], (unit) => recordChanges(unit, [{ key: 'k', version: 1, state: '' }]))
  expect(await pruneChanges(database, new Date(0))).toBe(0)
  expect(await pruneChanges(database, new Date(Date.now() + 1_000))).toBe(1)
})
