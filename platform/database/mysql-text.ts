import { escape as quoted } from 'mysql2'
import type { BulkInsert } from './bulk-insert.ts'
import type { Value } from './database.ts'

/** An expression of our own in the place of a value. */
export class Unquoted {
  readonly sql: string

  constructor(sql: string) {
    this.sql = sql
  }
}

/** Rows to insert, as for any dialect, but for expressions among their values. */
interface InsertedRows extends Omit<BulkInsert, 'rows'> {
  readonly rows: readonly (readonly (Value | Unquoted)[])[]
}

const pieces = new Map<string, readonly string[]>()
const TEXTS_MAX = 2_000

/**
 * Puts parameters into a statement, in the place of each `?`. Text instead of prepared statements: these send a number
 * as a double, which LIMIT refuses, and cost a round trip more for each shape.
 *
 * @throws {RangeError} when there are more or fewer parameters than places
 */
export function withParameters(sql: string, params: readonly Value[] = []): string {
  if (params.length === 0 && !sql.includes('?')) return sql
  const parts = piecesOf(sql)
  if (parts.length !== params.length + 1) throw new RangeError(`${params.length} parameters for ${sql.slice(0, 500)}`)
  let text = parts[0] ?? ''
  for (const [index, value] of params.entries()) text += literal(value) + parts[index + 1]
  return text
}

/** The texts of an INSERT of many rows, each of at most `charactersMax`, or of one row. */
export function* insertTexts({ head, columns, rows, tail }: InsertedRows, charactersMax: number): Generator<string> {
  const start = `${head} (${columns.map((column) => `"${column}"`).join(', ')}) values `
  let text = ''
  for (const row of rows) {
    const values = `(${row.map(literal).join(',')})`
    if (text !== '' && text.length + values.length > charactersMax) {
      yield `${start}${text} ${tail ?? ''}`
      text = ''
    }
    text += text === '' ? values : `,${values}`
  }
  if (text !== '') yield `${start}${text} ${tail ?? ''}`
}

function literal(value: Value | Unquoted | undefined): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError(`${value} is no number of a database`)
      return String(value)
    case 'bigint':
      return String(value)
    default:
      if (value === null) return 'null'
      if (value === undefined) throw new RangeError('a parameter is undefined')
      if (value instanceof Unquoted) return value.sql
      return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`
  }
}

function piecesOf(sql: string): readonly string[] {
  const known = pieces.get(sql)
  if (known) return known
  const parts = sql.split('?')
  if (pieces.size >= TEXTS_MAX) pieces.clear()
  pieces.set(sql, parts)
  return parts
}
