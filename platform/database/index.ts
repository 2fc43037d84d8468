// Rows on disk: one port over SQLite and (as another adapter) MySQL, with group commit, claims and migrations.
// Never knows what a row means.
export type {
  ClaimQuery,
  Database,
  Reader,
  Row,
  Unit,
  Value,
} from './database.ts'
export { type Dialect, sqliteDialect } from './dialect.ts'
export { UniqueViolationError } from './errors.ts'
export { type Migration, migrate } from './migrations.ts'
export { openSqlite, type SqliteOptions } from './sqlite.ts'
export { type DatabaseView, viewSqlite } from './sqlite-view.ts'
