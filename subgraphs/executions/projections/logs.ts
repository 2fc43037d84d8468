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

/** Which lines of a log. */
export interface LogFilter {
  readonly attempt?: number | undefined
  /** The least important level. */
  readonly levelMin?: LogLine['level'] | undefined
  /** What a line contains, in capitals or not. */
  readonly search?: string | undefined
}

/** What a scan of a log found. */
export interface LogScan {
  readonly lines: readonly NumberedLine[]
  /** The number of the last line that was looked at. */
  readonly reachedSeq: number
  /** Whether the scan came to the end of the log. */
  readonly isAll: boolean
}

// Chunks are small, but there may be many: a page of them is in memory at a time.
const CHUNKS_A_READ = 16
/** Chunks that a scan by level or text looks at: a filter that nothing passes must not read a whole log at once. */
const CHUNKS_A_SCAN_MAX = 64
const LEVELS: readonly LogLine['level'][] = ['DEBUG', 'INFO', 'WARN', 'ERROR']

/** Looks through the log of an execution for lines after `afterSeq` that pass a filter, until it has `limit` or looked far enough. */
export async function scanLog(
  reader: Reader,
  { id, workspaceId }: { readonly id: string; readonly workspaceId: string },
  { afterSeq, limit, filter = {} }: { readonly afterSeq: number; readonly limit: number; readonly filter?: LogFilter },
): Promise<LogScan> {
  const passes = filterOf(filter)
  const [ofAttempt, attempts] = filter.attempt === undefined ? ['', []] : ['and attempt = ?', [filter.attempt]]
  const lines: NumberedLine[] = []
  const isSearch = filter.levelMin !== undefined || filter.search !== undefined
  const chunksMax = isSearch ? CHUNKS_A_SCAN_MAX : Number.POSITIVE_INFINITY
  let reachedSeq = afterSeq
  for (let scanned = 0; scanned < chunksMax; scanned += CHUNKS_A_READ) {
    const rows = await reader.all<{ first_seq: number; attempt: number; lines: string }>(
      `select first_seq, attempt, "lines" from log_chunks
       where execution_id = ? and workspace_id = ? and last_seq > ? ${ofAttempt} order by first_seq limit ?`,
      [id, workspaceId, reachedSeq, ...attempts, CHUNKS_A_READ],
    )
    for (const { first_seq: firstSeq, attempt, lines: text } of rows) {
      for (const [index, line] of (JSON.parse(text) as readonly LogLine[]).entries()) {
        const seq = firstSeq + index
        if (seq <= reachedSeq) continue
        reachedSeq = seq
        if (!passes(line)) continue
        if (lines.push({ seq, attempt, ...line }) === limit) return { lines, reachedSeq, isAll: false }
      }
    }
    if (rows.length < CHUNKS_A_READ) return { lines, reachedSeq, isAll: true }
  }
  return { lines, reachedSeq, isAll: false }
}

function filterOf({ levelMin = 'DEBUG', search = '' }: LogFilter): (line: LogLine) => boolean {
  const least = LEVELS.indexOf(levelMin)
  const wanted = search.toLowerCase()
  return ({ level, message }) => LEVELS.indexOf(level) >= least && message.toLowerCase().includes(wanted)
}
