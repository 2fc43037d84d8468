import {
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Reader, Value } from './database.ts'

/** Everything in which the databases differ, in one place. A service never asks which one it runs on. */
export interface Dialect {
  readonly name: 'sqlite' | 'mysql'
  /**
   * Whether transactions write one after another, so that rows number themselves in commit order. Where writers overlap,
   * `position` stays NULL at commit and the sequencer fills it in.
   */
  readonly writersAreSerial: boolean
  /** The column by which readers follow rows in commit order: `position`, or the `id` that is the same but is a key. */
  readonly feedOrder: 'id' | 'position'
  /** The most parameters that one statement takes. */
  readonly parametersMax: number
  /** Column types, by what they hold. */
  readonly types: {
    /** Counts up by itself; the primary key of its table. */
    readonly serial: RawBuilder<unknown>
    /** The place in commit order: beside a `serial` column that is named `id`. */
    readonly position: RawBuilder<unknown>
    /** Up to 191 characters, compared byte by byte. */
    readonly key: RawBuilder<unknown>
    readonly text: RawBuilder<unknown>
    readonly bytes: RawBuilder<unknown>
    readonly integer: RawBuilder<unknown>
    /** Milliseconds since 1970. */
    readonly time: RawBuilder<unknown>
  }
  /** What follows the VALUES of an INSERT that overwrites. */
  overwrite(keyColumns: readonly string[], columns: readonly string[]): string
  /** The verb of an INSERT that leaves existing rows alone. */
  readonly insertOrIgnore: string
  /** What follows a SELECT that claims rows. */
  readonly lockForClaim: string
  /** The statements that make an empty table with the columns and keys of another one. */
  copyOfTable(reader: Reader, table: string, copy: string): Promise<readonly string[]>
  /** Compiles queries; cannot run them: that is what `Reader.query` is for. */
  readonly builder: Kysely<Record<string, Record<string, Value>>>
}

/**
 * SQLite. `sequenced: true` numbers rows by the sequencer, as a database with overlapping writers must, so that its
 * path is tested without one.
 */
export function sqliteDialect({ sequenced = false }: { sequenced?: boolean } = {}): Dialect {
  return {
    name: 'sqlite',
    writersAreSerial: !sequenced,
    feedOrder: sequenced ? 'position' : 'id',
    parametersMax: 32_766,
    types: {
      serial: sql`integer primary key autoincrement`,
      position: sequenced ? sql`integer` : sql`integer generated always as (id) virtual`,
      key: sql`text`,
      text: sql`text`,
      bytes: sql`blob`,
      integer: sql`integer`,
      time: sql`integer`,
    },
    overwrite: (keyColumns, columns) => {
      const rest = columns.filter((column) => !keyColumns.includes(column))
      if (rest.length === 0) return `on conflict (${keyColumns.join(', ')}) do nothing`
      const assignments = rest.map((column) => `${column} = excluded.${column}`).join(', ')
      return `on conflict (${keyColumns.join(', ')}) do update set ${assignments}`
    },
    insertOrIgnore: 'insert or ignore into',
    lockForClaim: '',
    async copyOfTable(reader, table, copy) {
      const rows = await reader.all<{ sql: string }>(
        'select sql from sqlite_master where tbl_name = ? and sql is not null order by type desc',
        [table],
      )
      // Tables come before their indexes. An index name is the table's name with something after it.
      const name = new RegExp(`"${table}(?=["_])`, 'g')
      return rows.map((row) => row.sql.replace(name, `"${copy}`))
    },
    builder: new Kysely({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (database) => new SqliteIntrospector(database),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
  }
}
