import type { Readable } from 'node:stream'
import type { LogLevel } from '../task.ts'

/** What a command has written so far. */
export interface ShellOutput {
  /** Takes what comes out of one end of it. */
  read(stream: Readable, level: LogLevel): void
  /** Logs what has no end of line. */
  end(): void
  bytes(): number
  lines(): number
  isCut(): boolean
  /** The last line of standard error, for people. */
  lastWarning(): string
}

/** What is done with it. */
export interface ShellOutputOptions {
  log(level: LogLevel, message: string): void
  /** It has written more than a command may, and goes on. */
  onFlood(): void
}

/** Bytes of a command's output that are logged. */
export const OUTPUT_BYTES_MAX = 1024 * 1024
/** Lines of a command's output that are logged: fewer than a task may log. */
export const OUTPUT_LINES_MAX = 8_000
/** Bytes that a command may write before it is killed. */
export const OUTPUT_FLOOD_BYTES = 64 * 1024 * 1024
const LINE_CHARACTERS_MAX = 4_096

/** Logs a command's output by lines, up to a limit that the log shows. What comes after it is read and dropped. */
export function openShellOutput({ log, onFlood }: ShellOutputOptions): ShellOutput {
  const open = new Map<LogLevel, string>()
  let [bytes, lines, isCut, isFlooded, lastWarning] = [0, 0, false, false, '']

  function write(level: LogLevel, line: string): void {
    if (isCut) return
    lines += 1
    log(level, line)
    if (level === 'WARN' && line.trim() !== '') lastWarning = line
  }

  function cut(): void {
    if (isCut) return
    isCut = true
    log('WARN', `… the output is cut here: ${OUTPUT_BYTES_MAX} bytes or ${OUTPUT_LINES_MAX} lines are kept`)
  }

  function take(level: LogLevel, text: string): void {
    bytes += Buffer.byteLength(text)
    if (bytes > OUTPUT_FLOOD_BYTES && !isFlooded) {
      isFlooded = true
      onFlood()
    }
    if (isCut) return
    const pieces = `${open.get(level) ?? ''}${text}`.split('\n').flatMap(piecesOf)
    open.set(level, pieces.pop() ?? '')
    for (const piece of pieces.slice(0, OUTPUT_LINES_MAX - lines)) write(level, piece.replace(/\r$/, ''))
    if (bytes > OUTPUT_BYTES_MAX || lines >= OUTPUT_LINES_MAX) cut()
  }

  return {
    read(stream, level) {
      stream.setEncoding('utf8').on('data', (text: string) => take(level, text))
      // A pipe that breaks is the end of its output.
      stream.on('error', () => undefined)
    },
    end() {
      for (const [level, rest] of open) if (rest !== '') write(level, rest)
    },
    bytes: () => bytes,
    lines: () => lines,
    isCut: () => isCut,
    lastWarning: () => lastWarning,
  }
}

/** At least one piece; all but the last are full. */
function piecesOf(line: string): readonly string[] {
  const count = Math.max(1, Math.ceil(line.length / LINE_CHARACTERS_MAX))
  return Array.from({ length: count }, (_, index) =>
    line.slice(index * LINE_CHARACTERS_MAX, (index + 1) * LINE_CHARACTERS_MAX),
  )
}
