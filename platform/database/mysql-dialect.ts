import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely'
import type { Dialect } from './dialect.ts'

/**
 * MySQL from 8.0 and MariaDB from 10.6, in what both understand. Collations are named everywhere: their defaults differ,
 * and both compare without regard to case.
 */
export function mysqlDialect(): Dialect {
  return {
    name: 'mysql',
    writersAreSerial: false,
    parametersMax: 65_535,
    undoesTables: false,
    types: {
      serial: sql`bigint auto_increment primary key`,
      position: sql`bigint null`,
      feedPosition: sql`bigint not null primary key`,
      key: sql`varchar(191) character set utf8mb4 collate utf8mb4_bin`,
      text: sql`longtext character set utf8mb4 collate utf8mb4_bin`,
      bytes: sql`longblob`,
      integer: sql`bigint`,
      time: sql`bigint`,
    },
    overwrite(keyColumns, columns) {
      const rest = columns.filter((column) => !keyColumns.includes(column))
      if (rest.length === 0) return unchanged(keyColumns)
      // VALUES(…) and not an alias of the new row, which MariaDB does not know.
      return `on duplicate key update ${rest.map((column) => `${column} = values(${column})`).join(', ')}`
    },
    // INSERT IGNORE would also make a value that does not fit into one that does.
    leaveExisting: unchanged,
    alongIndex: (index) => ` force index (${index})`,
    lockForClaim: ' for update skip locked',
    lockRows: ' for update',
    // FOR SHARE is not known to MariaDB.
    keepRows: ' lock in share mode',
    copyOfTable: async (_reader, table, copy) => [`create table ${copy} like ${table}`],
    builder: new Kysely({
      dialect: {
        createAdapter: () => new MysqlAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (database) => new MysqlIntrospector(database),
        createQueryCompiler: () => new MysqlQueryCompiler(),
      },
    }),
  }
}

function unchanged([column]: readonly string[]): string {
  return `on duplicate key update ${column} = ${column}`
}
