import { DatabaseSync } from 'node:sqlite'
import type { Database } from './database.ts'
import { ReadOnlyError } from './errors.ts'
import type { SqliteOptions } from './sqlite.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { sqliteReader } from './sqlite-reader.ts'
import { openStatements } from './sqlite-statements.ts'

const BUSY_TIMEOUT_MS = 5_000

/** A database that somebody else in this process writes. */
export interface DatabaseView extends Database {
  /** Whoever writes it has committed: tells those who asked with `onCommit`. */
  committed(): void
}

/** Opens a SQLite file for reading, while another thread writes it. Its units and claims are refused. */
export function viewSqlite({ name, path, clock }: Pick<SqliteOptions, 'name' | 'path' | 'clock'>): DatabaseView {
  const connection = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  const dialect = sqliteDialect()
  const listeners = new Set<() => void>()
  const refuse = async (): Promise<never> => {
    throw new ReadOnlyError(`${name} is written by another thread`)
  }
  return {
    name,
    dialect,
    takesWrites: false,
    reader: sqliteReader(openStatements(connection), dialect, () => undefined),
    now: async () => clock.now(),
    unit: refuse,
    claim: refuse,
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    committed() {
      for (const listener of listeners) listener()
    },
    async close() {
      listeners.clear()
      if (connection.isOpen) connection.close()
    },
  }
}
