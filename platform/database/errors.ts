/** A key exists already. */
export class UniqueViolationError extends Error {
  override readonly name = 'UniqueViolationError'
}

/** The database was closed while work was waiting. */
export class DatabaseClosedError extends Error {
  override readonly name = 'DatabaseClosedError'
}

/** A database that this thread may only read was to be written: a mistake in how the process was put together. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError'
}

/** The disk is full, busy or broken: nothing was written, and the same may work later. */
export class OutageError extends Error {
  override readonly name = 'OutageError'
}
