import { constants, DatabaseSync, type StatementSync } from 'node:sqlite'
import { boundInSqlite, misfit } from './bound-params.ts'
import type { SqlParam, SqlQuery } from './query.ts'
import { openRowsWriter, type RowsFile } from './rows-file.ts'
import type { FromSqlite } from './sqlite-messages.ts'

const BUSY_MS_MAX = 5_000
const HEAP_BYTES_MAX = 128 * 1024 * 1024
// Reading and computing. All else is refused: writing, but also ATTACH and VACUUM INTO, which open other files, and PRAGMA.
const ALLOWED = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
])
// Primary result codes, https://sqlite.org/rescode.html.
const [ERROR, BUSY, NOMEM, READONLY, IOERR, CORRUPT, CANTOPEN, AUTH, RANGE, NOTADB] = [
  1, 5, 7, 8, 10, 11, 14, 23, 25, 26,
]
const UNREACHABLE = new Set([BUSY, IOERR, CORRUPT, CANTOPEN, NOTADB])

/** Answers a query from a file. Blocks until it has. Never throws: what went wrong is the answer. */
export function readSqlite(path: string, query: SqlQuery): FromSqlite {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS_MAX })
    database.exec(`pragma hard_heap_limit = ${HEAP_BYTES_MAX}`)
    database.setAuthorizer((action) => (ALLOWED.has(action) ? constants.SQLITE_OK : constants.SQLITE_DENY))
    const statement = database.prepare(query.text)
    if (!isBlank(query.text.slice(statement.sourceSQL.length))) return { type: 'failed', code: 'SQL_ONE_STATEMENT' }
    const detail = wrongParams(statement.sourceSQL, query.params.length)
    if (detail !== undefined) return { type: 'failed', code: 'SQL_FAILED', detail }
    return { type: 'done', file: rowsOf(statement, query) }
  } catch (error) {
    return failure(error)
  } finally {
    database?.close()
  }
}

function rowsOf(statement: StatementSync, { params, format, rowsMax }: SqlQuery): RowsFile {
  statement.setReturnArrays(true)
  // A number cannot hold every integer of SQLite.
  statement.setReadBigInts(true)
  const rows = openRowsWriter(
    format,
    statement.columns().map(({ name }) => name),
    rowsMax,
  )
  // Rows are arrays since `setReturnArrays`.
  for (const row of statement.iterate(...params.map(boundOf)) as Iterable<unknown>) {
    if (!rows.add(row as unknown[])) break
  }
  return rows.end()
}

// SQLite binds null to what gets no value.
function wrongParams(text: string, givenCount: number): string | undefined {
  const bound = boundInSqlite(text)
  const other = bound.find((param) => param !== '?')
  return other === undefined ? misfit(bound.length, givenCount) : `it has ${other}: params are bound to ? alone`
}

function boundOf(param: SqlParam): string | number | null {
  return typeof param === 'boolean' ? Number(param) : param
}

/** Whether nothing but white space, comments and semicolons is left. */
function isBlank(text: string): boolean {
  return text.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\s;]/g, '') === ''
}

function failure(error: unknown): FromSqlite {
  const { errcode, message } = error as { readonly errcode?: number; readonly message: string }
  // An extended code has the primary one in its lowest byte.
  const code = (errcode ?? ERROR) & 0xff
  if (code === AUTH || code === READONLY) return { type: 'failed', code: 'SQL_REFUSED_WRITE' }
  if (UNREACHABLE.has(code)) return { type: 'failed', code: 'SQL_CONNECTION_FAILED' }
  // These speak of the query alone.
  const isAboutQuery = errcode === ERROR || code === RANGE || code === NOMEM
  return { type: 'failed', code: 'SQL_FAILED', detail: isAboutQuery ? message : undefined }
}
