import { afterAll, describe, vi } from 'vitest'
import type { Clock } from '#platform/clock'
import { type Database, openSqlite, type Reader, type Unit } from '#platform/database'
import type { MovedClock } from './moved-clock.ts'
import { type TemporaryMysql, temporaryMysql } from './temporary-mysql.ts'

// Each test makes its tables on a server that others use, too.
const TEST_MS_MAX = 120_000

let isOnMysql = false
const servers = new Map<string, TemporaryMysql>()
const closed = new Map<string, TemporaryMysql[]>()

/**
 * From now on this test file's databases are on MySQL: an integration test names the files of tests that are to hold
 * there, too. Each test gets databases of its own, which go when the file has ended.
 *
 * Each file stands in a group of its own: what it does before each test, it must not do before those of the others.
 */
export function onMysql(files: Readonly<Record<string, () => Promise<unknown>>> = {}): void {
  isOnMysql = true
  vi.setConfig({ testTimeout: TEST_MS_MAX, hookTimeout: TEST_MS_MAX })
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.drop()))
    servers.clear()
    closed.clear()
  })
  for (const [name, load] of Object.entries(files)) {
    describe(name, async () => {
      await load()
    })
  }
}

/** A database for a test. With a moved clock, that one tells the time. A path opens what was written there before. */
export async function openTestDatabase(options: {
  readonly name: string
  readonly clock: Clock
  readonly path?: string
  /** On MySQL it may be one that was used and emptied, its tables made: there migrations take seconds. */
  readonly isReused?: boolean
}): Promise<Database> {
  const { name, clock, path = ':memory:', isReused = false } = options
  if (!isOnMysql) return openSqlite({ ...options, path })
  const database = isReused ? await reusable(name, clock) : await databaseAt(path, name, clock)
  return isMoved(clock) ? movedBy(database, clock) : database
}

async function databaseAt(path: string, name: string, clock: Clock): Promise<Database> {
  const known = servers.get(path)
  const server = known ?? (await temporaryMysql(clock, name))
  servers.set(path === ':memory:' ? `${servers.size}` : path, server)
  return known ? known.again() : server.database
}

/** One that a test of this file has closed, emptied; else a new one. */
async function reusable(name: string, clock: Clock): Promise<Database> {
  const server = closed.get(name)?.pop()
  await server?.clear()
  const opened = server ?? (await temporaryMysql(clock, name))
  if (!server) servers.set(`${servers.size}`, opened)
  const database = server ? await server.again() : opened.database
  return {
    ...database,
    get takesWrites() {
      return database.takesWrites
    },
    async close() {
      await database.close()
      closed.set(name, [...(closed.get(name) ?? []).filter((each) => each !== opened), opened])
    },
  }
}

function isMoved(clock: Clock): clock is MovedClock {
  return 'holdWhile' in clock
}

/** A database whose clock is moved, and which holds the clock while somebody waits for it. */
function movedBy(database: Database, clock: MovedClock): Database {
  let waiting = 0
  clock.holdWhile(() => waiting > 0)
  async function held<T>(work: Promise<T>): Promise<T> {
    waiting++
    try {
      return await work
    } finally {
      waiting--
    }
  }
  const at = (unit: Unit): Unit => ({ ...unit, now: clock.now() })
  const { reader } = database
  const heldReader: Reader = {
    dialect: reader.dialect,
    all: (sql, params) => held(reader.all(sql, params)),
    get: (sql, params) => held(reader.get(sql, params)),
    query: (query) => held(reader.query(query)),
  }
  return {
    ...database,
    reader: heldReader,
    get takesWrites() {
      return database.takesWrites
    },
    now: async () => clock.now(),
    unit: (keys, work) => held(database.unit(keys, (unit) => work(at(unit)))),
    claim: (query, work) => held(database.claim(query, (unit, rows) => work(at(unit), rows as never))),
    close: () => held(database.close()),
  }
}
