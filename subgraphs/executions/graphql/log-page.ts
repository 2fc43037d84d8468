import { DomainError } from '#platform/domain'
import { type Connection, decodeCursor, type Edge, encodeCursor } from '#platform/graphql'
import type { Execution } from '../domain/execution.ts'
import { type NumberedLine, readLines } from '../projections/logs.ts'
import type { Context } from './context.ts'

const LINES_MAX = 1_000
const LINES_DEFAULT = 100

/** A page of an execution's log, from its beginning or from after a cursor. */
export async function logPage(
  { database }: Context,
  execution: Execution,
  args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined },
): Promise<Connection<NumberedLine>> {
  const first = args.first ?? LINES_DEFAULT
  if (first < 1 || first > LINES_MAX) {
    throw new DomainError('BAD_USER_INPUT', `first must be from 1 to ${LINES_MAX}.`, { argument: 'first' })
  }
  const lines = await readLines(database.reader, execution, seqOf(args.after), first + 1)
  const edges = lines.slice(0, first).map(logEdge)
  return { edges, pageInfo: { hasNextPage: lines.length > first, endCursor: edges.at(-1)?.cursor ?? null } }
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
