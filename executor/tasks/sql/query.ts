import type { RowFormat, RowsFile } from './rows-file.ts'

/** A value that a query binds. */
export type SqlParam = string | number | boolean | null

/** One statement, and how much of its answer is wanted. */
export interface SqlQuery {
  readonly text: string
  readonly params: readonly SqlParam[]
  readonly format: RowFormat
  readonly rowsMax: number
  readonly timeLimitMs: number
}

/** Runs one query on one connection. @throws {TaskError} SQL_…, TASK_ABORTED */
export type RunQuery<Connection> = (connection: Connection, query: SqlQuery) => Promise<RowsFile>
