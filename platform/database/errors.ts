/** A key exists already. */
export class UniqueViolationError extends Error {
  override readonly name = 'UniqueViolationError'
}

/** The database was closed while work was waiting. */
export class DatabaseClosedError extends Error {
  override readonly name = 'DatabaseClosedError'
}
