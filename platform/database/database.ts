import type { Compilable } from 'kysely'
import type { Dialect } from './dialect.ts'

/** What a column holds. Times are milliseconds since 1970, truth is 0 or 1, JSON is text. */
export type Value = string | number | bigint | Uint8Array | null

/** A row as it comes, by column. */
export type Row = Record<string, Value>

/** Reads. SQL text is for the hot path and must be understood by every dialect; `?` stands for a parameter. */
export interface Reader {
  readonly dialect: Dialect
  all<R = Row>(sql: string, params?: readonly Value[]): Promise<R[]>
  get<R = Row>(sql: string, params?: readonly Value[]): Promise<R | undefined>
  /** Runs a query made with `Database.builder`, for queries whose shape varies. */
  query<R>(query: Compilable<R>): Promise<R[]>
}

/** One transaction's worth of work. All of it is committed, or none. Good until the work returns. */
export interface Unit extends Reader {
  /** The database's time at the start of the transaction: the one clock that decides what is due. */
  readonly now: Date
  /** @returns how many rows changed */
  run(sql: string, params?: readonly Value[]): Promise<number>
  /**
   * Inserts many rows by few statements.
   *
   * @param onDuplicate `ignore` leaves rows whose key exists as they are
   * @returns how many rows were inserted
   * @throws {UniqueViolationError} when a key exists, unless ignored
   */
  insertMany(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly Value[])[],
    onDuplicate?: 'fail' | 'ignore',
  ): Promise<number>
  /**
   * The same for statements whose counts nobody needs. They go with the next one, or when `work` returns: in their order,
   * without a round trip of their own. What one of them fails with may be thrown as late as that, so it is for rows that
   * no other writer can have written.
   */
  runLater(sql: string, params?: readonly Value[]): Promise<void>
  insertLater(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly Value[])[],
    onDuplicate?: 'fail' | 'ignore',
  ): Promise<void>
  /**
   * Adds rows to a feed: a table whose key is a `position`, in the order of commits, which its readers follow. They are
   * written with the commit, and the unit itself does not see them.
   */
  append(feed: string, columns: readonly string[], rows: readonly (readonly Value[])[]): Promise<void>
  /** Inserts, or overwrites every given column but those of the key, or only those named as `changing`. May be as late. */
  upsertMany(
    table: string,
    keyColumns: readonly string[],
    columns: readonly string[],
    rows: readonly (readonly Value[])[],
    changing?: readonly string[],
  ): Promise<void>
  /** Runs once the transaction is durable, before the caller of `unit` goes on. Must not throw. */
  afterCommit(hook: () => void): void
}

/** Rows that one of several competitors takes. No other claim sees them until this one has committed. */
export interface ClaimQuery {
  /** A plain SELECT with its WHERE, ORDER BY and LIMIT. The dialect adds what locks the rows and skips locked ones. */
  readonly sql: string
  readonly params?: readonly Value[]
}

/** What a commit did to a table: rows came, or rows that were there were changed or dropped. */
export type Write = `insert ${string}` | `change ${string}`

/** A service's own database. */
export interface Database {
  readonly name: string
  readonly dialect: Dialect
  /** False while commits fail: the disk is full, busy or broken. As of the last transaction. */
  readonly takesWrites: boolean
  /** Committed rows only. */
  readonly reader: Reader
  /** The time by the database's clock. */
  now(): Promise<Date>
  /**
   * Runs `work` in a transaction and resolves once it is durable. Units that arrive while a commit is in flight share
   * the next one: each runs alone, in a savepoint, and fails alone.
   *
   * `work` may run again after an outage, so it has no effects but through its unit. It awaits nothing but its unit.
   *
   * @param keys what the unit locks (`job:1`), so that two units which share a key never overlap. One whose first key is
   *   a lease (`lease:executor:1`) waits for no unit but those of leases
   * @throws whatever `work` throws; then nothing of it was written
   */
  unit<T>(keys: readonly string[], work: (unit: Unit) => Promise<T>): Promise<T>
  /**
   * Selects rows that nobody else holds, and runs `work` on them in the same transaction, alone. `work` must change the
   * rows so that the query finds them no more, or the next claim finds them again.
   */
  claim<R, T>(query: ClaimQuery, work: (unit: Unit, rows: R[]) => Promise<T>): Promise<T>
  /**
   * Calls back after each commit of this process; where it is known what a commit wrote, only after those that wrote one of
   * `writes`. A hint to look, never a promise. @returns how to stop it
   */
  onCommit(listener: () => void, writes?: readonly Write[]): () => void
  /** Ends when what is in flight has ended. Safe to call twice. */
  close(): Promise<void>
}
