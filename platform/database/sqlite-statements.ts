import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Row, Value } from './database.ts'
import { OutageError, UniqueViolationError } from './errors.ts'

/** Prepared statements of one connection, kept by their text. */
export interface Statements {
  all(sql: string, params: readonly Value[]): Row[]
  /** @returns how many rows changed */
  run(sql: string, params: readonly Value[]): number
}

const STATEMENTS_MAX = 500
// SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_ROWID: https://sqlite.org/rescode.html
const UNIQUE_VIOLATIONS = new Set([2067, 1555, 2579])
// SQLITE_BUSY, _LOCKED, _READONLY, _IOERR, _FULL and _CANTOPEN, whose extended codes hold more above the lowest byte.
const OUTAGES = new Set([5, 6, 8, 10, 13, 14])

/** Opens the statement cache of a connection. */
export function openStatements(connection: DatabaseSync): Statements {
  const cache = new Map<string, StatementSync>()

  function prepared(sql: string): StatementSync {
    const known = cache.get(sql)
    if (known) return known
    const statement = connection.prepare(sql)
    cache.set(sql, statement)
    if (cache.size > STATEMENTS_MAX) cache.delete(cache.keys().next().value ?? '')
    return statement
  }

  return {
    all(sql, params) {
      try {
        return prepared(sql).all(...params) as Row[]
      } catch (error) {
        throw translated(error)
      }
    },
    run(sql, params) {
      try {
        return Number(prepared(sql).run(...params).changes)
      } catch (error) {
        throw translated(error)
      }
    },
  }
}

function translated(error: unknown): unknown {
  const code = (error as { errcode?: number }).errcode
  if (code === undefined) return error
  const { message } = error as Error
  if (UNIQUE_VIOLATIONS.has(code)) return new UniqueViolationError(message, { cause: error })
  return OUTAGES.has(code & 0xff) ? new OutageError(message, { cause: error }) : error
}
