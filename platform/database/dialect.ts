import type { Kysely, RawBuilder } from 'kysely'
import type { Reader, Value } from './database.ts'

/** Everything in which the databases differ, in one place. A service never asks which one it runs on. */
export interface Dialect {
  readonly name: 'sqlite' | 'mysql'
  /** Whether transactions write one after another, so that nobody needs to wait for what another may be writing. */
  readonly writersAreSerial: boolean
  /** The most parameters that one statement takes. */
  readonly parametersMax: number
  /** Whether a transaction that is undone takes back the tables that it made. */
  readonly undoesTables: boolean
  /** Column types, by what they hold. */
  readonly types: {
    /** Counts up by itself; the primary key of its table. */
    readonly serial: RawBuilder<unknown>
    /** The place of a row that was numbered after its commit. For the migrations of before there were feeds. */
    readonly position: RawBuilder<unknown>
    /** The primary key of a feed: see `Unit.append`. */
    readonly feedPosition: RawBuilder<unknown>
    /** Up to 191 characters, compared byte by byte; MySQL leaves out spaces at the end. */
    readonly key: RawBuilder<unknown>
    readonly text: RawBuilder<unknown>
    readonly bytes: RawBuilder<unknown>
    readonly integer: RawBuilder<unknown>
    /** Milliseconds since 1970. */
    readonly time: RawBuilder<unknown>
  }
  /** What follows the VALUES of an INSERT that overwrites. */
  overwrite(keyColumns: readonly string[], columns: readonly string[]): string
  /** What follows the VALUES of an INSERT that leaves rows whose key exists as they are. It hides no other error. */
  leaveExisting(columns: readonly string[]): string
  /**
   * What follows the name of a table that is to be read along an index, up to a LIMIT. Left to itself, MySQL reads and
   * sorts the whole table when it takes much of it to be wanted, and a claim then locks all of that.
   */
  alongIndex(index: string): string
  /** What follows a SELECT that claims rows. */
  readonly lockForClaim: string
  /** What follows a SELECT whose rows the unit changes by what it read: until it commits, nobody else does. */
  readonly lockRows: string
  /** What follows a SELECT whose rows must stay as they are until the unit commits. */
  readonly keepRows: string
  /** The statements that make an empty table with the columns and keys of another one. */
  copyOfTable(reader: Reader, table: string, copy: string): Promise<readonly string[]>
  /** Compiles queries; cannot run them: that is what `Reader.query` is for. */
  readonly builder: Kysely<Record<string, Record<string, Value>>>
}
