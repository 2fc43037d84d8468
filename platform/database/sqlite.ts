import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import { bulkInsert } from './bulk-insert.ts'
import { checkpointer } from './checkpointer.ts'
import { CommitQueue } from './commit-queue.ts'
import type { Database, Unit } from './database.ts'
import type { Dialect } from './dialect.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { sqliteReader } from './sqlite-reader.ts'
import { openStatements, type Statements } from './sqlite-statements.ts'
import { traceUnit } from './trace-unit.ts'

/** How to open a SQLite database. */
export interface SqliteOptions {
  readonly name: string
  /** A file, or `:memory:`. */
  readonly path: string
  /** The database's clock: a simulation moves it. */
  readonly clock: Pick<Clock, 'now' | 'turn'>
  /**
   * `full` (the default) syncs each commit to disk: what is acknowledged survives a loss of power. `normal` survives
   * kill -9, but a loss of power may undo the last commits: for data that can be made again.
   */
  readonly durability?: 'full' | 'normal'
}

const BUSY_TIMEOUT_MS = 5_000
const CACHE_KIB = 64 * 1024
// A log that was long once is cut when it starts anew, or the checkpointer would find it long for ever.
const LOG_BYTES_KEPT = 4 * 1024 * 1024
// The net below the checkpointer, should its thread have died: 400 MB.
const CHECKPOINT_PAGES_MAX = 100_000

/**
 * Opens a SQLite file: one connection writes, another reads what is committed. In memory there is one connection, and
 * reads wait for the transaction in flight.
 */
export function openSqlite(options: SqliteOptions): Database {
  const { name, path, clock, durability = 'full' } = options
  const dialect = sqliteDialect()
  const inMemory = path === ':memory:'
  const writerConnection = connect(path, durability)
  const readerConnection = inMemory ? writerConnection : connect(path, durability)
  const writer = openStatements(writerConnection)
  const leaveCheckpointer = inMemory ? () => undefined : checkpointer.follow(path)
  const listeners = new Set<() => void>()
  const queue = new CommitQueue({
    turn: () => clock.turn(),
    now: () => clock.now(),
    execute: (sql) => writer.run(sql, []),
    unitAt: (now) => sqliteUnit(writer, dialect, now),
    committing: () => failPoint(`${name}.before-commit`),
    committed: () => {
      failPoint(`${name}.after-commit`)
      for (const listener of listeners) listener()
    },
  })
  const statements = inMemory ? writer : openStatements(readerConnection)
  const idle = inMemory ? () => queue.betweenTransactions() : () => undefined

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    await queue.close()
    listeners.clear()
    leaveCheckpointer()
    if (readerConnection !== writerConnection) readerConnection.close()
    writerConnection.close()
  }

  return {
    name,
    dialect,
    reader: sqliteReader(statements, dialect, idle),
    now: async () => clock.now(),
    unit: (_keys, work) => traceUnit(name, work, (traced) => queue.grouped(traced)),
    claim: (query, work) =>
      queue.alone(async (unit) => work(unit, await unit.all(query.sql + dialect.lockForClaim, query.params))),
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get takesWrites() {
      return queue.takesWrites
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

function connect(path: string, durability: 'full' | 'normal'): DatabaseSync {
  const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  connection.exec('pragma journal_mode = wal')
  connection.exec(`pragma synchronous = ${durability}`)
  connection.exec(`pragma cache_size = -${CACHE_KIB}`)
  connection.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES_MAX}`)
  connection.exec('pragma temp_store = memory')
  connection.exec(`pragma journal_size_limit = ${LOG_BYTES_KEPT}`)
  return connection
}

function sqliteUnit(statements: Statements, dialect: Dialect, now: Date): Unit & { committed(): void } {
  const hooks: (() => void)[] = []
  const insert: Unit['insertMany'] = async (table, columns, rows, onDuplicate = 'fail') => {
    const tail = onDuplicate === 'ignore' ? dialect.leaveExisting(columns) : ''
    return bulkInsert(statements, dialect, { head: `insert into ${table}`, columns, rows, tail })
  }
  return {
    ...sqliteReader(statements, dialect, () => undefined),
    now,
    async run(sql, params = []) {
      return statements.run(sql, params)
    },
    insertMany: insert,
    // Here a statement is a call, and no round trip.
    async runLater(sql, params = []) {
      statements.run(sql, params)
    },
    async insertLater(...rows) {
      await insert(...rows)
    },
    // Writers are serial, so a position is what the table counts up by itself.
    async append(feed, columns, rows) {
      await insert(feed, columns, rows)
    },
    async upsertMany(table, keyColumns, columns, rows, changing = columns) {
      const tail = dialect.overwrite(keyColumns, changing)
      bulkInsert(statements, dialect, { head: `insert into ${table}`, columns, rows, tail })
    },
    afterCommit(hook) {
      hooks.push(hook)
    },
    committed() {
      for (const hook of hooks) hook()
    },
  }
}
