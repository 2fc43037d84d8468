import { TaskError } from '../task.ts'

/**
 * What a query may fail with: codes that never change their meaning. What servers say is passed on only where it repeats the query and
 * nothing else: their other messages name users, hosts and files.
 */
export type SqlErrorCode =
  | 'SQL_CONNECTION_FAILED'
  | 'SQL_CONNECTION_UNKNOWN'
  | 'SQL_FAILED'
  | 'SQL_NOT_PERMITTED'
  | 'SQL_ONE_STATEMENT'
  | 'SQL_REFUSED_WRITE'
  | 'SQL_TIMED_OUT'

const MESSAGES: Readonly<Record<SqlErrorCode, string>> = {
  SQL_CONNECTION_FAILED: 'the database cannot be reached, or does not take what the configuration says of it',
  SQL_CONNECTION_UNKNOWN: 'there is no such connection for this workspace',
  SQL_FAILED: 'the database could not answer the query',
  SQL_NOT_PERMITTED: 'the user of the connection may not read this',
  SQL_ONE_STATEMENT: 'a query is one statement',
  SQL_REFUSED_WRITE: 'a query may only read',
  SQL_TIMED_OUT: 'the query took longer than it may',
}
// What will be refused again as it stands.
const FINAL: ReadonlySet<SqlErrorCode> = new Set([
  'SQL_CONNECTION_UNKNOWN',
  'SQL_NOT_PERMITTED',
  'SQL_ONE_STATEMENT',
  'SQL_REFUSED_WRITE',
])
const DETAIL_CHARACTERS_MAX = 300

/** The error of a code. @param detail what more may be said of it; a mistake in the query will be there at the next attempt, too */
export function sqlError(code: SqlErrorCode, detail?: string): TaskError {
  const message = detail === undefined ? MESSAGES[code] : `${MESSAGES[code]}: ${detail.slice(0, DETAIL_CHARACTERS_MAX)}`
  return new TaskError(code, message.toWellFormed(), { isFinal: FINAL.has(code) || detail !== undefined })
}
