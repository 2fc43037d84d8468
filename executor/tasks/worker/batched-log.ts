import type { Clock } from '#platform/clock'
import type { LogLevel } from '../task.ts'
import type { LogLine } from './messages.ts'

const LINES_MAX = 100
const QUIET_MS = 50

/** A log that is sent in batches, in order. */
export interface BatchedLog {
  write(level: LogLevel, message: string): void
  /** Sends what is left. */
  flush(): void
}

/**
 * Sends the lines of one turn of the loop together. After a pause a line goes out at once, so that the last words of a task
 * which then blocks its loop are not lost.
 */
export function batchedLog(clock: Clock, send: (lines: readonly LogLine[]) => void): BatchedLog {
  let lines: LogLine[] = []
  let sentMs = Number.NEGATIVE_INFINITY

  function flush(): void {
    if (lines.length === 0) return
    send(lines)
    lines = []
    sentMs = clock.monotonicMs()
  }

  return {
    write(level, message) {
      lines.push({ level, message })
      if (lines.length >= LINES_MAX || clock.monotonicMs() - sentMs > QUIET_MS) flush()
      else if (lines.length === 1) void clock.turn().then(flush)
    },
    flush,
  }
}
