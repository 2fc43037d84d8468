import type { Compilable } from 'kysely'
import type { Reader, Value } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { Statements } from './sqlite-statements.ts'

/** Reads through a connection. `idle` gives what to wait for before that, or nothing when there is no need to wait. */
export function sqliteReader(statements: Statements, dialect: Dialect, idle: () => Promise<void> | undefined): Reader {
  return {
    dialect,
    async all<R>(sql: string, params: readonly Value[] = []) {
      for (let wait = idle(); wait; wait = idle()) await wait
      return statements.all(sql, params) as R[]
    },
    async get<R>(sql: string, params: readonly Value[] = []) {
      for (let wait = idle(); wait; wait = idle()) await wait
      return statements.all(sql, params)[0] as R | undefined
    },
    async query<R>(query: Compilable<R>) {
      for (let wait = idle(); wait; wait = idle()) await wait
      const { sql, parameters } = query.compile()
      return statements.all(sql, parameters as readonly Value[]) as R[]
    },
  }
}
