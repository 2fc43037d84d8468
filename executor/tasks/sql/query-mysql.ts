import { connect as connectPlain } from 'node:net'
import { type Connection, createConnection, type PrepareStatementInfo } from 'mysql2'
import { abortedError } from '../aborted.ts'
import type { TaskContext } from '../task.ts'
import { misfit } from './bound-params.ts'
import type { MysqlConnection } from './connection.ts'
import { isReadingStatement, mysqlError } from './mysql-rules.ts'
import type { SqlQuery } from './query.ts'
import { openRowsWriter, type RowsFile, type RowsWriter } from './rows-file.ts'
import { sqlError } from './sql-error.ts'

const CONNECT_MS_MAX = 10_000
const KILL_MS_MAX = 1_000

/**
 * Runs a query on a server, on a connection of its own, in a transaction that can only read. At its time limit, and when the attempt
 * ends, the server is told to kill it: one that merely lost its client would compute on.
 *
 * @throws {TaskError} SQL_CONNECTION_FAILED, SQL_FAILED, SQL_NOT_PERMITTED, SQL_REFUSED_WRITE, SQL_TIMED_OUT, TASK_ABORTED
 */
export async function queryMysql(
  server: MysqlConnection,
  query: SqlQuery,
  context: Pick<TaskContext, 'clock' | 'signal'>,
): Promise<RowsFile> {
  const { clock, signal } = context
  if (signal.aborted) throw abortedError()
  if (!isReadingStatement(query.text)) throw sqlError('SQL_REFUSED_WRITE')
  const startedMs = clock.monotonicMs()
  const isLate = (): boolean => clock.monotonicMs() - startedMs >= query.timeLimitMs
  const over = new AbortController()
  const { connection, end } = connect(server)
  try {
    const file = await Promise.race([
      read(connection, query),
      // One that breaks while rows come says so here alone.
      new Promise<never>((_resolve, reject) => connection.on('error', reject)),
      clock.sleep(query.timeLimitMs, over.signal).then((): never => {
        throw sqlError('SQL_TIMED_OUT')
      }),
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(abortedError()), { signal: over.signal })
      }),
    ])
    // Some expressions end early at the server's limit and call that an answer.
    if (isLate()) throw sqlError('SQL_TIMED_OUT')
    return file
  } catch (error) {
    if (signal.aborted || isLate()) await kill(server, connection, context)
    throw mysqlError(error)
  } finally {
    over.abort()
    end()
  }
}

interface Connected {
  readonly connection: Connection
  /** At once, whatever the server still sends: the client's own ways let it finish. */
  end(): void
}

function connect({ host, port, user, password, database, isEncrypted }: MysqlConnection): Connected {
  const socket = connectPlain({ host, port, noDelay: true })
  const connection = createConnection({
    ...{ host, port, user, password, database, stream: socket },
    // Without it any certificate of a known authority would do, whoever it names.
    ...(isEncrypted && { ssl: { verifyIdentity: true } }),
    connectTimeout: CONNECT_MS_MAX,
    multipleStatements: false,
    // A server could ask for a file of this machine.
    flags: ['-LOCAL_FILES'],
    charset: 'utf8mb4',
    // As the server writes them: nothing is rounded, or moved to another zone.
    ...{ dateStrings: true, supportBigNumbers: true, jsonStrings: true, rowsAsArray: true },
  })
  // One that is destroyed may fail once more.
  connection.on('error', () => undefined)
  return {
    connection,
    end() {
      connection.destroy()
      socket.destroy()
    },
  }
}

async function read(connection: Connection, query: SqlQuery): Promise<RowsFile> {
  const [[version = '']] = (await ask(connection, 'select version()')) as [[string?]]
  const { timeLimitMs, rowsMax } = query
  for (const setting of [
    // MariaDB's own limit is in seconds.
    version.includes('MariaDB') ? `max_statement_time = ${timeLimitMs / 1_000}` : `max_execution_time = ${timeLimitMs}`,
    `sql_select_limit = ${rowsMax + 1}`,
    'transaction read only',
  ]) {
    await ask(connection, `set session ${setting}`)
  }
  await ask(connection, 'start transaction read only')
  return await rowsOf(connection, query)
}

function ask(connection: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error, rows) => (error ? reject(error) : resolve(rows)))
  })
}

async function rowsOf(connection: Connection, { text, params, format, rowsMax }: SqlQuery): Promise<RowsFile> {
  const statement = await prepared(connection, text)
  // Of too few the client makes a packet that the server cannot read, and too many are left out.
  const detail = misfit(statement.parameters.length, params.length)
  if (detail !== undefined) throw sqlError('SQL_FAILED', detail)
  return await new Promise((resolve, reject) => {
    let rows: RowsWriter | undefined
    statement
      .execute([...params])
      .on('fields', (fields: readonly { readonly name: string }[] | undefined) => {
        rows ??= openRowsWriter(
          format,
          (fields ?? []).map(({ name }) => name),
          rowsMax,
        )
      })
      .on('result', (row) => {
        // What is left is not waited for: the connection is destroyed.
        if (rows !== undefined && Array.isArray(row) && !rows.add(row)) resolve(rows.end())
      })
      .on('error', reject)
      .on('end', () => resolve((rows ?? openRowsWriter(format, [], rowsMax)).end()))
  })
}

/** The part of a statement that the types of mysql2 leave out: a definition for each `?`, as the server counts them. */
type Prepared = PrepareStatementInfo & { readonly parameters: readonly unknown[] }

function prepared(connection: Connection, text: string): Promise<Prepared> {
  return new Promise((resolve, reject) => {
    connection.prepare(text, (error, statement) => (error ? reject(error) : resolve(statement as Prepared)))
  })
}

/** Tells the server, if it answers soon. Otherwise its own limit ends the query. */
async function kill(
  server: MysqlConnection,
  { threadId }: Connection,
  { clock }: Pick<TaskContext, 'clock'>,
): Promise<void> {
  if (!Number.isSafeInteger(threadId)) return
  const { connection: killer, end } = connect(server)
  const over = new AbortController()
  try {
    await Promise.race([ask(killer, `kill ${threadId}`), clock.sleep(KILL_MS_MAX, over.signal)])
  } catch {
    // It has ended meanwhile, or cannot be reached.
  } finally {
    over.abort()
    end()
  }
}
