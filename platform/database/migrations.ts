import type { Compilable } from 'kysely'
import type { Database } from './database.ts'
import type { Dialect } from './dialect.ts'

/** One step of a schema. Once released it is never edited: the next change is the next migration. */
export interface Migration {
  /** Unique among the migrations of a database, such as `jobs-0001-jobs`. */
  readonly name: string
  up(dialect: Dialect): readonly Compilable[]
}

/** Applies, in order and one transaction each, the migrations that this database has not had. @returns their names */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<readonly string[]> {
  const { builder, types } = database.dialect
  const table = builder.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('name', types.key, (column) => column.primaryKey().notNull())
    .addColumn('applied_at', types.time, (column) => column.notNull())
  await database.unit(['migrations'], async (unit) => unit.run(table.compile().sql))

  const applied: string[] = []
  for (const migration of migrations) {
    const isNew = await database.unit(['migrations'], async (unit) => {
      if (await unit.get('select name from migrations where name = ?', [migration.name])) return false
      for (const statement of migration.up(database.dialect)) await unit.run(statement.compile().sql)
      await unit.insertMany('migrations', ['name', 'applied_at'], [[migration.name, unit.now.getTime()]])
      return true
    })
    if (isNew) applied.push(migration.name)
  }
  return applied
}
