import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type TemporaryMysql, temporaryMysql } from '#platform/testing'
import { sqlTask } from '../sql.ts'
import type { JsonObject, TaskContext, TaskResult } from '../task.ts'
import { taskContext } from '../testing/task-context.ts'
import type { SqlConnection } from './connection.ts'

let mysql: TemporaryMysql
let shop: SqlConnection

beforeAll(async () => {
  mysql = await temporaryMysql(systemClock(), 'shop')
  const { hostname, port, username, password, pathname } = new URL(mysql.url)
  const database = pathname.slice(1)
  shop = {
    ...{ kind: 'MYSQL', host: hostname, port: Number(port), user: decodeURIComponent(username) },
    ...{ password: decodeURIComponent(password), database, isEncrypted: false, workspaceIds: null },
  }
  for (const statement of [
    'create table orders (id int primary key, product varchar(40), cents bigint, price decimal(20, 2), at datetime(3), note blob, extra json)',
    `insert into orders values (1, 'Bell', 9007199254740993, 12.50, '2026-11-21 09:00:00.5', x'00ff', '{"a": 1}'), (2, '=Clock', 5, null, null, null, null)`,
    'create procedure wipe() begin commit; delete from orders; end',
  ]) {
    await mysql.operate(statement)
  }
})

afterAll(() => mysql.drop())

type Asked = { query: string } & JsonObject

async function run(asked: Asked, changes: Partial<TaskContext> = {}): Promise<TaskResult> {
  const params = { connection: 'shop', ...asked }
  return await sqlTask({ shop }).run(params, taskContext({ grant: shop, ...changes }))
}

async function rowsOf(query: string, params: (string | number | boolean | null)[] = []): Promise<unknown> {
  const { artefacts } = await run({ query, params, format: 'JSON' })
  return (JSON.parse(artefacts[0]?.content ?? '') as { rows: unknown }).rows
}

describe('a query', () => {
  test('is answered exactly: large numbers, decimals, times and bytes are not rounded or moved', async () => {
    const { result, artefacts } = await run({ query: 'select * from orders order by id', format: 'JSON' })
    expect(result).toMatchObject({
      columns: ['id', 'product', 'cents', 'price', 'at', 'note', 'extra'],
      rowCount: 2,
      isTruncated: false,
    })
    const [one, two] = (JSON.parse(artefacts[0]?.content ?? '') as { rows: unknown[][] }).rows
    expect(one?.slice(0, 6)).toEqual([1, 'Bell', '9007199254740993', '12.50', '2026-11-21 09:00:00.500', 'AP8='])
    expect(JSON.parse(String(one?.[6]))).toEqual({ a: 1 })
    expect(two).toEqual([2, '=Clock', 5, null, null, null, null])
  })

  test('binds its params, which are never read as SQL', async () => {
    const hostile = "Bell' or 1=1; drop table orders; -- "
    expect(await rowsOf('select count(*) from orders where product = ?', [hostile])).toEqual([[0]])
    expect(
      await rowsOf('select id from orders where product = ? and ? is null and ? limit ?', ['Bell', null, true, 1]),
    ).toEqual([[1]])
  })

  test('is cut at the rows that are wanted, and says so', async () => {
    const many = await run({ query: 'select a.id from orders a, orders b, orders c', rowsMax: 3 })
    expect(many.result).toMatchObject({ rowCount: 3, isTruncated: true })
    expect(many.artefacts[0]?.content).toContain('(cut: there is more than these 3 rows show)')
    expect((await run({ query: 'select id from orders', rowsMax: 2 })).result).toMatchObject({ isTruncated: false })
  })

  test('with more bytes than an artefact holds is cut, and the connection goes', async () => {
    const wide = "select repeat('x', 100000) from orders a, orders b, orders c, orders d, orders e, orders f, orders g"
    expect((await run({ query: wide, rowsMax: 10_000 })).result).toMatchObject({ isTruncated: true })
  })

  test('may describe and explain', async () => {
    expect((await run({ query: 'describe orders' })).result).toMatchObject({ rowCount: 7 })
    expect((await run({ query: 'explain select * from orders' })).result).toMatchObject({ rowCount: 1 })
  })
})

describe('a query may only read:', () => {
  test.each([
    ['insert into orders (id) values (3)', 'SQL_REFUSED_WRITE'],
    ['with n as (select 1 as id) delete orders from orders join n on n.id = orders.id', 'SQL_REFUSED_WRITE'],
    ['call wipe()', 'SQL_REFUSED_WRITE'],
    ['/*!50000 call */ wipe()', 'SQL_REFUSED_WRITE'],
    ['create table other (id int)', 'SQL_REFUSED_WRITE'],
    ["select * from orders into outfile '/tmp/carillon-test'", 'SQL_REFUSED_WRITE'],
    ['set session transaction read write', 'SQL_REFUSED_WRITE'],
    ['commit', 'SQL_REFUSED_WRITE'],
    ['show grants', 'SQL_REFUSED_WRITE'],
    ['select 1; delete from orders', 'SQL_FAILED'],
  ])('%s', async (query, code) => {
    await expect(run({ query })).rejects.toMatchObject({ code, isFinal: true })
    expect(await rowsOf('select count(*) from orders')).toEqual([[2]])
  })
})

describe('a query that fails', () => {
  test('says what is wrong with it', async () => {
    const failed = run({ query: 'select pirce from orders' })
    await expect(failed).rejects.toMatchObject({
      code: 'SQL_FAILED',
      isFinal: true,
      message: expect.stringContaining('pirce'),
    })
  })

  test.each([
    ['select ?', [], 'it has 1 ? and params has 0 values'],
    ["select ?, '?' -- ?", [1, 2], 'it has 1 ? and params has 2 values'],
    ['select 1', [null], 'it has 0 ? and params has 1 value'],
  ])('%s with params %j says that they do not fit', async (query, params, message) => {
    const error = { code: 'SQL_FAILED', isFinal: true, message: expect.stringContaining(message) }
    await expect(run({ query, params })).rejects.toMatchObject(error)
  })

  test.each([
    ['a wrong password', { user: 'carillon_nobody', password: 'secret-word' }],
    ['an unknown database', { database: 'secret_name' }],
    ['nobody at its port', { port: 1 }],
    ['an unknown host', { host: 'secret.invalid' }],
  ])('because of %s tells nothing of its connection', async (_what, wrong) => {
    const failed = run({ query: 'select 1' }, { grant: { ...shop, ...wrong } })
    await expect(failed).rejects.toMatchObject({ code: 'SQL_CONNECTION_FAILED', isFinal: false })
    await expect(failed).rejects.toMatchObject({ message: expect.not.stringMatching(/secret|nobody|127\.0\.0\.1/) })
  })
})

describe('a query that takes long', () => {
  const SLOW = 'select sum(sleep(20)) from orders'
  const soon = { timeout: 10_000 }

  /** How often the server runs it now. */
  async function running(): Promise<number> {
    const processes = await mysql.operate('show full processlist')
    return processes.filter((each) => each['db'] === new URL(mysql.url).pathname.slice(1) && each['Info'] === SLOW)
      .length
  }

  test('is ended at its time limit, on the server, too', async () => {
    await expect(run({ query: SLOW, timeLimitMs: 300 })).rejects.toMatchObject({ code: 'SQL_TIMED_OUT' })
    await expect.poll(running, soon).toBe(0)
  })

  test('is killed on the server when its attempt ends', async () => {
    const abort = new AbortController()
    const failed = expect(run({ query: SLOW }, { signal: abort.signal })).rejects.toMatchObject({
      code: 'TASK_ABORTED',
    })
    await expect.poll(running, soon).toBe(1)
    abort.abort()
    await failed
    await expect.poll(running, soon).toBe(0)
  })
})
