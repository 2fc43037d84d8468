import { type Json, type TaskArtefact, TaskError, type TaskResult } from './task.ts'

/** Bytes of a job's params as JSON. */
export const PARAMS_BYTES_MAX = 64 * 1024
/** Levels of objects and arrays in a job's params. */
export const PARAMS_DEPTH_MAX = 32
/** Bytes of a result as JSON: it rides in events and on every query. */
export const RESULT_BYTES_MAX = 64 * 1024
/** Levels of objects and arrays in a result: as many as JSON in a request may have. */
export const RESULT_DEPTH_MAX = 64
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
 * A result that is within all limits, as plain data: what is sent on is what was measured, whatever `toJSON` or a getter says next.
 *
 * @throws {TaskError} TASK_RESULT_NOT_JSON, TASK_RESULT_TOO_LARGE, TASK_TOO_MANY_ARTEFACTS, TASK_ARTEFACT_INVALID, TASK_ARTEFACT_TOO_LARGE
 */
export function withinLimits({ result, artefacts }: TaskResult): TaskResult {
  return { result: plainResult(result), artefacts: checkedArtefacts(artefacts) }
}

function plainResult(value: unknown): Json {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    // The stack or the longest string is too small for it.
    if (cause instanceof RangeError) throw tooDeep({ cause })
    throw new TaskError('TASK_RESULT_NOT_JSON', 'the result cannot be written as JSON', { cause })
  }
  if (json === undefined) throw new TaskError('TASK_RESULT_NOT_JSON', 'the result is not a JSON value')
  if (jsonBytes(json) > RESULT_BYTES_MAX) {
    throw new TaskError('TASK_RESULT_TOO_LARGE', `the result is larger than ${RESULT_BYTES_MAX} bytes of JSON`)
  }
  const plain: Json = JSON.parse(json)
  // What is nested deeper does not fit through the channel to the executor.
  if (depthExceeds(plain, RESULT_DEPTH_MAX)) throw tooDeep()
  return plain
}

function jsonBytes(json: string): number {
  return json.length * BYTES_PER_UNIT_MAX <= RESULT_BYTES_MAX ? json.length : Buffer.byteLength(json)
}

function tooDeep(options?: ErrorOptions): TaskError {
  return new TaskError('TASK_RESULT_TOO_LARGE', `the result is nested deeper than ${RESULT_DEPTH_MAX} levels`, options)
}

/** Whether objects and arrays lie in each other deeper than so many levels. */
export function depthExceeds(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((child) => depthExceeds(child, levels - 1))
}

function checkedArtefacts(artefacts: readonly TaskArtefact[]): readonly TaskArtefact[] {
  // A task of somebody else's may be plain JavaScript.
  if (!Array.isArray(artefacts)) throw new TaskError('TASK_ARTEFACT_INVALID', 'artefacts must be an array')
  if (artefacts.length > ARTEFACTS_MAX) {
    throw new TaskError('TASK_TOO_MANY_ARTEFACTS', `${artefacts.length} artefacts are more than ${ARTEFACTS_MAX}`)
  }
  const names = new Set<string>()
  let bytesTotal = 0
  return Array.from(artefacts as readonly TaskArtefact[], (artefact) => {
    const { name, mediaType, content } = soundArtefact(artefact)
    if (names.has(name.toLowerCase())) throw invalidArtefact(name)
    names.add(name.toLowerCase())
    const bytes = Buffer.byteLength(content)
    bytesTotal += bytes
    if (bytes > ARTEFACT_BYTES_MAX) {
      throw new TaskError('TASK_ARTEFACT_TOO_LARGE', `the artefact ${name} is larger than ${ARTEFACT_BYTES_MAX} bytes`)
    }
    if (bytesTotal > ARTEFACTS_BYTES_MAX) {
      throw new TaskError('TASK_ARTEFACT_TOO_LARGE', `the artefacts are larger than ${ARTEFACTS_BYTES_MAX} bytes`)
    }
    return { name, mediaType, content }
  })
}

function soundArtefact(artefact: Partial<TaskArtefact> | null | undefined): TaskArtefact {
  const { name, mediaType, content } = artefact ?? {}
  const isSound = typeof name === 'string' && typeof mediaType === 'string' && typeof content === 'string'
  if (isSound && SAFE_NAME.test(name) && MEDIA_TYPE.test(mediaType)) return { name, mediaType, content }
  throw invalidArtefact(name)
}

function invalidArtefact(name: unknown): TaskError {
  const message = `the artefact ${JSON.stringify(String(name).slice(0, 200))} has a bad or repeated name, a bad media type, or a content that is no text`
  return new TaskError('TASK_ARTEFACT_INVALID', message)
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
