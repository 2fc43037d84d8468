import type { FormattedExecutionResult } from 'graphql'
import type { Dispatcher } from 'undici'
import { HEADERS } from '../http/protocol.ts'
import type { Instance } from './instances.ts'

/** Why an instance gave no answer. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  /** Nothing of the request can have been carried out. */
  readonly isUntouched: boolean
  /** It was reached, and answered as no well process does. */
  readonly isFailure: boolean
  constructor(message: string, { isUntouched = false, isFailure = false, cause }: NoAnswerOptions) {
    super(message, { cause })
    this.isUntouched = isUntouched
    this.isFailure = isFailure
  }
}

interface NoAnswerOptions {
  readonly isUntouched?: boolean
  readonly isFailure?: boolean
  readonly cause?: unknown
}

type Answer = Dispatcher.ResponseData

/** No connection came about, so not a byte was sent. */
const UNSENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * Sends one operation to one instance, and reads its result.
 *
 * @param isPatient waits until the time-out for an instance that others have given up: what it does cannot be repeated
 * @throws {NoAnswerError}
 */
export async function call(
  instance: Instance,
  body: string,
  headers: Readonly<Record<string, string>>,
  isPatient: boolean,
): Promise<FormattedExecutionResult> {
  const given = new AbortController()
  const giveUp = (): void => given.abort()
  if (!isPatient) instance.waiting.add(giveUp)
  try {
    const answer = await instance.calls.request({ ...post(body, headers), signal: given.signal })
    return await resultOf(answer)
  } catch (cause) {
    throw noAnswer(cause)
  } finally {
    instance.waiting.delete(giveUp)
  }
}

/** A request of an operation. */
export function post(body: string, headers: Readonly<Record<string, string>>) {
  return {
    method: 'POST',
    path: '/graphql',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  } as const
}

/**
 * The one result that an answer holds.
 *
 * @throws {NoAnswerError}
 */
export async function resultOf({ statusCode, headers, body }: Answer): Promise<FormattedExecutionResult> {
  const text = await body.text()
  if (statusCode >= 500) {
    const isUntouched = headers[HEADERS.notTaken] !== undefined
    throw new NoAnswerError(`it answered ${statusCode}`, { isUntouched, isFailure: !isUntouched })
  }
  const result = parsed(text)
  if (result) return result
  throw new NoAnswerError(`it answered ${statusCode} without a result`, { isFailure: true })
}

/** Whatever kept an answer away, in our words. */
export function noAnswer(cause: unknown): NoAnswerError {
  if (cause instanceof NoAnswerError) return cause
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return new NoAnswerError('it gave no answer', { isUntouched: UNSENT.has(code), cause })
}

function parsed(text: string): FormattedExecutionResult | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    return 'data' in value || 'errors' in value ? (value as FormattedExecutionResult) : undefined
  } catch {
    return undefined
  }
}
