import { DomainError } from '#platform/domain'
import { type Connection, decodeCursor, type Edge, encodeCursor } from '#platform/graphql'
import type { Execution } from '../domain/execution.ts'
import { type LogFilter, type NumberedLine, scanLog } from '../projections/logs.ts'
import type { Context } from './context.ts'

const LINES_MAX = 1_000
const LINES_DEFAULT = 100
const SEARCH_CHARACTERS_MAX = 200

/** The arguments of a field that shows a log. */
export interface LogArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly search?: string | null | undefined
  readonly level?: LogFilter['levelMin'] | null
  readonly attempt?: number | null | undefined
}

/**
 * A page of an execution's log, from its beginning or from after a cursor. With a filter it may be short, and even empty,
 * though more follows: then its end cursor is where the search has come to.
 *
 * @throws {DomainError} BAD_USER_INPUT; LIMIT_EXCEEDED when an operation asks for too many logs
 */
export async function logPage(
  context: Context,
  execution: Execution,
  args: LogArgs,
): Promise<Connection<NumberedLine>> {
  const { first = LINES_DEFAULT, afterSeq, filter } = checked(args)
  context.countLogPage()
  // One line too many tells that there is a next page.
  const scan = await scanLog(context.database.reader, execution, { afterSeq, limit: first + 1, filter })
  const edges = scan.lines.slice(0, first).map(logEdge)
  const isFull = scan.lines.length > first
  const endCursor = isFull || scan.isAll ? (edges.at(-1)?.cursor ?? null) : encodeCursor([scan.reachedSeq])
  return { edges, pageInfo: { hasNextPage: !scan.isAll, endCursor } }
}

/** A line with the cursor from which the log goes on after it. */
export function logEdge(line: NumberedLine): Edge<NumberedLine> {
  return { cursor: encodeCursor([line.seq]), node: line }
}

/**
 * The number of the line that a cursor names; 0 without one.
 *
 * @throws {DomainError} BAD_USER_INPUT when it is no cursor of a log
 */
export function seqOf(after: string | null | undefined): number {
  if (after == null) return 0
  const [seq] = decodeCursor(after)
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0) return seq
  throw new DomainError('BAD_USER_INPUT', 'after is not a cursor of this log.', { argument: 'after' })
}

function checked({ first, after, search, level, attempt }: LogArgs) {
  const lines = first ?? LINES_DEFAULT
  if (lines < 1 || lines > LINES_MAX) {
    throw new DomainError('BAD_USER_INPUT', `first must be from 1 to ${LINES_MAX}.`, { argument: 'first' })
  }
  if (search != null && (search === '' || search.length > SEARCH_CHARACTERS_MAX)) {
    const message = `search must have from 1 to ${SEARCH_CHARACTERS_MAX} characters.`
    throw new DomainError('BAD_USER_INPUT', message, { argument: 'search' })
  }
  const filter: LogFilter = { attempt: attempt ?? undefined, levelMin: level ?? undefined, search: search ?? undefined }
  return { first: lines, afterSeq: seqOf(after), filter }
}
