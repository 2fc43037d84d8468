import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readStackConfig, StackError } from './config.ts'
import { prepareDatabase } from './database.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'database-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const NO_MYSQL = new StackError('apt-get is missing')
const NO_MARIADB = new StackError('No database server: install it')

/** Prepares by ways that are there, or fail as told. Yields what was tried, what was said, and the outcome. */
async function prepare(
  wanted: 'auto' | 'mysql' | 'mariadb',
  errors: { readonly mysql?: Error; readonly mariadb?: Error } = {},
) {
  const tried: string[] = []
  const said: string[] = []
  const way = (kind: 'mysql' | 'mariadb') => async () => {
    tried.push(kind)
    if (errors[kind]) throw errors[kind]
    return { command: kind, args: [] }
  }
  const config = readStackConfig({ STACK_DIR: directory, STACK_DATABASE: wanted })
  const ways = { mysql: way('mysql'), mariadb: way('mariadb') }
  const outcome = await prepareDatabase(config, (text) => said.push(text), ways).then(
    ({ command }) => command,
    (error: unknown) => error,
  )
  return { tried, said, outcome }
}

test('genuine MySQL is taken where it can be had, and MariaDB not asked for', async () => {
  expect(await prepare('auto')).toEqual({ tried: ['mysql'], said: [], outcome: 'mysql' })
})

test('where MySQL cannot be had MariaDB is taken, and it is said why', async () => {
  const said = ['no genuine MySQL here (apt-get is missing); taking MariaDB']
  expect(await prepare('auto', { mysql: NO_MYSQL })).toEqual({ tried: ['mysql', 'mariadb'], said, outcome: 'mariadb' })
})

test('where there is neither, both reasons are told', async () => {
  const { tried, said, outcome } = await prepare('auto', { mysql: NO_MYSQL, mariadb: NO_MARIADB })
  expect([tried, outcome]).toEqual([['mysql', 'mariadb'], NO_MARIADB])
  expect(said).toEqual([expect.stringContaining(NO_MYSQL.message)])
})

test('who asks for one gets that one or its reason, and never the other', async () => {
  expect(await prepare('mysql', { mysql: NO_MYSQL })).toEqual({ tried: ['mysql'], said: [], outcome: NO_MYSQL })
  expect(await prepare('mariadb')).toEqual({ tried: ['mariadb'], said: [], outcome: 'mariadb' })
})

test.each(['mysql', 'mariadb'] as const)('data of %s is never left for the other', async (kind) => {
  mkdirSync(join(directory, 'data', kind), { recursive: true })
  const missing = { [kind]: NO_MYSQL }
  expect(await prepare('auto', missing)).toEqual({ tried: [kind], said: [], outcome: NO_MYSQL })
})

test('a bug on the way to MySQL is not taken for its absence', async () => {
  const bug = new TypeError('undefined')
  expect(await prepare('auto', { mysql: bug })).toEqual({ tried: ['mysql'], said: [], outcome: bug })
})
