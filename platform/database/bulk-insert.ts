import type { Value } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { Statements } from './sqlite-statements.ts'

/** Rows to insert: `head` is the statement up to the column list, `tail` what follows the values. */
export interface BulkInsert {
  readonly head: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
  readonly tail?: string
}

// Three sizes, so that few statements are prepared whatever the number of rows.
const CHUNK_ROWS = [128, 16, 1] as const
const texts = new Map<string, string>()
const TEXTS_MAX = 1_000

/** Inserts rows in chunks of a few fixed sizes. @returns how many rows changed */
export function bulkInsert(statements: Statements, dialect: Dialect, insert: BulkInsert): number {
  const { columns, rows } = insert
  let changed = 0
  for (let done = 0; done < rows.length; ) {
    const left = rows.length - done
    const size = CHUNK_ROWS.find((chunk) => chunk <= left && chunk * columns.length <= dialect.parametersMax) ?? 1
    changed += statements.run(statementText(insert, size), parametersOf(rows, done, size))
    done += size
  }
  return changed
}

function parametersOf(rows: readonly (readonly Value[])[], start: number, size: number): readonly Value[] {
  if (size === 1) return rows[start] ?? []
  const parameters: Value[] = []
  for (let index = start; index < start + size; index++) {
    for (const value of rows[index] ?? []) parameters.push(value)
  }
  return parameters
}

function statementText({ head, columns, tail = '' }: BulkInsert, size: number): string {
  const names = columns.join(', ')
  const key = `${size} ${head} ${names} ${tail}`
  const known = texts.get(key)
  if (known) return known
  const row = `(${columns.map(() => '?').join(', ')})`
  const text = `${head} (${names}) values ${Array<string>(size).fill(row).join(', ')} ${tail}`
  if (texts.size >= TEXTS_MAX) texts.clear()
  texts.set(key, text)
  return text
}
