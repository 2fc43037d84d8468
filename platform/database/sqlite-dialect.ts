import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

/** SQLite. */
export function sqliteDialect(): Dialect {
  return {
    name: 'sqlite',
    writersAreSerial: true,
    parametersMax: 32_766,
    undoesTables: true,
    types: {
      serial: sql`integer primary key autoincrement`,
      position: sql`integer generated always as (id) virtual`,
      feedPosition: sql`integer primary key autoincrement`,
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
    leaveExisting: () => 'on conflict do nothing',
    alongIndex: () => '',
    lockForClaim: '',
    lockRows: '',
    keepRows: '',
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
