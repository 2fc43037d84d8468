import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'mysql2'
import { afterEach, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import type { MysqlConnection } from './connection.ts'
import type { SqlQuery } from './query.ts'
import { queryMysql } from './query-mysql.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** The parts of mysql2's server side that its types leave out. */
interface ServerSide {
  serverHandshake(greeting: object): void
  on(event: 'query' | 'stmt_prepare', answer: (sql: string) => void): void
  on(event: 'error', ignore: () => void): void
  writeOk(): void
  writeEof(): void
  writePacket(packet: { readonly buffer: Buffer; length(): number; writeHeader(sequenceId: number): void }): void
  writeError(error: object): void
  writeTextResult(rows: object[], columns: object[]): void
  close(): void
  /** Of the next packet; each command counts anew. */
  sequenceId: number
}

const GREETING = { protocolVersion: 10, serverVersion: '8.4.0', connectionId: 77, statusFlags: 2, characterSet: 45 }
const TEXT = { columnType: 253, characterSet: 45, flags: 0, catalog: 'def', schema: '', table: '', orgTable: '' }

/** A server that takes settings, and does with the query itself what a test says. */
async function server(onQuery: (side: ServerSide, sql: string) => void, version = '8.4.0') {
  const asked: string[] = []
  const heard = Promise.withResolvers<void>()
  const opened = createServer((accepted) => {
    const side = accepted as unknown as ServerSide
    const answer = (sql: string): void => {
      asked.push(sql)
      side.sequenceId = 1
      if (sql === 'select version()') side.writeTextResult([{ v: version }], [{ ...TEXT, name: 'v', orgName: 'v' }])
      else if (/^(?:set|start|kill) /.test(sql)) side.writeOk()
      else {
        heard.resolve()
        onQuery(side, sql)
      }
      side.sequenceId = 0
    }
    side.on('query', answer)
    side.on('stmt_prepare', answer)
    side.on('error', () => undefined)
    const authCallback = (_given: unknown, accept: (error: null) => void): void => {
      accept(null)
      side.sequenceId = 0
    }
    side.serverHandshake({ ...GREETING, capabilityFlags: 0xffffff ^ 0x800, authCallback })
  })
  const { _server: listening } = opened as unknown as { _server: import('node:net').Server }
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => listening.close())
  const { port } = listening.address() as AddressInfo
  const connection: MysqlConnection = {
    ...{ kind: 'MYSQL', host: '127.0.0.1', port, user: 'u', password: '', database: 'd', isEncrypted: false },
  }
  return { connection, asked, heard: heard.promise }
}

const query: SqlQuery = { text: 'select slow', params: [], format: 'CSV', rowsMax: 10, timeLimitMs: 1_500 }

function context(): { clock: MovedClock; signal: AbortSignal; abort: AbortController } {
  const abort = new AbortController()
  return { clock: movedClock(new Date('2026-11-23T00:00:00Z')), signal: abort.signal, abort }
}

const silent = (): void => undefined

/** Says of a statement that it has so many params, and no columns: COM_STMT_PREPARE_OK. */
function prepare(side: ServerSide, paramCount: number): void {
  const send = (...body: number[]): void => {
    const buffer = Buffer.from([body.length, 0, 0, 0, ...body])
    const writeHeader = (sequenceId: number): void => void buffer.writeUInt8(sequenceId, 3)
    side.writePacket({ buffer, length: () => buffer.length, writeHeader })
  }
  send(0, 1, 0, 0, 0, 0, 0, paramCount, 0, 0, 0, 0)
  if (paramCount === 0) return
  const definition = [3, ...Buffer.from('def'), 0, 0, 0, 0, 0, 12, 63, 0, 0, 0, 0, 0, 253, 0, 0, 0, 0, 0]
  for (let param = 0; param < paramCount; param++) send(...definition)
  side.writeEof()
}

test.each([
  ['8.4.0', 'set session max_execution_time = 1500'],
  ['11.4.2-MariaDB', 'set session max_statement_time = 1.5'],
])('a server of version %s is told its limits before it is asked', async (version, limit) => {
  const refusal = { code: 1054, message: "Unknown column 'slow'", sqlState: '42S22' }
  const { connection, asked } = await server((side) => side.writeError(refusal), version)
  await expect(queryMysql(connection, query, context())).rejects.toMatchObject({ code: 'SQL_FAILED' })
  expect(asked).toEqual([
    'select version()',
    limit,
    'set session sql_select_limit = 11',
    'set session transaction read only',
    'start transaction read only',
    'select slow',
  ])
})

test.each([
  [2, [], 'it has 2 ? and params has 0 values'],
  [1, [1, 'x'], 'it has 1 ? and params has 2 values'],
  [0, [null], 'it has 0 ? and params has 1 value'],
])('of a statement with %i ? and the params %j it is told that they do not fit', async (count, params, message) => {
  const { connection, asked } = await server((side) => prepare(side, count))
  await expect(queryMysql(connection, { ...query, params }, context())).rejects.toMatchObject({
    ...{ code: 'SQL_FAILED', isFinal: true, message: expect.stringContaining(message) },
  })
  expect(asked.at(-1)).toBe(query.text)
})

test('what takes too long is killed on the server', async () => {
  const { connection, asked, heard } = await server(silent)
  const { clock, signal } = context()
  const failed = expect(queryMysql(connection, query, { clock, signal })).rejects.toMatchObject({
    code: 'SQL_TIMED_OUT',
  })
  await heard
  await clock.advance(1_500)
  await failed
  expect(asked.at(-1)).toBe('kill 77')
  expect(clock.nextWakeMs()).toBeUndefined()
})

test('what nobody waits for any more is killed on the server', async () => {
  const { connection, asked, heard } = await server(silent)
  const { clock, signal, abort } = context()
  const failed = expect(queryMysql(connection, query, { clock, signal })).rejects.toMatchObject({
    code: 'TASK_ABORTED',
  })
  await heard
  abort.abort()
  await failed
  expect(asked.at(-1)).toBe('kill 77')
})

test('a connection that breaks while the server computes is noticed', async () => {
  const { connection } = await server((side) => side.close())
  await expect(queryMysql(connection, query, context())).rejects.toMatchObject({ code: 'SQL_CONNECTION_FAILED' })
})

test('a server that is not there, and a statement that writes, reach nobody', async () => {
  const { connection, asked } = await server(silent)
  for (const text of ['delete from t', 'call p()', '/*! set */ select 1']) {
    const refused = queryMysql(connection, { ...query, text }, context())
    await expect(refused).rejects.toMatchObject({ code: 'SQL_REFUSED_WRITE' })
  }
  expect(asked).toEqual([])
  const nobody = queryMysql({ ...connection, port: 1 }, query, context())
  await expect(nobody).rejects.toMatchObject({ code: 'SQL_CONNECTION_FAILED' })
})
