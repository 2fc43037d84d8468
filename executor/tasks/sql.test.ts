import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { movedClock } from '#platform/testing'
import { withinLimits } from './limits.ts'
import type { SqlConnection } from './sql/connection.ts'
import { sqlTask } from './sql.ts'
import type { JsonObject, TaskContext, TaskResult } from './task.ts'
import { type TestContext, taskContext } from './testing/task-context.ts'
import { openTaskWorkers } from './worker/task-workers.ts'

const folder = mkdtempSync(join(tmpdir(), 'carillon-sql-'))
const path = join(folder, 'secret-name.sqlite')
const shop: SqlConnection = { kind: 'SQLITE', path, workspaceIds: null }
const task = sqlTask({ shop })
const ENDLESS = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'

const made = new DatabaseSync(path)
made.exec(`
  create table orders (id integer primary key, product text, cents integer, note blob, at text);
  insert into orders values (1, 'Bell', 1000, x'00ff', '2026-11-21'), (2, '=Clock|2', 9007199254740993, null, '2026-11-22');
  create table other (id integer);
`)
made.close()
afterAll(() => rmSync(folder, { recursive: true }))

type Asked = { query: string } & JsonObject

/** Runs the task as the executor does, but in this process. */
async function run(asked: Asked, changes: Partial<TaskContext> = {}): Promise<TaskResult & { context: TestContext }> {
  const params = { connection: 'shop', ...asked }
  const context = taskContext({ grant: task.grant?.(params, 'workspace-1') ?? null, ...changes })
  return { ...withinLimits(await task.run(params, context)), context }
}

describe('a query', () => {
  test('is answered with its columns and a file of rows', async () => {
    const { result, artefacts, context } = await run({
      query: 'select id, product, cents, note from orders order by id',
    })
    expect(result).toMatchObject({ columns: ['id', 'product', 'cents', 'note'], rowCount: 2, isTruncated: false })
    expect(artefacts).toEqual([
      {
        name: 'rows.csv',
        mediaType: 'text/csv; charset=utf-8',
        content: "id,product,cents,note\r\n1,Bell,1000,AP8=\r\n2,'=Clock|2,9007199254740993,\r\n",
      },
    ])
    expect(context.lines).toEqual([['INFO', expect.stringMatching(/^shop answered 2 rows after \d+ ms$/)]])
  })

  test.each([
    [
      'JSON',
      'rows.json',
      '{"columns":["id","product"],"rows":[\n[1,"Bell"],\n[2,"=Clock|2"]\n],"rowCount":2,"isTruncated":false}\n',
    ],
    ['MARKDOWN', 'rows.md', '| id | product |\n| --- | --- |\n| 1 | Bell |\n| 2 | =Clock\\|2 |\n'],
  ])('may want its rows as %s', async (format, name, content) => {
    const { artefacts } = await run({ query: 'select id, product from orders order by id', format })
    expect(artefacts).toMatchObject([{ name, content }])
  })

  test('binds its params, which are never read as SQL', async () => {
    const hostile = "Bell' or 1=1; drop table orders; --"
    const query = 'select ? as a, ? as b, ? as c, ? as d, (select count(*) from orders where product = ?) as found'
    const { artefacts } = await run({ query, params: [1.5, true, null, hostile, hostile], format: 'JSON' })
    expect(JSON.parse(artefacts[0]?.content ?? '')).toMatchObject({ rows: [[1.5, 1, null, hostile, 0]] })
  })

  test('may end with a semicolon and a comment', async () => {
    expect((await run({ query: 'select 1 as one; -- that is all\n /* yes */ ;' })).result).toMatchObject({
      rowCount: 1,
    })
  })

  test('with more rows than are wanted says so in its result, its file and its log', async () => {
    const { result, artefacts, context } = await run({ query: 'select id from orders order by id', rowsMax: 1 })
    expect(result).toMatchObject({ rowCount: 1, isTruncated: true })
    expect(artefacts[0]?.content).toBe('id\r\n1\r\n(cut: there is more than these 1 rows show)\r\n')
    expect(context.lines).toContainEqual(['WARN', 'there is more than these 1 rows show'])
    expect((await run({ query: 'select id from orders', rowsMax: 2 })).result).toMatchObject({ isTruncated: false })
  })

  test('with more bytes than an artefact holds is cut at a row', async () => {
    const query = `with recursive n(x) as (select 1 union all select x + 1 from n) select x, printf('%.*c', 20000, 'é') from n`
    for (const format of ['CSV', 'JSON', 'MARKDOWN']) {
      const { result, artefacts } = await run({ query, format, rowsMax: 10_000 })
      expect(result).toMatchObject({ isTruncated: true })
      expect((result as { rowCount: number }).rowCount).toBeGreaterThan(20)
      expect(artefacts[0]?.content).toMatch(/"isTruncated":true|cut: there is more/)
      // The database, where artefacts are stored unless somebody says otherwise, takes no more.
      expect(Buffer.byteLength(artefacts[0]?.content ?? '')).toBeLessThanOrEqual(1024 * 1024)
    }
  })
})

describe('a query may only read one thing:', () => {
  test.each([
    ["insert into orders values (3, 'x', 1, null, null)", 'SQL_REFUSED_WRITE'],
    ['delete from orders', 'SQL_REFUSED_WRITE'],
    ['with n as (select 1) update orders set cents = 0', 'SQL_REFUSED_WRITE'],
    ['drop table orders', 'SQL_REFUSED_WRITE'],
    ['create temp table t as select 1', 'SQL_REFUSED_WRITE'],
    [`attach '${join(folder, 'x')}' as x`, 'SQL_REFUSED_WRITE'],
    [`vacuum into '${join(folder, 'x')}'`, 'SQL_REFUSED_WRITE'],
    ['pragma query_only = 0', 'SQL_REFUSED_WRITE'],
    ['select file from pragma_database_list', 'SQL_REFUSED_WRITE'],
    ['begin immediate', 'SQL_REFUSED_WRITE'],
    ["select load_extension('x')", 'SQL_FAILED'],
    ['select 1; select 2', 'SQL_ONE_STATEMENT'],
    ['select 1; delete from orders', 'SQL_ONE_STATEMENT'],
    ['select 1; /* ; */ drop table orders', 'SQL_ONE_STATEMENT'],
  ])('%s', async (query, code) => {
    await expect(run({ query })).rejects.toMatchObject({ name: 'TaskError', code, isFinal: true })
    expect((await run({ query: 'select count(*) as n from orders', format: 'JSON' })).artefacts[0]?.content).toContain(
      '[2]',
    )
  })
})

describe('a query that fails', () => {
  test.each([
    ['selec 1', 'SQL_FAILED', 'syntax error'],
    ['select * from nowhere', 'SQL_FAILED', 'no such table: nowhere'],
    ["select json('{')", 'SQL_FAILED', 'malformed JSON'],
  ])('%s says what is wrong with it, and no attempt follows', async (query, code, message) => {
    const error = { code, isFinal: true, message: expect.stringContaining(message) }
    await expect(run({ query })).rejects.toMatchObject(error)
  })

  test.each([
    ['select ?', [], 'it has 1 ? and params has 0 values'],
    ["select ?, '?' -- ?", [1, 2], 'it has 1 ? and params has 2 values'],
    ['select 1', [null], 'it has 0 ? and params has 1 value'],
    ['select :name', [], 'it has :name: params are bound to ? alone'],
    ['select ?2, ?1', [1, 2], 'it has ?2: params are bound to ? alone'],
  ])('%s with params %j says that they do not fit', async (query, params, message) => {
    const error = { code: 'SQL_FAILED', isFinal: true, message: expect.stringContaining(message) }
    await expect(run({ query, params })).rejects.toMatchObject(error)
  })

  test('because of its connection tells neither path nor file', async () => {
    const text = join(folder, 'secret.txt')
    writeFileSync(text, 'no database at all, and longer than the header of one '.repeat(100))
    for (const wrong of [join(folder, 'secret-missing.sqlite'), folder, text]) {
      const failed = run({ query: 'select 1 from sqlite_master' }, { grant: { ...shop, path: wrong } })
      await expect(failed).rejects.toMatchObject({
        code: 'SQL_CONNECTION_FAILED',
        isFinal: false,
        message: expect.not.stringContaining('secret'),
      })
    }
  })

  test('because it needs too much memory leaves the worker alone', async () => {
    const query = 'select sum(length(x)) from (select group_concat(hex(zeroblob(50000000))) as x from orders)'
    await expect(run({ query })).rejects.toMatchObject({ code: 'SQL_FAILED' })
  })
})

describe('a query without end', () => {
  const processes = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length

  test('is ended at its time limit', async () => {
    const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
    const failed = expect(run({ query: ENDLESS, timeLimitMs: 5_000 }, { clock })).rejects.toMatchObject({
      code: 'SQL_TIMED_OUT',
      isFinal: false,
    })
    await clock.advance(5_000)
    await failed
    expect(clock.nextWakeMs()).toBeUndefined()
    await expect.poll(processes).toBe(0)
  })

  test('is ended with its attempt', async () => {
    const abort = new AbortController()
    const failed = expect(run({ query: ENDLESS }, { signal: abort.signal })).rejects.toMatchObject({
      code: 'TASK_ABORTED',
    })
    expect(processes()).toBe(1)
    abort.abort()
    await failed
    await expect.poll(processes).toBe(0)
  })

  test('of a worker is ended with its attempt, and the worker goes on with others', async () => {
    const workers = openTaskWorkers({ clock: systemClock() })
    const abort = new AbortController()
    const context = taskContext({ grant: shop, signal: abort.signal })
    const params = { connection: 'shop', query: 'select 1 as one' }
    try {
      await workers.runTask(task, params, taskContext({ grant: shop }))
      const failed = expect(workers.runTask(task, { ...params, query: ENDLESS }, context)).rejects.toMatchObject({
        code: 'TASK_ABORTED',
      })
      abort.abort()
      await failed
      const { result } = await workers.runTask(task, params, taskContext({ grant: shop }))
      expect(result).toMatchObject({ rowCount: 1 })
    } finally {
      await workers.close()
    }
  })

  test('is never begun by an attempt that was ended before', async () => {
    await expect(run({ query: ENDLESS }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'TASK_ABORTED',
    })
  })
})

test('a connection that is limited to workspaces looks to others like one that does not exist', () => {
  const own = sqlTask({ own: { ...shop, workspaceIds: ['workspace-1'] } })
  const ask = (connection: string, workspaceId: string) => () => own.grant?.({ connection, query: 'x' }, workspaceId)
  expect(ask('own', 'workspace-1')()).toMatchObject({ path })
  const errors = [ask('own', 'workspace-2'), ask('none', 'workspace-2'), ask('toString', 'workspace-1')].map(
    (refused) => {
      try {
        return refused()
      } catch (error) {
        return { ...(error as object), message: (error as Error).message }
      }
    },
  )
  expect(errors[0]).toMatchObject({ code: 'SQL_CONNECTION_UNKNOWN', isFinal: true })
  expect(errors[1]).toEqual(errors[0])
  expect(errors[2]).toEqual(errors[0])
})
