import type { Reader, Unit } from '#platform/database'
import { rowsIn } from './bulk.ts'

/** One line of an execution's log. */
export interface LogLine {
  readonly atMs: number
  readonly level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
}

/** Lines that were written together. `firstSeq` is the number of the first: lines count from 1 over all attempts. */
export interface LogChunk {
  readonly firstSeq: number
  readonly lines: readonly LogLine[]
}

/** A chunk with whose it is. */
export interface OwnedChunk extends LogChunk {
  readonly executionId: string
  readonly workspaceId: string
  readonly attempt: number
}

/** A line with its place in the log. */
export interface NumberedLine extends LogLine {
  readonly seq: number
  readonly attempt: number
}

const COLUMNS = ['execution_id', 'first_seq', 'last_seq', 'workspace_id', 'attempt', 'lines']

/** Writes chunks. One that is there already, because its acknowledgement was lost, is left alone. */
export async function insertChunks(unit: Unit, chunks: readonly OwnedChunk[]): Promise<void> {
  if (chunks.length === 0) return
  const rows = chunks.map(({ executionId, firstSeq, lines, workspaceId, attempt }) => [
    executionId,
    firstSeq,
    firstSeq + lines.length - 1,
    workspaceId,
    attempt,
    JSON.stringify(lines),
  ])
  await unit.insertMany('log_chunks', COLUMNS, rows, 'ignore')
}

/** The number of the last line of each execution that has any. */
export async function lastSeqs(reader: Reader, executionIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const sql = 'select execution_id, max(last_seq) as last_seq from log_chunks where execution_id'
  const tail = { sql: 'group by execution_id', params: [] }
  const rows = await rowsIn<{ execution_id: string; last_seq: number }>(reader, sql, executionIds, tail)
  return new Map(rows.map((row) => [row.execution_id, row.last_seq]))
}

/** The lines of an execution after `afterSeq`, at most `limit`. */
export async function readLines(
  reader: Reader,
  { id, workspaceId }: { readonly id: string; readonly workspaceId: string },
  afterSeq: number,
  limit: number,
): Promise<readonly NumberedLine[]> {
  // A chunk has at least one line, so that `limit` chunks hold enough of them.
  const rows = await reader.all<{ first_seq: number; attempt: number; lines: string }>(
    `select first_seq, attempt, "lines" from log_chunks
     where execution_id = ? and workspace_id = ? and last_seq > ? order by first_seq limit ?`,
    [id, workspaceId, afterSeq, limit],
  )
  const found: NumberedLine[] = []
  for (const { first_seq: firstSeq, attempt, lines } of rows) {
    for (const [index, line] of (JSON.parse(lines) as readonly LogLine[]).entries()) {
      const seq = firstSeq + index
      if (seq > afterSeq && found.length < limit) found.push({ seq, attempt, ...line })
    }
    if (found.length === limit) break
  }
  return found
}
