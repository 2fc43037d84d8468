import { afterAll, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { type TemporaryMysql, temporaryMysql } from '#platform/testing'
import { describeDatabase } from './database.contract.ts'
import type { Database, Unit } from './database.ts'
import { OutageError } from './errors.ts'
import { type Migration, migrate } from './migrations.ts'
import { openMysql } from './mysql.ts'

const clock = systemClock()
const opened: TemporaryMysql[] = []
const urls = new WeakMap<object, string>()
afterAll(async () => {
  for (const server of opened) await server.drop()
})

async function temporary(): Promise<TemporaryMysql> {
  const server = await temporaryMysql(clock)
  opened.push(server)
  urls.set(server.database, server.url)
  return server
}

describeDatabase(
  'MySQL',
  async () => (await temporary()).database,
  async (killed) => {
    await killed.close()
    return openMysql({ name: 'test', url: urls.get(killed) ?? '', clock })
  },
)

const accounts: Migration = {
  name: 'accounts',
  up: ({ builder, types }) => [
    builder.schema
      .createTable('accounts')
      .addColumn('name', types.key, (column) => column.primaryKey().notNull())
      .addColumn('total', types.integer, (column) => column.notNull()),
    builder.schema.createIndex('accounts_total').on('accounts').columns(['total']),
  ],
}

/** Two processes on one database, with the accounts a and b at 0. */
async function bank(): Promise<{ server: TemporaryMysql; one: Database; other: Database }> {
  const server = await temporary()
  const { database: one } = server
  await migrate(one, [accounts])
  const rows = [
    ['a', 0],
    ['b', 0],
  ]
  await one.unit([], (unit) => unit.insertMany('accounts', ['name', 'total'], rows))
  return { server, one, other: await server.again() }
}

const add = (unit: Unit, name: string, amount = 1): Promise<number> =>
  unit.run('update accounts set total = total + ? where name = ?', [amount, name])
const totals = async ({ reader }: Database): Promise<number[]> =>
  (await reader.all<{ total: number }>('select total from accounts order by name')).map(({ total }) => total)
const connectionOf = async (unit: Unit): Promise<number> =>
  (await unit.get<{ id: number }>('select connection_id() as id'))?.id ?? 0

function latch(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

describe('writers that overlap', () => {
  test('units without a common key run at once, those with one after another', async () => {
    const { one } = await bank()
    const [second, first] = [latch(), latch()]
    const order: string[] = []
    const slow = one.unit(['k'], async () => {
      first.open()
      await second.opened
      order.push('slow')
    })
    await first.opened
    const sharing = one.unit(['j', 'k'], async () => void order.push('sharing'))
    await one.unit(['free'], async () => void order.push('free'))
    second.open()
    await Promise.all([slow, sharing])
    expect(order).toEqual(['free', 'slow', 'sharing'])
  })

  test('a lease is written while all other lanes are in use, and one that waits for it too', async () => {
    const { one } = await bank()
    const over = latch()
    const busy = Array.from({ length: 8 }, (_, index) => one.unit([`busy:${index}`], () => over.opened))
    await one.unit(['lease:a'], (unit) => add(unit, 'a'))
    await one.unit(['lease:a'], (unit) => add(unit, 'a'))
    expect(await totals(one)).toEqual([2, 0])
    over.open()
    await Promise.all(busy)
  })

  test('a deadlock is run again by itself, and nothing is lost or doubled', async () => {
    const { one, other } = await bank()
    const met = [latch(), latch()]
    const transfer = (database: Database, mine: number, names: readonly [string, string]): Promise<unknown> =>
      database.unit([], async (unit) => {
        await add(unit, names[0])
        met[mine]?.open()
        await met[1 - mine]?.opened
        await add(unit, names[1])
      })
    await Promise.all([transfer(one, 0, ['a', 'b']), transfer(other, 1, ['b', 'a'])])
    expect(await totals(one)).toEqual([2, 2])
  })

  test('a member that ends the transaction of its group takes nobody with it', async () => {
    const { server, one } = await bank()
    let kills = 0
    const units = Array.from({ length: 20 }, (_, index) =>
      one.unit([], async (unit) => {
        await add(unit, 'a')
        if (index === 7 && kills++ === 0) await server.operate(`kill ${await connectionOf(unit)}`)
        await add(unit, 'b')
      }),
    )
    await Promise.all(units)
    expect(kills).toBe(2)
    expect(await totals(one)).toEqual([20, 20])
  })

  test('rows are counted as they were found, whether they changed or not', async () => {
    const { one } = await bank()
    const same = (): Promise<number> => one.unit([], (unit) => unit.run('update accounts set total = 0'))
    expect([await same(), await same()]).toEqual([2, 2])
  })

  test('a value that does not fit is refused, and not cut to fit, also where keys are ignored', async () => {
    const { one } = await bank()
    const long = 'x'.repeat(192)
    const insert = one.unit([], (unit) => unit.insertMany('accounts', ['name', 'total'], [[long, 1]], 'ignore'))
    await expect(insert).rejects.toThrow(/too long/)
  })
})

describe('a claim', () => {
  const free = { sql: 'select name from accounts where total = 0 order by name limit 10' }

  test('of a process that was frozen is freed by the server, and its late commit has no effect', async () => {
    const { one, other } = await bank()
    const [claimed, thawed] = [latch(), latch()]
    const frozen = one.claim<{ name: string }, void>(free, async (unit) => {
      await unit.run('update accounts set total = 666')
      claimed.open()
      await thawed.opened
    })
    const told = frozen.catch((error: unknown) => error)
    await claimed.opened
    const startedMs = performance.now()
    const take = (): Promise<number> =>
      other.claim<{ name: string }, number>(free, async (unit, rows) => {
        if (rows.length > 0) await unit.run('update accounts set total = 1')
        return rows.length
      })
    expect(await take()).toBe(0)
    await expect.poll(take, { timeout: 10_000, interval: 100 }).toBe(2)
    expect(performance.now() - startedMs).toBeLessThan(5_000)
    thawed.open()
    expect(await told).toBeInstanceOf(OutageError)
    expect(await totals(one)).toEqual([1, 1])
    expect(one.takesWrites).toBe(false)
    await one.claim(free, async () => undefined)
    expect(one.takesWrites).toBe(true)
  })

  test('that another holds hides its rows, and no others', async () => {
    const { one, other } = await bank()
    const seen = await one.claim({ sql: "select name from accounts where name = 'a'" }, () =>
      other.claim<{ name: string }, string[]>(free, async (_unit, rows) => rows.map(({ name }) => name)),
    )
    expect(seen).toEqual(['b'])
  })
})

describe('an outage', () => {
  test('of a connection that is killed each time ends as one, and the next unit goes through', async () => {
    const { server, one } = await bank()
    const killed = one.unit([], async (unit) => {
      await add(unit, 'a')
      await server.operate(`kill ${await connectionOf(unit)}`)
      await add(unit, 'a')
    })
    await expect(killed).rejects.toBeInstanceOf(OutageError)
    expect(one.takesWrites).toBe(false)
    await one.unit([], (unit) => add(unit, 'a'))
    expect(one.takesWrites).toBe(true)
    expect(await totals(one)).toEqual([1, 0])
  })

  test('that the work does not notice undoes it all the same', async () => {
    const { server, one } = await bank()
    const heedless = one.unit([], async (unit) => {
      await add(unit, 'a')
      await server.operate(`kill ${await connectionOf(unit)}`)
      await add(unit, 'a').catch(() => undefined)
      await add(unit, 'b').catch(() => undefined)
    })
    await expect(heedless).rejects.toBeInstanceOf(OutageError)
    expect(await totals(one)).toEqual([0, 0])
  })

  test('while it commits is told, since nobody knows whether it was: never as a success', async () => {
    const { server, one } = await bank()
    const unknown = one.unit([], async (unit) => {
      await add(unit, 'a')
      await server.operate(`kill ${await connectionOf(unit)}`)
    })
    await expect(unknown).rejects.toBeInstanceOf(OutageError)
    expect(await totals(one)).toEqual([0, 0])
  })

  test('is a server that is not there', async () => {
    const url = 'mysql://root@127.0.0.1:1/carillon_nowhere'
    await expect(openMysql({ name: 'test', url, clock })).rejects.toBeInstanceOf(OutageError)
  })

  test('of all idle connections is not noticed by who comes next', async () => {
    const { server, one } = await bank()
    const schema = new URL(server.url).pathname.slice(1)
    const idle = await server.operate(`select id from information_schema.processlist where db = '${schema}'`)
    const own = idle.map((row) => Number(row['id'] ?? row['ID']))
    for (const id of own) await server.operate(`kill ${id}`).catch(() => undefined)
    await one.unit([], (unit) => add(unit, 'b'))
    expect(await totals(one)).toEqual([0, 1])
  })
})

describe('migrations', () => {
  test('of two processes that start at once are applied once', async () => {
    const server = await temporary()
    const both = [server.database, await server.again()]
    const applied = await Promise.all(both.map((database) => migrate(database, [accounts])))
    expect(applied.flat()).toEqual(['accounts'])
  })

  test('may take longer than a transaction may be silent', async () => {
    const { database } = await temporary()
    const slow: Migration = {
      name: 'accounts',
      up: (dialect) => [
        { compile: () => ({ sql: 'create table slow as select sleep(2.5) as slept' }) } as never,
        ...accounts.up(dialect),
      ],
    }
    expect(await migrate(database, [slow])).toEqual(['accounts'])
  })

  test('that died halfway go on where they were', async () => {
    const { database } = await temporary()
    const broken: Migration = {
      name: 'accounts',
      up: (dialect) => [...accounts.up(dialect).slice(0, 1), { compile: () => ({ sql: 'create nonsense' }) } as never],
    }
    await expect(migrate(database, [broken])).rejects.toThrow(/syntax/)
    expect(await migrate(database, [accounts])).toEqual(['accounts'])
    const indexes = await database.reader.all("show index from accounts where key_name = 'accounts_total'")
    expect(indexes).toHaveLength(1)
  })

  test('that meet a table which nobody has migrated are refused', async () => {
    const { database } = await temporary()
    await database.unit([], (unit) => unit.run('create table accounts (name int)'))
    await expect(migrate(database, [accounts])).rejects.toMatchObject({ name: 'AlreadyThereError' })
  })
})
