import { type LogLevel, type TaskArtefact, TaskError, type TaskResult } from './task.ts'

/** Bytes of a job's params as JSON. */
export const PARAMS_BYTES_MAX = 64 * 1024
/** Levels of objects and arrays in a job's params. */
export const PARAMS_DEPTH_MAX = 32
/** Bytes of a result as JSON: it rides in events and on every query. */
export const RESULT_BYTES_MAX = 64 * 1024
/** Bytes of one artefact. */
export const ARTEFACT_BYTES_MAX = 1024 * 1024
/** Artefacts of one result. */
export const ARTEFACTS_MAX = 10
/** Bytes of one line of the log; what is longer is cut, visibly. */
export const LOG_LINE_BYTES_MAX = 8 * 1024
/** Lines that one attempt may log. */
export const LOG_LINES_MAX = 10_000

const CUT_MARK = ' … (cut)'
// A UTF-16 unit takes at most three bytes of UTF-8, so that shorter strings need no count.
const BYTES_PER_UNIT_MAX = 3
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const MEDIA_TYPE = /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:; ?[\w-]{1,32}=[\w.-]{1,64})?$/

/**
 * Lets a result through when it is within all limits.
 *
 * @throws {TaskError} TASK_RESULT_NOT_JSON, TASK_RESULT_TOO_LARGE, TASK_TOO_MANY_ARTEFACTS, TASK_ARTEFACT_INVALID, TASK_ARTEFACT_TOO_LARGE
 */
export function withinLimits(result: TaskResult): TaskResult {
  if (jsonBytes(result.result) > RESULT_BYTES_MAX) {
    throw new TaskError('TASK_RESULT_TOO_LARGE', `the result is larger than ${RESULT_BYTES_MAX} bytes of JSON`)
  }
  if (result.artefacts.length > 0) checkArtefacts(result.artefacts)
  return result
}

function jsonBytes(value: unknown): number {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    throw new TaskError('TASK_RESULT_NOT_JSON', 'the result cannot be written as JSON', { cause })
  }
  if (json === undefined) throw new TaskError('TASK_RESULT_NOT_JSON', 'the result is not a JSON value')
  return json.length * BYTES_PER_UNIT_MAX <= RESULT_BYTES_MAX ? json.length : Buffer.byteLength(json)
}

function checkArtefacts(artefacts: readonly TaskArtefact[]): void {
  if (artefacts.length > ARTEFACTS_MAX) {
    throw new TaskError('TASK_TOO_MANY_ARTEFACTS', `${artefacts.length} artefacts are more than ${ARTEFACTS_MAX}`)
  }
  const names = new Set<string>()
  for (const { name, mediaType, content } of artefacts) {
    if (!SAFE_NAME.test(name) || names.has(name.toLowerCase()) || !MEDIA_TYPE.test(mediaType)) {
      throw new TaskError(
        'TASK_ARTEFACT_INVALID',
        `the artefact ${JSON.stringify(name)} has a bad or repeated name, or a bad media type`,
      )
    }
    names.add(name.toLowerCase())
    if (Buffer.byteLength(content) > ARTEFACT_BYTES_MAX) {
      throw new TaskError('TASK_ARTEFACT_TOO_LARGE', `the artefact ${name} is larger than ${ARTEFACT_BYTES_MAX} bytes`)
    }
  }
}

/**
 * A log that cuts long lines. The line after the last one allowed throws TASK_LOG_TOO_LONG: that ends a task which logs in
 * a loop, where dropping lines in silence would hide it.
 */
export function limitedLog(
  log: (level: LogLevel, message: string) => void,
): (level: LogLevel, message: string) => void {
  let lines = 0
  return (level, message) => {
    if (++lines > LOG_LINES_MAX)
      throw new TaskError('TASK_LOG_TOO_LONG', `the log is longer than ${LOG_LINES_MAX} lines`)
    log(level, shortLine(message))
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

/** What anything thrown by a task means: its own `TaskError`, or TASK_FAILED for a bug in it. */
export function asTaskError(error: unknown): TaskError {
  if (error instanceof TaskError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new TaskError('TASK_FAILED', `the task failed: ${message.slice(0, 1000)}`, { cause: error })
}
