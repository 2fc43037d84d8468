// Rows on disk: one port over SQLite and MySQL, with group commit, claims and migrations.
// Never knows what a row means.
export type {
  ClaimQuery,
  Database,
  Reader,
  Row,
  Unit,
  Value,
  Write,
} from './database.ts'
export type { Dialect } from './dialect.ts'
export { OutageError, UniqueViolationError, WrongServerError } from './errors.ts'
export { type Migration, migrate } from './migrations.ts'
export { type MysqlOptions, openMysql } from './mysql.ts'
export { mysqlDialect } from './mysql-dialect.ts'
export { openSqlite, type SqliteOptions } from './sqlite.ts'
export { type DatabaseView, viewSqlite } from './sqlite-view.ts'
