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

/** A table, an index or a column that was to be made is there already, or one that was to be dropped is gone. */
export class AlreadyThereError extends Error {
  override readonly name = 'AlreadyThereError'
}

/** A server that answers, but on which this cannot run: an operator has to change its settings. */
export class WrongServerError extends Error {
  override readonly name = 'WrongServerError'
}

/**
 * The database is away, or its disk is full, busy or broken: the same may work later. Nothing was written, but for one
 * case: a server that is lost while it commits may have done so before. Who must not do a thing twice names it by a
 * key of its own (`once`, a version), and does it again.
 */
export class OutageError extends Error {
  override readonly name = 'OutageError'
}

/** An outage that a new transaction, begun at once, has a good chance to be spared: a deadlock, a lost connection. */
export class TransientError extends OutageError {}

/** The server was lost while it committed. */
export class LostCommitError extends OutageError {}
