import type { LogChunk, LogLine } from '#executions'
import type { Clock } from '#platform/clock'

/** The lines of one attempt on their way to the log. */
export interface AttemptLog {
  add(level: LogLine['level'], message: string): void
  /** How many characters wait to be sealed. */
  openCharacters(): number
  /** What is not known to be written. A chunk that was shown once never changes: writing it twice is writing it once. */
  unwritten(): readonly LogChunk[]
  /** Forgets chunks that are written. */
  written(chunks: readonly LogChunk[]): void
}

/** Numbers lines on from `lastSeq`: an execution's lines count over all its attempts. */
export function openAttemptLog(clock: Pick<Clock, 'now'>, lastSeq: number): AttemptLog {
  let nextSeq = lastSeq + 1
  let open: LogLine[] = []
  let characters = 0
  let sealed: readonly LogChunk[] = []

  return {
    add(level, message) {
      open.push({ atMs: clock.now().getTime(), level, message })
      characters += message.length
    },
    openCharacters: () => characters,
    unwritten() {
      if (open.length > 0) {
        sealed = [...sealed, { firstSeq: nextSeq, lines: open }]
        nextSeq += open.length
        open = []
        characters = 0
      }
      return sealed
    },
    written(chunks) {
      sealed = sealed.filter((chunk) => !chunks.includes(chunk))
    },
  }
}
