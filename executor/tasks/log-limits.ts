import type { Clock } from '#platform/clock'
import { soundLevel, soundMessage } from './log-line.ts'
import type { LogLevel } from './task.ts'

/** Bytes of one line of the log; what is longer is cut, visibly. */
export const LOG_LINE_BYTES_MAX = 8 * 1024
/** Lines that one attempt may log at once. */
export const LOG_BURST_LINES_MAX = 10_000
/** Lines a second that it may log on. */
export const LOG_LINES_PER_SECOND_MAX = 1_000
/** Bytes that it may log at once. */
export const LOG_BURST_BYTES_MAX = 4 * 1024 * 1024
/** Bytes a second that it may log on. */
export const LOG_BYTES_PER_SECOND_MAX = 256 * 1024
/** Lines that one attempt may log in all. */
export const LOG_LINES_MAX = 100_000
/** Bytes that it may log in all. */
export const LOG_BYTES_MAX = 32 * 1024 * 1024

const CUT_MARK = ' … (cut)'
// A UTF-16 unit takes at most three bytes of UTF-8, so that shorter strings need no count.
const BYTES_PER_UNIT_MAX = 3
const SECOND_MS = 1_000

/** A task's log within its limits. */
export interface LimitedLog {
  /** What is no level is INFO, and what is no text is written as one. */
  write(level: LogLevel, message: string): void
  /** The task has ended: says how many lines were left out last. */
  end(): void
}

/**
 * A log that cuts long lines, and leaves lines out when a task logs too fast or too much: a token bucket of lines and one of
 * bytes. Once one is empty nothing is logged until a second's worth is there again; then a line says how many were left
 * out. So a flood is seen for what it is, and neither ends its task nor slows others.
 */
export function limitedLog(
  log: (level: LogLevel, message: string) => void,
  clock: Pick<Clock, 'monotonicMs'>,
): LimitedLog {
  const bucket = openBucket(clock)
  let linesTotal = 0
  let bytesTotal = 0
  let leftOut = 0
  let isFull = false

  function mark(why: string): void {
    if (leftOut > 0) log('WARN', `${leftOut} lines were left out: ${why}`)
    leftOut = 0
  }

  return {
    write(level, message) {
      if (isFull || !bucket.isOpen()) {
        leftOut += 1
        return
      }
      mark(TOO_FAST)
      const line = shortLine(soundMessage(message))
      const bytes = Buffer.byteLength(line)
      if (!bucket.take(bytes)) {
        leftOut += 1
        return
      }
      linesTotal += 1
      bytesTotal += bytes
      log(soundLevel(level), line)
      if (linesTotal < LOG_LINES_MAX && bytesTotal < LOG_BYTES_MAX) return
      isFull = true
      log('WARN', `the log ends here: ${TOO_MUCH}`)
    },
    end: () => mark(isFull ? TOO_MUCH : TOO_FAST),
  }
}

const TOO_FAST = `a task logs at most ${LOG_LINES_PER_SECOND_MAX} lines and ${LOG_BYTES_PER_SECOND_MAX / 1024} KiB a second`
const TOO_MUCH = `an attempt logs at most ${LOG_LINES_MAX} lines and ${LOG_BYTES_MAX / 1024 / 1024} MiB`

/** Tokens for lines and bytes, which come back with time. */
function openBucket(clock: Pick<Clock, 'monotonicMs'>) {
  let lines = LOG_BURST_LINES_MAX
  let bytes = LOG_BURST_BYTES_MAX
  let filledMs = clock.monotonicMs()
  let isEmpty = false

  function refill(): void {
    const nowMs = clock.monotonicMs()
    const seconds = (nowMs - filledMs) / SECOND_MS
    filledMs = nowMs
    lines = Math.min(LOG_BURST_LINES_MAX, lines + seconds * LOG_LINES_PER_SECOND_MAX)
    bytes = Math.min(LOG_BURST_BYTES_MAX, bytes + seconds * LOG_BYTES_PER_SECOND_MAX)
  }

  return {
    /** Whether lines are taken: not from when the bucket was empty until a second's worth is back. */
    isOpen(): boolean {
      if (!isEmpty) return true
      refill()
      isEmpty = lines < LOG_LINES_PER_SECOND_MAX || bytes < LOG_BYTES_PER_SECOND_MAX
      return !isEmpty
    },
    /** @returns false when there is not enough left for a line of so many bytes */
    take(lineBytes: number): boolean {
      if (lines < 1 || bytes < lineBytes) refill()
      isEmpty = lines < 1 || bytes < lineBytes
      if (isEmpty) return false
      lines -= 1
      bytes -= lineBytes
      return true
    },
  }
}

function shortLine(message: string): string {
  if (message.length * BYTES_PER_UNIT_MAX <= LOG_LINE_BYTES_MAX) return message
  const bytes = Buffer.from(message)
  if (bytes.length <= LOG_LINE_BYTES_MAX) return message
  const kept = bytes.subarray(0, LOG_LINE_BYTES_MAX - Buffer.byteLength(CUT_MARK)).toString()
  // A character that was cut in two decodes to U+FFFD, at most once, at the end.
  return `${kept.replace(/\uFFFD$/, '')}${CUT_MARK}`
}
