import type { LogChunk, LogLine } from '#executions'
import type { Clock } from '#platform/clock'

/** The lines of one attempt on their way to the log. */
export interface AttemptLog {
  add(level: LogLine['level'], message: string): void
  /** How many characters were added since `unwritten` was asked. */
  freshCharacters(): number
  /**
   * What is not known to be written, from its beginning: all of it, or about `charactersMax` and at least a chunk. A chunk
   * that was shown once never changes: writing it twice is writing it once.
   */
  unwritten(charactersMax?: number): readonly LogChunk[]
  /** Whether chunks that were sealed are not written. */
  isWaiting(): boolean
  /** Forgets chunks that are written. */
  written(chunks: readonly LogChunk[]): void
}

/** Lines of a chunk. A reader of a log reads whole chunks, so they are small. */
export const CHUNK_LINES_MAX = 500
const CHUNK_CHARACTERS_MAX = 64 * 1024
/** Characters of one attempt that may wait while its log cannot be written; further lines are left out, visibly. */
export const WAITING_CHARACTERS_MAX = 8 * 1024 * 1024

interface SealedChunk extends LogChunk {
  readonly characters: number
}

/** Numbers lines on from `lastSeq`: an execution's lines count over all its attempts. */
export function openAttemptLog(clock: Pick<Clock, 'now'>, lastSeq: number): AttemptLog {
  let nextSeq = lastSeq + 1
  let open: LogLine[] = []
  let openCharacters = 0
  let freshCharacters = 0
  let waitingCharacters = 0
  let leftOut = 0
  let sealed: readonly SealedChunk[] = []

  function push(level: LogLine['level'], message: string): void {
    open.push({ atMs: clock.now().getTime(), level, message })
    openCharacters += message.length
    freshCharacters += message.length
    waitingCharacters += message.length
    if (open.length >= CHUNK_LINES_MAX || openCharacters >= CHUNK_CHARACTERS_MAX) seal()
  }

  function seal(): void {
    if (open.length === 0) return
    sealed = [...sealed, { firstSeq: nextSeq, lines: open, characters: openCharacters }]
    nextSeq += open.length
    open = []
    openCharacters = 0
  }

  function markLeftOut(): void {
    if (leftOut === 0) return
    const lines = leftOut
    leftOut = 0
    push('WARN', `${lines} lines were left out: the log could not be written as fast as the task logged`)
  }

  return {
    add(level, message) {
      if (waitingCharacters >= WAITING_CHARACTERS_MAX) {
        leftOut += 1
        return
      }
      markLeftOut()
      push(level, message)
    },
    freshCharacters: () => freshCharacters,
    unwritten(charactersMax = Number.POSITIVE_INFINITY) {
      markLeftOut()
      seal()
      freshCharacters = 0
      let characters = 0
      return sealed.filter((chunk, index) => {
        characters += chunk.characters
        return index === 0 || characters <= charactersMax
      })
    },
    isWaiting: () => sealed.length > 0,
    written(chunks) {
      const done = new Set(chunks)
      for (const chunk of sealed) if (done.has(chunk)) waitingCharacters -= chunk.characters
      sealed = sealed.filter((chunk) => !done.has(chunk))
    },
  }
}
