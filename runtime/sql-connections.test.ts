import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigurationError } from './configuration-error.ts'
import { readSqlConnections } from './sql-connections.ts'

const folder = mkdtempSync(join(tmpdir(), 'carillon-connections-'))
const path = join(folder, 'connections.json')
afterAll(() => rmSync(folder, { recursive: true }))

function read(content: unknown) {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readSqlConnections(path, join(folder, 'data'))
}

const mysql = { type: 'mysql', host: 'db.example', user: 'report', password: 'hush-hush', database: 'shop' }

test('a file names connections, with what is left out', () => {
  expect(
    read({
      warehouse: { ...mysql, workspaces: ['w1'] },
      local: { ...mysql, host: '127.0.0.1', port: 3_307 },
      archive: { type: 'sqlite', path: '/srv/archive.sqlite' },
    }),
  ).toEqual({
    warehouse: {
      ...{ kind: 'MYSQL', host: 'db.example', port: 3_306, user: 'report', password: 'hush-hush', database: 'shop' },
      ...{ isEncrypted: true, workspaceIds: ['w1'] },
    },
    local: {
      ...{ kind: 'MYSQL', host: '127.0.0.1', port: 3_307, user: 'report', password: 'hush-hush', database: 'shop' },
      ...{ isEncrypted: false, workspaceIds: null },
    },
    archive: { kind: 'SQLITE', path: '/srv/archive.sqlite', workspaceIds: null },
  })
})

test.each([
  ['no JSON', '{"warehouse": hush-hush}', 'is no JSON'],
  ['no object', '"hush-hush"', 'does not name connections'],
  ['an unknown type', { warehouse: { ...mysql, type: 'oracle' } }, 'warehouse.type: '],
  ['a setting that nobody reads', { warehouse: { ...mysql, pass: 'hush-hush' } }, 'warehouse: '],
  ['a wrong port', { warehouse: { ...mysql, port: 70_000 } }, 'warehouse.port: '],
  ['a name that no job can write', { 'ware house': mysql }, 'ware house: '],
  ['nobody who may use it', { warehouse: { ...mysql, workspaces: [] } }, 'warehouse.workspaces: '],
])('%s is refused, without a password in the message', (_what, content, message) => {
  const refused = () => read(content)
  expect(refused).toThrow(ConfigurationError)
  expect(refused).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }))
  expect(refused).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hush-hush') }))
})

test('a file that is not there is said', () => {
  expect(() => readSqlConnections(join(folder, 'none.json'), folder)).toThrow(/cannot be read: ENOENT/)
})

test("the system's own databases are no connection, by whatever way", () => {
  const data = join(folder, 'data')
  symlinkSync(folder, join(folder, 'way'))
  for (const own of [join(data, 'auth.sqlite'), join(data, '..', 'data', 'jobs.sqlite')]) {
    expect(() => read({ own: { type: 'sqlite', path: own } })).toThrow(/lies in DATA_DIR/)
  }
  const through = join(folder, 'way', 'connections.json')
  writeFileSync(path, JSON.stringify({ own: { type: 'sqlite', path: through } }))
  expect(() => readSqlConnections(path, folder)).toThrow(/lies in DATA_DIR/)
})
