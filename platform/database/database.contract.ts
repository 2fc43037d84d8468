import { describe, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { UniqueViolationError } from './errors.ts'
import { type Migration, migrate } from './migrations.ts'

const people: Migration = {
  name: 'people',
  up: ({ builder, types }) => [
    builder.schema
      .createTable('people')
      .addColumn('name', types.key, (column) => column.primaryKey().notNull())
      .addColumn('age', types.integer, (column) => column.notNull()),
  ],
}

const visits: Migration = {
  name: 'visits',
  up: ({ builder, types }) => [
    builder.schema
      .createTable('feed_heads')
      .addColumn('feed', types.key, (column) => column.primaryKey().notNull())
      .addColumn('position', types.integer, (column) => column.notNull()),
    builder.schema.createTable('visits').addColumn('position', types.feedPosition).addColumn('name', types.key),
  ],
}

const insert = 'insert into people (name, age) values (?, ?)'

/** What every database promises. `open` gives an empty one; `reopen` opens what a killed process left behind. */
export function describeDatabase(
  name: string,
  open: () => Promise<Database>,
  reopen?: (killed: Database) => Promise<Database>,
): void {
  async function withPeople(): Promise<Database> {
    const database = await open()
    await migrate(database, [people])
    return database
  }
  const names = async (database: Database): Promise<string[]> =>
    (await database.reader.all<{ name: string }>('select name from people order by name')).map((row) => row.name)

  describe(`database (${name})`, () => {
    test('a migration is applied once', async () => {
      const database = await open()
      expect(await migrate(database, [people])).toEqual(['people'])
      expect(await migrate(database, [people])).toEqual([])
    })

    test('a unit is written whole', async () => {
      const database = await withPeople()
      const changed = await database.unit([], async (unit) => unit.run(insert, ['ada', 36]))
      expect(changed).toBe(1)
      expect(await database.reader.get('select age from people where name = ?', ['ada'])).toMatchObject({ age: 36 })
    })

    test('a unit that throws leaves nothing, and says why', async () => {
      const database = await withPeople()
      const failing = database.unit([], async (unit) => {
        await unit.run(insert, ['ada', 36])
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await names(database)).toEqual([])
    })

    test('units that wait together share a commit, and fail alone', async () => {
      const database = await withPeople()
      let commits = 0
      database.onCommit(() => commits++)
      const units = Array.from({ length: 50 }, (_, index) =>
        database.unit([], async (unit) => {
          await unit.run(insert, [`p${index}`, index])
          if (index % 10 === 3) throw new Error(`no ${index}`)
        }),
      )
      const settled = await Promise.allSettled(units)
      expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(5)
      expect(await names(database)).toHaveLength(45)
      expect(commits).toBeLessThan(10)
    })

    test('a member sees what the members before it wrote', async () => {
      const database = await withPeople()
      const [, seen] = await Promise.all([
        database.unit([], async (unit) => unit.run(insert, ['ada', 36])),
        database.unit([], async (unit) => unit.all('select name from people')),
      ])
      expect(seen).toHaveLength(1)
    })

    test('reads see committed rows only', async () => {
      const database = await withPeople()
      let during: Promise<string[]> | undefined
      await database
        .unit([], async (unit) => {
          await unit.run(insert, ['ada', 36])
          during = names(database)
          throw new Error('undone')
        })
        .catch(() => undefined)
      expect(await during).toEqual([])
    })

    test('a key that exists is a UniqueViolationError', async () => {
      const database = await withPeople()
      const twice = database.unit([], async (unit) => {
        await unit.run(insert, ['ada', 36])
        await unit.run(insert, ['ada', 37])
      })
      await expect(twice).rejects.toBeInstanceOf(UniqueViolationError)
    })

    test('many rows are inserted, ignored and overwritten by few statements', async () => {
      const database = await withPeople()
      const rows = Array.from({ length: 300 }, (_, index) => [`p${String(index).padStart(3, '0')}`, index])
      const columns = ['name', 'age']
      const inserted = await database.unit([], async (unit) => unit.insertMany('people', columns, rows))
      const again = await database.unit([], async (unit) => unit.insertMany('people', columns, rows, 'ignore'))
      await database.unit([], async (unit) => unit.upsertMany('people', ['name'], columns, [['p007', 700]]))
      expect([inserted, again]).toEqual([300, 0])
      expect(await database.reader.get('select age from people where name = ?', ['p007'])).toMatchObject({ age: 700 })
      await database.unit([], (unit) => unit.upsertMany('people', ['name'], columns, [['p007', 800]], ['name']))
      expect(await database.reader.get('select age from people where name = ?', ['p007'])).toMatchObject({ age: 700 })
    })

    test('no two claims take the same row', async () => {
      const database = await withPeople()
      const rows = Array.from({ length: 100 }, (_, index) => [`p${index}`, 0])
      await database.unit([], async (unit) => unit.insertMany('people', ['name', 'age'], rows))
      const query = { sql: 'select name from people where age = 0 order by name limit 10' }
      const claim = (): Promise<string[]> =>
        database.claim<{ name: string }, string[]>(query, async (unit, claimed) => {
          for (const row of claimed) await unit.run('update people set age = 1 where name = ?', [row.name])
          return claimed.map((row) => row.name)
        })
      const taken = (await Promise.all(Array.from({ length: 12 }, claim))).flat()
      expect(taken).toHaveLength(100)
      expect(new Set(taken).size).toBe(100)
    })

    test('rows of a feed get the next positions in the order of commits, and what was undone leaves no hole', async () => {
      const database = await withPeople()
      await migrate(database, [visits])
      const told: (readonly string[])[] = []
      database.onCommit(() => told.push([]), ['insert visits'])
      await database.unit([], (unit) => unit.append('visits', ['name'], [['first'], ['second']]))
      const units = Array.from({ length: 30 }, (_, index) =>
        database.unit([], async (unit) => {
          await unit.append('visits', ['name'], [[`a${index}`], [`b${index}`]])
          await unit.run(insert, [`p${index}`, index])
          if (index % 10 === 3) throw new Error(`no ${index}`)
        }),
      )
      await Promise.allSettled(units)
      await database.unit([], (unit) => unit.append('visits', ['name'], []))
      const rows = await database.reader.all<{ position: number; name: string }>(
        'select * from visits order by position',
      )
      expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: 56 }, (_, index) => index + 1))
      expect(rows.slice(0, 2).map((row) => row.name)).toEqual(['first', 'second'])
      for (const { position, name: a } of rows.filter((row) => row.name.startsWith('a')))
        expect(rows[position]?.name).toBe(a.replace('a', 'b'))
      expect(told.length).toBeGreaterThan(1)
    })

    test('hooks run once the unit is durable, and not when it failed', async () => {
      const database = await withPeople()
      const seen: string[] = []
      await database.unit([], async (unit) => {
        unit.afterCommit(() => seen.push('committed'))
        await unit.run(insert, ['ada', 36])
      })
      await database
        .unit([], async (unit) => {
          unit.afterCommit(() => seen.push('never'))
          throw new Error('no')
        })
        .catch(() => undefined)
      expect(seen).toEqual(['committed'])
    })

    test('a closed database refuses work and can be closed again', async () => {
      const database = await withPeople()
      await database.close()
      await database.close()
      await expect(database.unit([], async () => 1)).rejects.toMatchObject({ name: 'DatabaseClosedError' })
    })

    if (!reopen) return
    test('what was committed outlives the process', async () => {
      const database = await withPeople()
      await database.unit([], async (unit) => unit.run(insert, ['ada', 36]))
      const again = await reopen(database)
      expect(await names(again)).toEqual(['ada'])
      await again.close()
    })
  })
}
