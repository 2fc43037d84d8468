import type { Unit, Value, Write } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { Appended } from './mysql-feeds.ts'
import type { Answer } from './mysql-session.ts'
import { mysqlReader } from './mysql-sessions.ts'
import { insertTexts, withParameters } from './mysql-text.ts'

/** A unit, as its transaction sees it. */
export interface MysqlUnit extends Unit {
  /** Sends what has waited for a next statement. */
  flush(): Promise<void>
  /** Whether the server has a savepoint from before the first write. */
  hasSavepoint(): boolean
  /** What it has written. */
  writes(): ReadonlySet<Write>
  /** What it adds to feeds, for the end of the transaction. */
  appended(): readonly Appended[]
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
const CHANGED_TABLE = /^\s*(?:update|delete\s+from|insert\s+into)\s+(\w+)/i
const CHANGES_TABLES = /^\s*(create|drop|alter|rename|truncate)\s/i

/** A unit of work in a transaction that has begun. */
export function mysqlUnit(options: UnitOptions): MysqlUnit {
  const { dialect, now, inSavepoint, statementCharactersMax, run, runBeside } = options
  const hooks: (() => void)[] = []
  const deferred: string[] = []
  const appended: Appended[] = []
  const writes = new Set<Write>()
  // What nobody waits for goes with the next statement: it costs no round trip of its own.
  let unsent: string[] = []
  let unsentCharacters = 0
  let wrote = false
  let hasSavepoint = false

  function send(sql: string): Promise<Answer> {
    const text = [...unsent, sql].join(';')
    unsent = []
    unsentCharacters = 0
    hasSavepoint = inSavepoint && wrote
    return run(text)
  }

  /** A savepoint replaces one of the same name, which is that of the member before. */
  function written(sql: string): string {
    const text = inSavepoint && !wrote ? `savepoint member; ${sql}` : sql
    wrote = true
    return text
  }

  async function write(sql: string): Promise<number> {
    return (await send(written(sql))).changed
  }

  async function writeLater(sql: string): Promise<void> {
    unsent.push(written(sql))
    unsentCharacters += sql.length
    if (unsentCharacters > statementCharactersMax) await flush()
  }

  async function flush(): Promise<void> {
    const last = unsent.pop()
    if (last !== undefined) await send(last)
  }

  function insertTextsOf(table: string, columns: readonly string[], rows: readonly (readonly Value[])[], tail: string) {
    writes.add(`insert ${table}`)
    return insertTexts({ head: `insert into ${table}`, columns, rows, tail }, statementCharactersMax)
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

  function noted(sql: string, params: readonly Value[] | undefined): string {
    const table = CHANGED_TABLE.exec(sql)?.[1]
    if (table !== undefined) writes.add(`change ${table}`)
    return withParameters(sql, params)
  }

  function tailFor(onDuplicate: 'fail' | 'ignore', columns: readonly string[]): string {
    return onDuplicate === 'ignore' ? dialect.leaveExisting(columns) : ''
  }

  return {
    ...mysqlReader(dialect, send),
    now,
    run: (sql, params) => (CHANGES_TABLES.test(sql) ? changeTables(sql) : write(noted(sql, params))),
    async insertMany(table, columns, rows, onDuplicate = 'fail') {
      let changed = 0
      for (const text of insertTextsOf(table, columns, rows, tailFor(onDuplicate, columns)))
        changed += await write(text)
      return changed
    },
    runLater: (sql, params) => writeLater(noted(sql, params)),
    async insertLater(table, columns, rows, onDuplicate = 'fail') {
      for (const text of insertTextsOf(table, columns, rows, tailFor(onDuplicate, columns))) await writeLater(text)
    },
    async upsertMany(table, keyColumns, columns, rows, changing = columns) {
      const tail = dialect.overwrite(keyColumns, changing)
      for (const text of insertTextsOf(table, columns, rows, tail)) await writeLater(text)
    },
    async append(feed, columns, rows) {
      writes.add(`insert ${feed}`)
      appended.push({ feed, columns, rows })
    },
    afterCommit(hook) {
      hooks.push(hook)
    },
    flush,
    hasSavepoint: () => hasSavepoint,
    writes: () => writes,
    appended: () => appended,
    afterwards: () => deferred,
    committed() {
      for (const hook of hooks) hook()
    },
  }
}
