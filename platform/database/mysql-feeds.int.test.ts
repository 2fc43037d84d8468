import { afterAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type TemporaryMysql, temporaryMysql } from '#platform/testing'
import type { Database, Unit } from './database.ts'
import { type Migration, migrate } from './migrations.ts'

const clock = systemClock()
const opened: TemporaryMysql[] = []
afterAll(async () => {
  for (const server of opened) await server.drop()
})

const feeds: Migration = {
  name: 'feeds',
  up: ({ builder, types }) => [
    builder.schema
      .createTable('feed_heads')
      .addColumn('feed', types.key, (column) => column.primaryKey().notNull())
      .addColumn('position', types.integer, (column) => column.notNull()),
    ...['news', 'views'].map((feed) =>
      builder.schema
        .createTable(feed)
        .addColumn('position', types.feedPosition)
        .addColumn('text', types.text, (column) => column.notNull()),
    ),
  ],
}

interface FeedRow {
  readonly position: number
  readonly text: string
}

async function feedDatabase(): Promise<{ server: TemporaryMysql; one: Database; other: Database }> {
  const server = await temporaryMysql(clock)
  opened.push(server)
  await migrate(server.database, [feeds])
  return { server, one: server.database, other: await server.again() }
}

const tell = (unit: Unit, ...texts: readonly string[]): Promise<void> =>
  unit.append(
    'news',
    ['text'],
    texts.map((text) => [text]),
  )

/** Follows a feed by `position > last`, as all readers do, until it has seen so many rows. */
async function follow({ reader }: Database, feed: string, count: number): Promise<readonly FeedRow[]> {
  const seen: FeedRow[] = []
  while (seen.length < count) {
    const last = seen.at(-1)?.position ?? 0
    seen.push(
      ...(await reader.all<FeedRow>(`select * from ${feed} where position > ? order by position limit 7`, [last])),
    )
    await clock.sleep(1)
  }
  return seen
}

test('a reader that follows positions misses nothing of what two processes commit at once', async () => {
  const { one, other } = await feedDatabase()
  const [units, texts] = [150, ['a', 'b', 'c']]
  const write = (database: Database, who: string) =>
    Array.from({ length: units }, (_, index) =>
      database.unit([], async (unit) => {
        if (index % 3 === 0) await unit.append('views', ['text'], [[`${who}${index}`]])
        await tell(unit, ...texts.map((text) => `${who}${index}${text}`))
        if (index % 2 === 0) await unit.append('views', ['text'], [[`${who}${index}`]])
        // Some are slower than those that began after them.
        if (index % 10 === 0) await unit.get('select sleep(0.02) as slept')
        if (index % 7 === 0) throw new Error('undone')
      }),
    )
  const done = units - Math.ceil(units / 7)
  const reading = [follow(one, 'news', 2 * done * texts.length), follow(other, 'news', 2 * done * texts.length)]
  await Promise.allSettled([...write(one, 'x'), ...write(other, 'y')])
  for (const rows of await Promise.all(reading)) {
    expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: rows.length }, (_, index) => index + 1))
    expect(new Set(rows.map(({ text }) => text)).size).toBe(rows.length)
    // What a unit tells stays together, in its order.
    for (const [index, { text }] of rows.entries()) expect(text.at(-1)).toBe(texts[index % texts.length])
  }
})

test('a process that is frozen in a transaction keeps nobody from telling', async () => {
  const { one, other } = await feedDatabase()
  let thaw: () => void = () => undefined
  const thawed = new Promise<void>((resolve) => (thaw = resolve))
  const frozen = one.unit([], async (unit) => {
    await tell(unit, 'late')
    await unit.get('select 1 as one')
    await thawed
  })
  const startedMs = performance.now()
  await other.unit([], (unit) => tell(unit, 'quick'))
  expect(performance.now() - startedMs).toBeLessThan(1_000)
  thaw()
  await frozen
  expect((await follow(one, 'news', 2)).map(({ text }) => text)).toEqual(['quick', 'late'])
})

test('a row that a feed refuses fails its own unit, and no other of the same commit', async () => {
  const { one } = await feedDatabase()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      one.unit([], (unit) => unit.append('news', ['text'], [[index === 5 ? null : `n${index}`]])),
    ),
  )
  expect(outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([5])
  expect((await follow(one, 'news', 19)).map(({ position }) => position)).toEqual(
    Array.from({ length: 19 }, (_, index) => index + 1),
  )
  expect(one.takesWrites).toBe(true)
})

test('more than the server takes at once is told whole', async () => {
  const { one } = await feedDatabase()
  const text = 'x'.repeat(300_000)
  const write = one.unit([], (unit) => tell(unit, ...Array.from({ length: 12 }, (_, index) => `${index}${text}`)))
  await Promise.all([write, one.unit([], (unit) => tell(unit, 'small'))])
  expect((await one.reader.all('select position from news')).length).toBe(13)
})
