import type { SqlQuery } from './query.ts'
import type { RowsFile } from './rows-file.ts'
import type { SqlErrorCode } from './sql-error.ts'

/** What the process that reads a file is told, once. */
export interface ToSqlite {
  readonly path: string
  readonly query: SqlQuery
}

/** What it answers, once. */
export type FromSqlite =
  | { readonly type: 'done'; readonly file: RowsFile }
  | { readonly type: 'failed'; readonly code: SqlErrorCode; readonly detail?: string | undefined }
