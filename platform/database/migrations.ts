import type { Database, Unit } from './database.ts'
import type { Dialect } from './dialect.ts'
import { AlreadyThereError } from './errors.ts'

/** What a migration runs: a query made with `Dialect.builder`, or SQL text of kysely's `sql`. */
interface Statement {
  compile(builder: Dialect['builder']): { readonly sql: string }
}

/** One step of a schema. Once released it is never edited: the next change is the next migration. */
export interface Migration {
  /** Unique among the migrations of a database, such as `jobs-0001-jobs`. */
  readonly name: string
  up(dialect: Dialect): readonly Statement[]
}

/** Stands in `applied_at` of a migration that has begun. */
const BEGUN = 0

/**
 * Applies, in order and one transaction each, the migrations that this database has not had. Of several processes that
 * start at once one applies a migration, and the others wait for it.
 *
 * A server that commits whatever makes a table cannot undo half of a migration. There each one is noted as begun first,
 * and when it died halfway the next start goes on with it: what it has made already is left as it is.
 *
 * @returns the names of those that it applied
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<readonly string[]> {
  const { builder, types } = database.dialect
  const table = builder.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('name', types.key, (column) => column.primaryKey().notNull())
    .addColumn('applied_at', types.time, (column) => column.notNull())
  await database.unit(['migrations'], async (unit) => unit.run(table.compile().sql))

  const done = new Set(await appliedNames(database))
  const applied: string[] = []
  for (const migration of migrations.filter(({ name }) => !done.has(name))) {
    let isResumed = !database.dialect.undoesTables && !(await noteBegun(database, migration))
    const isApplied = await database.unit(['migrations'], (unit) => {
      const wasResumed = isResumed
      // A unit that was lost is run again, and what it has made is there.
      isResumed = !database.dialect.undoesTables
      return apply(unit, migration, wasResumed)
    })
    if (isApplied) applied.push(migration.name)
  }
  return applied
}

async function appliedNames({ reader }: Database): Promise<readonly string[]> {
  const rows = await reader.all<{ name: string }>('select name from migrations where applied_at <> ?', [BEGUN])
  return rows.map(({ name }) => name)
}

/** @returns false when it was noted before: its process died, or is at it now */
async function noteBegun(database: Database, { name }: Migration): Promise<boolean> {
  const row = [name, BEGUN]
  return database.unit(
    ['migrations'],
    async (unit) => (await unit.insertMany('migrations', ['name', 'applied_at'], [row], 'ignore')) === 1,
  )
}

async function apply(unit: Unit, migration: Migration, isResumed: boolean): Promise<boolean> {
  await unit.insertMany('migrations', ['name', 'applied_at'], [[migration.name, BEGUN]], 'ignore')
  // Until the end of this transaction nobody else gets past here.
  const locked = 'update migrations set applied_at = applied_at where name = ? and applied_at = ?'
  if ((await unit.run(locked, [migration.name, BEGUN])) === 0) return false
  for (const statement of migration.up(unit.dialect)) {
    try {
      await unit.run(statement.compile(unit.dialect.builder).sql)
    } catch (error) {
      if (!(isResumed && error instanceof AlreadyThereError)) throw error
    }
  }
  await unit.run('update migrations set applied_at = ? where name = ?', [unit.now.getTime(), migration.name])
  return true
}
