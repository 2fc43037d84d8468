import type { SqlConnection, SqlConnections } from './sql/connection.ts'
import type { SqlParam, SqlQuery } from './sql/query.ts'
import { querySqlite } from './sql/query-sqlite.ts'
import { ROW_FILES, type RowFormat, type RowsFile } from './sql/rows-file.ts'
import { sqlError } from './sql/sql-error.ts'
import type { JsonObject, Task, TaskContext, TaskResult } from './task.ts'

const QUERY_CHARACTERS_MAX = 16_384
const PARAMS_MAX = 100
const ROWS_MAX = 10_000
const ROWS = 1_000
const TIME_LIMIT_MS = 60_000
const TIME_LIMIT_MS_MAX = 240_000
const NAME_CHARACTERS_MAX = 64
const COLUMNS_IN_RESULT_MAX = 200
const COLUMN_CHARACTERS_MAX = 128

type SqlTaskParams = JsonObject & {
  readonly connection: string
  readonly query: string
  readonly params?: readonly SqlParam[]
  readonly format?: RowFormat
  readonly rowsMax?: number
  readonly timeLimitMs?: number
}

/** `SQL`: one query on a database that the operator has named, as a file of rows. It can only read. */
export function sqlTask(connections: SqlConnections): Task<SqlTaskParams> {
  return {
    name: 'SQL',
    description:
      'Runs one query on a connection that the operator has named, and keeps the rows as a CSV, JSON or Markdown artefact. ' +
      'It can only read: everything else is refused.',
    place: 'worker',
    paramsSchema: PARAMS_SCHEMA,
    grant({ connection: name }, workspaceId) {
      const connection = Object.hasOwn(connections, name) ? connections[name] : undefined
      // Somebody else's looks like none.
      if (!connection || connection.workspaceIds?.includes(workspaceId) === false)
        throw sqlError('SQL_CONNECTION_UNKNOWN')
      return connection
    },
    run: runSql,
  }
}

const PARAMS_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    connection: {
      type: 'string',
      minLength: 1,
      maxLength: NAME_CHARACTERS_MAX,
      description: 'The name of a connection in the configuration.',
    },
    query: {
      type: 'string',
      minLength: 1,
      maxLength: QUERY_CHARACTERS_MAX,
      description: 'One statement that reads, with `?` for each value of `params`.',
    },
    params: {
      type: 'array',
      maxItems: PARAMS_MAX,
      items: { type: ['string', 'number', 'boolean', 'null'] },
      description: 'Values that are bound in order, never pasted into the query.',
    },
    format: { type: 'string', enum: Object.keys(ROW_FILES), default: 'CSV' },
    rowsMax: {
      type: 'integer',
      minimum: 1,
      maximum: ROWS_MAX,
      default: ROWS,
      description:
        'Rows that are kept, as far as an artefact of 1 MiB holds them. If there are more, the file says so.',
    },
    timeLimitMs: {
      type: 'integer',
      minimum: 1,
      maximum: TIME_LIMIT_MS_MAX,
      default: TIME_LIMIT_MS,
      description: 'Milliseconds for the query, the connection included.',
    },
  },
  required: ['connection', 'query'],
  additionalProperties: false,
}

async function runSql(params: SqlTaskParams, context: TaskContext): Promise<TaskResult> {
  const { format = 'CSV', rowsMax = ROWS, timeLimitMs = TIME_LIMIT_MS } = params
  const query = { text: params.query, params: params.params ?? [], format, rowsMax, timeLimitMs }
  const startedMs = context.clock.monotonicMs()
  // What `grant` gave.
  const file = await answer(context.grant as SqlConnection, query, context)
  const durationMs = Math.round(context.clock.monotonicMs() - startedMs)
  const { rowCount, isTruncated, content } = file
  context.log('INFO', `${params.connection} answered ${rowCount} rows after ${durationMs} ms`)
  if (isTruncated) context.log('WARN', `there is more than these ${rowCount} rows show`)
  const columns = file.columns.slice(0, COLUMNS_IN_RESULT_MAX).map((name) => name.slice(0, COLUMN_CHARACTERS_MAX))
  return {
    result: { columns, rowCount, isTruncated, durationMs },
    artefacts: [{ ...ROW_FILES[format], content }],
  }
}

async function answer(connection: SqlConnection, query: SqlQuery, context: TaskContext): Promise<RowsFile> {
  if (connection.kind === 'SQLITE') return await querySqlite(connection, query, context)
  // Loaded with the first query that needs it.
  const { queryMysql } = await import('./sql/query-mysql.ts')
  return await queryMysql(connection, query, context)
}
