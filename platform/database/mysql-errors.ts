import { AlreadyThereError, OutageError, TransientError, UniqueViolationError } from './errors.ts'

// Numbers, since the client takes the names from MySQL's list, where MariaDB's mean something else.
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-codes/
const UNIQUE_VIOLATIONS = new Set([1062, 1586])
// And what is to be dropped is gone already: 1091.
const ALREADY_THERE = new Set([1050, 1060, 1061, 1091])
/** Shut down, and killed (three times). */
const KILLED = [1053, 1317, 1927, 3169]
/** Deadlock, lock wait, table changed since it was read, idle for too long, and killed. */
const TRANSIENT = new Set([1213, 1205, 1412, 4031, ...KILLED])
/**
 * Disk full, table full, error on write, error of the engine, out of memory (three times), too many connections (twice),
 * network (four times), aborted, read-only (four times), error during commit, offline, too slow (twice), locks full.
 */
const OUTAGES = new Set([
  1021, 1114, 1026, 1030, 1037, 1038, 1041, 1040, 1203, 1158, 1159, 1160, 1161, 1184, 1290, 1792, 1836, 1874, 1180,
  3032, 1969, 3024, 1206,
])

interface ClientError {
  readonly errno?: number
  readonly code?: string
  readonly fatal?: boolean
}

/** Puts an error of the client into our words. What it does not know is a bug, and stays as it is. */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { errno = 0 } = error as ClientError
  const { message } = error
  if (UNIQUE_VIOLATIONS.has(errno)) return new UniqueViolationError(message, { cause: error })
  if (ALREADY_THERE.has(errno)) return new AlreadyThereError(message, { cause: error })
  if (TRANSIENT.has(errno) || isLostConnection(error)) return new TransientError(message, { cause: error })
  return OUTAGES.has(errno) ? new OutageError(message, { cause: error }) : error
}

/** Whether a COMMIT that failed so, or what was sent with it, may have been carried out: nobody answered, or it was killed. */
export function mayHaveCommitted(error: Error): boolean {
  return isLostConnection(error) || KILLED.includes((error as ClientError).errno ?? 0)
}

/** Whether nobody answered, so that what became of the statement is not known. Errors of the system are below 0. */
function isLostConnection(error: Error): boolean {
  const { errno = 0, code, fatal } = error as ClientError
  return errno <= 0 && (fatal === true || code !== undefined || /closed state/.test(error.message))
}
