import { DomainError } from '#platform/domain'

/** A place in a list: the sort key of a row, as plain values. */
export type CursorKey = readonly (string | number)[]

/** What of a list is asked for. */
export interface Page {
  /** At most so many, from 1 to 100. */
  readonly first: number
  /** Only what comes after this key; from the start when null. */
  readonly after: CursorKey | null
}

/** A page as Relay words it (Relay, "GraphQL Cursor Connections Specification"). */
export interface Connection<Row> {
  readonly edges: readonly Edge<Row>[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** One row of a page with its own place. */
export interface Edge<Row> {
  readonly cursor: string
  readonly node: Row
}

/** The longest page of any list. */
export const FIRST_MAX = 100

const CURSOR_CHARS_MAX = 1_024

/**
 * Checks the arguments of a list field.
 *
 * @throws {DomainError} BAD_USER_INPUT when `first` is not in 1..100, or `after` is no cursor of ours
 */
export function pageOf(args: { first?: number | null | undefined; after?: string | null | undefined }): Page {
  const first = args.first ?? 20
  if (!Number.isInteger(first) || first < 1 || first > FIRST_MAX) {
    throw new DomainError('BAD_USER_INPUT', `first must be from 1 to ${FIRST_MAX}.`, { argument: 'first' })
  }
  return { first, after: args.after == null ? null : decodeCursor(args.after) }
}

/**
 * A connection out of rows that were read from after `page.after`.
 *
 * @param rows up to `page.first + 1` of them: the one too many tells that there is a next page
 * @param keyOf the values by which the rows are sorted, enough to tell any two of them apart
 */
export function connection<Row>(page: Page, rows: readonly Row[], keyOf: (row: Row) => CursorKey): Connection<Row> {
  const edges = rows.slice(0, page.first).map((node) => ({ cursor: encodeCursor(keyOf(node)), node }))
  return { edges, pageInfo: { hasNextPage: rows.length > page.first, endCursor: edges.at(-1)?.cursor ?? null } }
}

/** A key as clients carry it: opaque, so that the sort may change without breaking them. */
export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** @throws {DomainError} BAD_USER_INPUT when it is no cursor that `encodeCursor` made */
export function decodeCursor(cursor: string): CursorKey {
  const key = cursor.length <= CURSOR_CHARS_MAX ? parsed(cursor) : undefined
  if (!isKey(key)) throw new DomainError('BAD_USER_INPUT', 'after is not a cursor of this list.', { argument: 'after' })
  return key
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

function isKey(value: unknown): value is CursorKey {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.every((part) => typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part)))
}
