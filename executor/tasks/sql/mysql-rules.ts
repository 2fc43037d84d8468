import { TaskError } from '../task.ts'
import { type SqlErrorCode, sqlError } from './sql-error.ts'

// What a transaction that can only read does not refuse by itself, such as CALL, SET, KILL or LOCK TABLES, does not begin so.
// Nor does SHOW: SHOW GRANTS of MariaDB has the hash of the connection's password.
const READING = /^(?:select|with|table|values|explain|describe|desc)\b/i
const COMMENT_OR_SPACE = /^(?:\s+|\(|#[^\n]*(?:\n|$)|--(?=\s|$)[^\n]*(?:\n|$)|\/\*(?!M?!)[\s\S]*?\*\/)/
// Reading, too, but into a file of the server.
const INTO_FILE = /\b(?:outfile|dumpfile)\b/i

/** Whether a statement of MySQL can do nothing but read. Whoever writes it runs into READ ONLY all the same. */
export function isReadingStatement(text: string): boolean {
  let rest = text
  for (let begin = COMMENT_OR_SPACE.exec(rest); begin !== null; begin = COMMENT_OR_SPACE.exec(rest)) {
    rest = rest.slice(begin[0].length)
  }
  return READING.test(rest) && !INTO_FILE.test(text)
}

// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html, and MariaDB's 1969.
const CODES: Readonly<Record<number, SqlErrorCode>> = {
  1040: 'SQL_CONNECTION_FAILED',
  1044: 'SQL_CONNECTION_FAILED',
  1045: 'SQL_CONNECTION_FAILED',
  1049: 'SQL_CONNECTION_FAILED',
  1129: 'SQL_CONNECTION_FAILED',
  1130: 'SQL_CONNECTION_FAILED',
  1142: 'SQL_NOT_PERMITTED',
  1143: 'SQL_NOT_PERMITTED',
  1203: 'SQL_CONNECTION_FAILED',
  1227: 'SQL_NOT_PERMITTED',
  1290: 'SQL_REFUSED_WRITE',
  1370: 'SQL_NOT_PERMITTED',
  1698: 'SQL_CONNECTION_FAILED',
  1792: 'SQL_REFUSED_WRITE',
  1969: 'SQL_TIMED_OUT',
  3024: 'SQL_TIMED_OUT',
}
// Their messages repeat names and words of the query: ambiguous and unknown columns, no such table or function, syntax, and the like.
const ABOUT_QUERY = new Set([1052, 1054, 1055, 1064, 1066, 1109, 1111, 1140, 1146, 1210, 1222, 1241, 1305, 1582])

/** What mysql2 threw, as an error that can be shown. */
export function mysqlError(error: unknown): TaskError {
  if (error instanceof TaskError) return error
  const { errno, sqlState, message } = error as { errno?: number; sqlState?: string; message?: string }
  // Without a state it never came from a server: the connection broke, or was never made.
  if (errno === undefined || sqlState === undefined) {
    return isAboutParams(message) ? sqlError('SQL_FAILED', 'its params do not fit') : sqlError('SQL_CONNECTION_FAILED')
  }
  const code = CODES[errno]
  if (code !== undefined) return sqlError(code)
  return sqlError('SQL_FAILED', ABOUT_QUERY.has(errno) ? message : undefined)
}

function isAboutParams(message = ''): boolean {
  return /^Bind parameters|^Incorrect arguments/.test(message)
}
