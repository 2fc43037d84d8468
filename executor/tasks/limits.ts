import { type TaskArtefact, TaskError, type TaskResult } from './task.ts'

/** Bytes of a job's params as JSON. */
export const PARAMS_BYTES_MAX = 64 * 1024
/** Levels of objects and arrays in a job's params. */
export const PARAMS_DEPTH_MAX = 32
/** Bytes of a result as JSON: it rides in events and on every query. */
export const RESULT_BYTES_MAX = 64 * 1024
/** Bytes of one artefact. Where they are stored in the database, it takes 1 MiB. */
export const ARTEFACT_BYTES_MAX = 10 * 1024 * 1024
/** Bytes of all artefacts of one result. */
export const ARTEFACTS_BYTES_MAX = 32 * 1024 * 1024
/** Artefacts of one result. */
export const ARTEFACTS_MAX = 10

// A UTF-16 unit takes at most three bytes of UTF-8, so that shorter strings need no count.
const BYTES_PER_UNIT_MAX = 3
const ERROR_CODE = /^[A-Z][A-Z0-9_]{0,99}$/
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
  let bytesTotal = 0
  for (const { name, mediaType, content } of artefacts) {
    if (!SAFE_NAME.test(name) || names.has(name.toLowerCase()) || !MEDIA_TYPE.test(mediaType)) {
      throw new TaskError(
        'TASK_ARTEFACT_INVALID',
        `the artefact ${JSON.stringify(name)} has a bad or repeated name, or a bad media type`,
      )
    }
    names.add(name.toLowerCase())
    const bytes = Buffer.byteLength(content)
    bytesTotal += bytes
    if (bytes > ARTEFACT_BYTES_MAX) {
      throw new TaskError('TASK_ARTEFACT_TOO_LARGE', `the artefact ${name} is larger than ${ARTEFACT_BYTES_MAX} bytes`)
    }
    if (bytesTotal > ARTEFACTS_BYTES_MAX) {
      throw new TaskError('TASK_ARTEFACT_TOO_LARGE', `the artefacts are larger than ${ARTEFACTS_BYTES_MAX} bytes`)
    }
  }
}

/** What anything thrown by a task means: its own `TaskError`, or TASK_FAILED for a bug in it. Never throws, whatever it was. */
export function asTaskError(error: unknown): TaskError {
  try {
    if (error instanceof TaskError) return soundError(error)
    const message = error instanceof Error ? error.message : String(error)
    return new TaskError('TASK_FAILED', `the task failed: ${message.slice(0, 1000)}`, { cause: error })
  } catch (cause) {
    return new TaskError('TASK_FAILED', 'the task failed by something that cannot be read', { cause })
  }
}

/**
 * What a task says of its failure, as far as it is what the types promise: a task of somebody else's may be plain JavaScript. What
 * is wrong with a part of it takes nothing from the others.
 */
function soundError(error: TaskError): TaskError {
  const { code, message, retryAfterMs, isFinal } = error
  const isCode = typeof code === 'string' && ERROR_CODE.test(code)
  const isWait = retryAfterMs === null || (Number.isFinite(retryAfterMs) && retryAfterMs >= 0)
  if (isCode && typeof message === 'string' && isWait && typeof isFinal === 'boolean') return error
  const why = isCode ? '' : ` (its code is none of capitals, digits and _: ${JSON.stringify(code)?.slice(0, 200)})`
  const text = `${String(message).slice(0, 1000)}${why}`
  const hints = { retryAfterMs: isWait ? retryAfterMs : null, isFinal: isFinal === true }
  return new TaskError(isCode ? code : 'TASK_FAILED', isCode ? text : `the task failed: ${text}`, {
    cause: error,
    ...hints,
  })
}
