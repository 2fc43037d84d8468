import { readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { z } from 'zod'
import type { SqlConnection, SqlConnections } from '#services/executor'
import { ConfigurationError } from './configuration-error.ts'

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1'])
const CONNECTIONS_MAX = 1_000
const FILE_BYTES_MAX = 1024 * 1024

const workspaces = z.array(z.string().min(1).max(64)).min(1).max(CONNECTIONS_MAX).optional()
const connection = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('mysql'),
    host: z.string().min(1).max(255),
    port: z.int().min(1).max(65_535).default(3_306),
    user: z.string().min(1).max(128),
    password: z.string().max(1_024).default(''),
    database: z.string().min(1).max(64),
    /** Only a server on this machine is spoken to in the clear unless it says so. */
    tls: z.boolean().optional(),
    workspaces,
  }),
  z.strictObject({ type: z.literal('sqlite'), path: z.string().min(1).max(4_096), workspaces }),
])
const file = z.record(
  z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, 'must be letters, digits, `_`, `.` and `-`'),
  connection,
)

/**
 * Reads the connections of SQL jobs. What is wrong is told by its place, and never with a value: passwords are among them.
 *
 * @param dataDirectory where this system keeps its own databases, which no job may read
 * @throws {ConfigurationError}
 */
export function readSqlConnections(path: string, dataDirectory: string): SqlConnections {
  const parsed = file.safeParse(jsonIn(path))
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw wrong(`${path} does not name connections:\n${lines.join('\n')}`)
  }
  const entries = Object.entries(parsed.data)
  if (entries.length > CONNECTIONS_MAX) throw wrong(`${path} names more than ${CONNECTIONS_MAX} connections`)
  return Object.fromEntries(
    entries.map(([name, given]) => {
      if (given.type === 'sqlite' && isWithin(given.path, dataDirectory))
        throw wrong(`${name}.path lies in DATA_DIR, where the databases of this system are: no job may read those`)
      return [name, connectionOf(given)]
    }),
  )
}

function connectionOf(given: z.output<typeof connection>): SqlConnection {
  const workspaceIds = given.workspaces ?? null
  if (given.type === 'sqlite') return { kind: 'SQLITE', path: resolve(given.path), workspaceIds }
  const { host, port, user, password, database, tls = !LOCAL_HOSTS.has(host) } = given
  return { kind: 'MYSQL', host, port, user, password, database, isEncrypted: tls, workspaceIds }
}

function jsonIn(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw wrong(`SQL_CONNECTIONS_FILE: ${path} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}`)
  }
  if (text.length > FILE_BYTES_MAX) throw wrong(`${path} is larger than ${FILE_BYTES_MAX} bytes`)
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words repeat a piece of the file.
    throw wrong(`${path} is no JSON`)
  }
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(real(directory), real(path))
  return !way.startsWith('..') && !isAbsolute(way)
}

/** Where a path leads; one that is not there yet is taken as it is written. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function wrong(message: string): ConfigurationError {
  return new ConfigurationError(message)
}
