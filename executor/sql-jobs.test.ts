import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { type Stage, shown, stage } from './executor.fixture.ts'
import { openCatalogue, openTaskWorkers, type SqlConnections } from './tasks/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'carillon-sql-jobs-'))
const path = join(folder, 'hush-hush.sqlite')
new DatabaseSync(path).close()
afterAll(() => rmSync(folder, { recursive: true }))

const sql: SqlConnections = {
  everybody: { kind: 'SQLITE', path, workspaceIds: null },
  theirs: { kind: 'SQLITE', path, workspaceIds: ['theirs'] },
  broken: {
    ...{ kind: 'MYSQL', host: '127.0.0.1', port: 1, user: 'hush-hush', password: 'hush-hush', database: 'hush-hush' },
    ...{ isEncrypted: false, workspaceIds: null },
  },
}

/** Every value of every table. */
async function everything({ world }: Stage): Promise<string> {
  const { reader } = world.database
  const tables = await reader.all<{ name: string }>("select name from sqlite_master where type = 'table'")
  const rows = await Promise.all(
    tables.map(({ name }) => reader.all<Record<string, unknown>>(`select * from "${name}"`)),
  )
  return rows
    .flat()
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
    .join('\n')
}

test('SQL jobs run in a worker, each with its own connection, and nothing of one is written down', async () => {
  const given = await stage()
  const clock = systemClock()
  const options = { sql }
  const workers = openTaskWorkers({ clock, tasks: options })
  try {
    const { taskNamed } = openCatalogue(options)
    await given.executor({ tasks: { taskNamed, runTask: workers.runTask } })
    const ask = (connection: string) => ({
      jobType: 'SQL',
      params: JSON.stringify({ connection, query: 'select 1 as n' }),
    })
    const ids = await request(given.world, ask('everybody'), ask('theirs'), ask('broken'), ask('none'))
    const outcomes = async (): Promise<unknown> => {
      // The worker lives in real time, what is written in moved time.
      await given.clock.advance(100)
      const executions = await Promise.all(ids.map((id) => shown(given, id)))
      return executions.map(({ status, error_code }) => error_code ?? status)
    }
    await expect
      .poll(outcomes, { timeout: 10_000 })
      .toEqual(['SUCCEEDED', 'SQL_CONNECTION_UNKNOWN', 'SQL_CONNECTION_FAILED', 'SQL_CONNECTION_UNKNOWN'])
    expect((await shown(given, ids[0])).result).toMatch(/"columns":\["n"\],"rowCount":1,"isTruncated":false/)
    const written = await everything(given)
    expect(written).toContain('SQL_CONNECTION_FAILED')
    expect(written).not.toContain('hush-hush')
  } finally {
    await workers.close()
  }
})
