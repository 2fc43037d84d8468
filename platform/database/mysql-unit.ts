import type { Unit, Value } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { Answer } from './mysql-session.ts'
import { mysqlReader } from './mysql-sessions.ts'
import { insertTexts, withParameters } from './mysql-text.ts'

/** A unit, as its transaction sees it. */
export interface MysqlUnit extends Unit {
  hasSavepoint(): boolean
  /** Statements that must wait until the transaction has ended. */
  afterwards(): readonly string[]
  committed(): void
}

interface UnitOptions {
  readonly dialect: Dialect
  readonly now: Date
  readonly inSavepoint: boolean
  readonly statementCharactersMax: number
  run(sql: string): Promise<Answer>
  runBeside(sql: string): Promise<Answer>
}

const DROPS = /^\s*drop\s/i
const CHANGES_TABLES = /^\s*(create|drop|alter|rename|truncate)\s/i

/** A unit of work in a transaction that has begun. */
export function mysqlUnit(options: UnitOptions): MysqlUnit {
  const { dialect, now, inSavepoint, statementCharactersMax, run, runBeside } = options
  const hooks: (() => void)[] = []
  const deferred: string[] = []
  let wrote = false

  async function write(sql: string): Promise<number> {
    // A savepoint replaces one of the same name, which is that of the member before.
    const text = inSavepoint && !wrote ? `savepoint member; ${sql}` : sql
    wrote = true
    return (await run(text)).changed
  }

  async function insert(table: string, columns: readonly string[], rows: readonly (readonly Value[])[], tail: string) {
    let changed = 0
    for (const text of insertTexts({ head: `insert into ${table}`, columns, rows, tail }, statementCharactersMax)) {
      changed += await write(text)
    }
    return changed
  }

  /**
   * To make or drop a table commits the transaction in which it is done: it is done beside, at once. But a drop waits
   * until a unit that has written is committed: it drops what the unit holds, and has read to the end.
   */
  async function changeTables(sql: string): Promise<number> {
    if (wrote && DROPS.test(sql)) deferred.push(sql)
    else await runBeside(sql)
    return 0
  }

  return {
    ...mysqlReader(dialect, run),
    now,
    run: (sql, params) => (CHANGES_TABLES.test(sql) ? changeTables(sql) : write(withParameters(sql, params))),
    insertMany: (table, columns, rows, onDuplicate = 'fail') =>
      insert(table, columns, rows, onDuplicate === 'ignore' ? dialect.leaveExisting(columns) : ''),
    async upsertMany(table, keyColumns, columns, rows, changing = columns) {
      await insert(table, columns, rows, dialect.overwrite(keyColumns, changing))
    },
    afterCommit(hook) {
      hooks.push(hook)
    },
    hasSavepoint: () => inSavepoint && wrote,
    afterwards: () => deferred,
    committed() {
      for (const hook of hooks) hook()
    },
  }
}
