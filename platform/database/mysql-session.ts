// Not its promises: they note the stack of each query, a tenth of what a query costs here.
import { type Connection, createConnection, type ResultSetHeader } from 'mysql2'
import type { Row } from './database.ts'
import { OutageError } from './errors.ts'
import { translated } from './mysql-errors.ts'

/** One connection to the server. */
export interface Session {
  /** The server's name for it. */
  readonly id: number
  /** Whether it can't be used any more. */
  readonly isBroken: boolean
  readonly inFlight: number
  /** @returns the rows, or how many rows were found to be changed; of several statements, what the last one gives */
  run(sql: string): Promise<Answer>
  end(): Promise<void>
}

/** What a statement gives: rows, or a count. */
export interface Answer {
  readonly rows: Row[]
  readonly changed: number
}

/** Where the server is. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

const CONNECT_MS_MAX = 5_000
const STATEMENT_MS_MAX = 60_000
/** How long a statement waits for another transaction's rows: longer than the server lets a frozen one live. */
const LOCK_WAIT_SECONDS = 5
const SQL_MODE = [
  'ANSI_QUOTES',
  'PIPES_AS_CONCAT',
  'ONLY_FULL_GROUP_BY',
  'STRICT_ALL_TABLES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',')
const SETTINGS = `set session sql_mode = '${SQL_MODE}', session time_zone = '+00:00',
  session innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}, session lock_wait_timeout = ${2 * LOCK_WAIT_SECONDS};
  set session transaction isolation level read committed`

/** The address in a URL such as `mysql://root@127.0.0.1:3306/carillon_jobs`. @throws {RangeError} for another one */
export function addressOf(url: string): Address {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  const database = decodeURIComponent(pathname.slice(1))
  if (protocol !== 'mysql:' || !/^[A-Za-z0-9_]{1,64}$/.test(database)) {
    throw new RangeError(`mysql://user@host:port/database is wanted, and ${protocol}//${hostname}${pathname} was given`)
  }
  return {
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database,
  }
}

/** Connects, and makes the server strict. @throws {OutageError} when it is not there */
export async function openSession({ database, ...address }: Address, selected = true): Promise<Session> {
  const connection = await connect({ ...address, ...(selected ? { database } : {}) })
  let isBroken = false
  let inFlight = 0
  connection.on('error', () => (isBroken = true))
  connection.on('end', () => (isBroken = true))

  async function run(sql: string): Promise<Answer> {
    inFlight++
    try {
      return answerOf(await query(connection, sql))
    } catch (error) {
      const told = translated(error)
      // After a statement that was given up, or a reply that was lost, nobody knows what the next reply belongs to.
      if (told instanceof OutageError && isFatal(error)) {
        isBroken = true
        connection.destroy()
      }
      throw told
    } finally {
      inFlight--
    }
  }

  const session: Session = {
    id: connection.threadId ?? 0,
    get isBroken() {
      return isBroken
    },
    get inFlight() {
      return inFlight
    },
    run,
    async end() {
      isBroken = true
      await new Promise<void>((resolve) => {
        connection.end((error) => {
          if (error) connection.destroy()
          resolve()
        })
      })
    },
  }
  await run(SETTINGS)
  return session
}

function query(connection: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, timeout: STATEMENT_MS_MAX }, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

function connected(connection: Connection): Promise<Connection> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve(connection)))
  })
}

async function connect(address: Partial<Address>): Promise<Connection> {
  try {
    const connection = createConnection({
      ...address,
      connectTimeout: CONNECT_MS_MAX,
      charset: 'UTF8MB4_BIN',
      supportBigNumbers: true,
      decimalNumbers: true,
      jsonStrings: true,
      // A statement comes with its values in it; mysql2 would look through all of it for places to put some.
      queryFormat: (sql: string) => sql,
      // Only our own constant text is put before or after a statement; values are escaped one by one.
      multipleStatements: true,
      // An INSERT that leaves rows alone counts those that it inserted. What an UPDATE found, its message tells.
      flags: ['-FOUND_ROWS'],
    })
    // Who is refused, and cut off after that, has nobody else to hear of it.
    connection.on('error', () => undefined)
    return await connected(connection).catch((error: unknown) => {
      connection.destroy()
      throw error
    })
  } catch (error) {
    const told = translated(error)
    // Trying again at once would not help.
    throw told instanceof OutageError ? new OutageError(told.message || 'no connection', { cause: error }) : told
  }
}

function isFatal(error: unknown): boolean {
  const { errno = 0, fatal = false } = error as { errno?: number; fatal?: boolean }
  // The server says goodbye: shut down, killed, idle for too long.
  return fatal || errno <= 0 || [1053, 1927, 3169, 4031].includes(errno)
}

function answerOf(result: unknown): Answer {
  if (!Array.isArray(result)) return { rows: [], changed: changedRows(result as ResultSetHeader) }
  // Several statements give an array of results, a SELECT an array of rows. A row is no array and no header.
  const last: unknown = result.at(-1)
  if (Array.isArray(last)) return { rows: last as Row[], changed: 0 }
  if (last !== undefined && isHeader(last)) return { rows: [], changed: changedRows(last) }
  return { rows: result as Row[], changed: 0 }
}

function isHeader(result: unknown): result is ResultSetHeader {
  return (result as object).constructor?.name === 'ResultSetHeader'
}

/** `Rows matched: 3  Changed: 1  Warnings: 0`, in whatever language: the first number is what the WHERE found. */
function changedRows({ info, affectedRows }: ResultSetHeader): number {
  const matched = /^\D*(\d+)\D+\d+\D+\d+\D*$/.exec(info)?.[1]
  return matched !== undefined && /matched/i.test(info) ? Number(matched) : affectedRows
}
