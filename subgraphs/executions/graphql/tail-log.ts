import type { Database } from '#platform/database'
import type { ChangeFeed } from '#platform/projections'
import { executionKey, logKey } from '../change-keys.ts'
import { type Execution, hasEnded } from '../domain/execution.ts'
import { findExecutions } from '../projections/execution-queries.ts'
import { type NumberedLine, scanLog } from '../projections/logs.ts'

const LINES_A_READ = 500

/**
 * The lines of a log after `afterSeq`, and on as they are written; ends with the last line of an execution that has ended.
 *
 * A change only says that there may be more: lines are read by their number, so none is missed or comes twice, however
 * slowly the reader reads, and nothing is kept for it. No async generator, whose `return()` would wait for a `next()`.
 */
export async function tailLog(
  { database, feed }: { readonly database: Database; readonly feed: ChangeFeed },
  execution: Execution,
  afterSeq: number,
): Promise<AsyncIterableIterator<NumberedLine>> {
  let lines: readonly NumberedLine[] = []
  let told = 0
  let reached = afterSeq
  let mayHaveMore = true
  let isLast = false
  let isOver = false
  let wake: (() => void) | undefined

  const unsubscribe = await feed.subscribe([logKey(execution.id), executionKey(execution.id)], () => {
    mayHaveMore = true
    wake?.()
  })

  async function read(): Promise<void> {
    mayHaveMore = false
    // First whether it has ended, then the lines: the last ones are committed with the end.
    const found = await findExecutions(database.reader, [execution.workspaceId], [execution.id])
    const now = found.get(execution.id)
    const scan = await scanLog(database.reader, execution, { afterSeq: reached, limit: LINES_A_READ })
    lines = scan.lines
    told = 0
    reached = scan.reachedSeq
    if (scan.isAll) isLast = !now || hasEnded(now)
    else mayHaveMore = true
  }

  function end(): { done: true; value: undefined } {
    isOver = true
    unsubscribe()
    wake?.()
    return { done: true, value: undefined }
  }

  const iterator: AsyncIterableIterator<NumberedLine> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      for (;;) {
        const line = lines[told]
        if (isOver) return end()
        if (line) {
          told += 1
          return { done: false, value: line }
        }
        if (isLast) return end()
        if (mayHaveMore) await read()
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
    return: async () => end(),
  }
  return iterator
}
