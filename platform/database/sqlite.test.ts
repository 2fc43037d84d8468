import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { describeDatabase } from './database.contract.ts'
import { openSqlite } from './sqlite.ts'

const directory = mkdtempSync(join(tmpdir(), 'carillon-sqlite-'))
const clock = systemClock()
let files = 0
// The checkpointer of a database may still be closing its files.
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))

describeDatabase('SQLite in memory', async () => openSqlite({ name: 'test', path: ':memory:', clock }))

const paths = new WeakMap<object, string>()
describeDatabase(
  'SQLite file',
  async () => {
    const path = join(directory, `${files++}.sqlite`)
    const database = openSqlite({ name: 'test', path, clock })
    paths.set(database, path)
    return database
  },
  // What kill -9 leaves is the files as they are, write-ahead log included.
  async (killed) => {
    const from = paths.get(killed) ?? ''
    const to = `${from}.copy`
    for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix)
    await killed.close()
    return openSqlite({ name: 'test', path: to, clock })
  },
)

test('a unit waits for another process that writes', async () => {
  const path = join(directory, 'shared.sqlite')
  const [one, two] = [openSqlite({ name: 'one', path, clock }), openSqlite({ name: 'two', path, clock })]
  await one.unit([], async (unit) => unit.run('create table t (a integer)'))
  const writes = [one, two].flatMap((database) =>
    Array.from({ length: 20 }, (_, a) => database.unit([], async (unit) => unit.run('insert into t values (?)', [a]))),
  )
  await Promise.all(writes)
  expect(await two.reader.get('select count(*) as n from t')).toMatchObject({ n: 40 })
  await Promise.all([one.close(), two.close()])
})
