import type { Dispatcher } from 'undici'
import { abortedError } from './aborted.ts'
import { clientFor } from './http/client.ts'
import { exchange, type HttpAnswer } from './http/exchange.ts'
import { reportedHeaders, requestHeaders } from './http/headers.ts'
import { readBody } from './http/response-body.ts'
import { type JsonObject, type Task, type TaskContext, TaskError, type TaskResult } from './task.ts'

const TIME_LIMIT_MS = 30_000
const TIME_LIMIT_MS_MAX = 300_000
const URL_CHARACTERS_MAX = 4096
const HEADERS_MAX = 50
const HEADER_CHARACTERS_MAX = 8192
const STATUSES_MAX = 50
const LOGGED_BODY_CHARACTERS_MAX = 500

const STATUS = { minimum: 200, maximum: 599 }

/** Params of `HTTP`, as its schema lets them through. */
export type HttpParams = JsonObject & {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | JsonObject | readonly []
  readonly expectedStatus?: number | readonly number[]
  readonly timeLimitMs?: number
}

/** `HTTP`: one request to somewhere on the public internet. */
export const http: Task<HttpParams> = {
  name: 'HTTP',
  description:
    'Sends an HTTP request with `Idempotency-Key` (the execution) and `Carillon-Attempt`, follows up to three redirects, and fails ' +
    'unless the status is expected. Private addresses are refused unless the configuration allows them.',
  place: 'loop',
  paramsSchema: {
    type: 'object',
    properties: {
      url: {
        type: 'string',
        maxLength: URL_CHARACTERS_MAX,
        format: 'http-url',
        description: 'Absolute, http or https.',
      },
      method: { type: 'string', enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], default: 'GET' },
      headers: {
        type: 'object',
        maxProperties: HEADERS_MAX,
        propertyNames: { format: 'http-header-name' },
        additionalProperties: { type: 'string', maxLength: HEADER_CHARACTERS_MAX, format: 'http-header-value' },
      },
      body: { type: ['string', 'object', 'array'], description: 'Text, or anything else to be sent as JSON.' },
      expectedStatus: {
        type: ['integer', 'array'],
        ...STATUS,
        minItems: 1,
        maxItems: STATUSES_MAX,
        items: { type: 'integer', ...STATUS },
        description: 'One status or several; by default 200 to 299.',
      },
      timeLimitMs: {
        type: 'integer',
        minimum: 1,
        maximum: TIME_LIMIT_MS_MAX,
        default: TIME_LIMIT_MS,
        description: 'Milliseconds for the whole exchange, redirects and body included.',
      },
    },
    required: ['url'],
    if: { properties: { method: { enum: ['GET', 'HEAD'] } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema; nobody awaits a schema.
    then: { properties: { body: false } },
    additionalProperties: false,
  },
  async run(params, context) {
    return sendHttp(params, context, await clientFor(context))
  },
}

/**
 * Runs an `HTTP` task through a given dispatcher, which is trusted to guard its connections.
 *
 * @throws {TaskError} HTTP_ADDRESS_REFUSED, HTTP_CONNECTION_FAILED, HTTP_RESPONSE_TOO_LARGE, HTTP_TIMED_OUT,
 *   HTTP_TOO_MANY_REDIRECTS, HTTP_UNEXPECTED_STATUS, TASK_ABORTED
 */
export async function sendHttp(params: HttpParams, context: TaskContext, dispatcher: Dispatcher): Promise<TaskResult> {
  const { timeLimitMs = TIME_LIMIT_MS } = params
  const { clock, signal } = context
  const over = new AbortController()
  // Apart from `over`: aborting a request that has ended costs the connection, which is to be kept alive.
  const abandoned = new AbortController()
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (error: TaskError): void => {
      if (over.signal.aborted) return
      over.abort()
      abandoned.abort(error)
      reject(error)
    }
    signal.addEventListener('abort', () => end(abortedError()), { signal: over.signal })
    if (signal.aborted) end(abortedError())
    void clock
      .sleep(timeLimitMs, over.signal)
      .then(() => end(new TaskError('HTTP_TIMED_OUT', `no complete response within ${timeLimitMs} ms`)))
  })
  // undici notices an abort only once it is connected; the race notices it at once.
  ended.catch(() => {})
  try {
    return await Promise.race([ended, attempt(params, context, dispatcher, abandoned.signal)])
  } catch (error) {
    throw httpError(error)
  } finally {
    over.abort()
  }
}

async function attempt(
  params: HttpParams,
  context: TaskContext,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<TaskResult> {
  const { method = 'GET', body, headers = {} } = params
  const request = {
    method,
    url: new URL(params.url),
    headers: requestHeaders(headers, body, context),
    body: typeof body === 'object' ? JSON.stringify(body) : body,
  }
  const startedMs = context.clock.monotonicMs()
  const answer = await exchange(request, (status) => isExpected(params, status), dispatcher, signal)
  const bodyRead = await readBody(answer.response)
  const durationMs = Math.round(context.clock.monotonicMs() - startedMs)
  logAnswer(method, answer, durationMs, context)
  const { statusCode, headers: answered } = answer.response
  if (!isExpected(params, statusCode)) {
    if (bodyRead.bodyText !== '')
      context.log('WARN', bodyRead.bodyText.slice(0, LOGGED_BODY_CHARACTERS_MAX).toWellFormed())
    throw new TaskError('HTTP_UNEXPECTED_STATUS', `answered ${statusCode}, expected ${expectation(params)}`)
  }
  return {
    result: { status: statusCode, headers: reportedHeaders(answered), ...bodyRead, durationMs },
    artefacts: [],
  }
}

function isExpected({ expectedStatus }: HttpParams, status: number): boolean {
  if (expectedStatus === undefined) return status >= 200 && status <= 299
  return [expectedStatus].flat().includes(status)
}

function expectation({ expectedStatus }: HttpParams): string {
  return expectedStatus === undefined ? '200 to 299' : [expectedStatus].flat().join(', ')
}

// Without the query: secrets travel there.
function logAnswer(method: string, { url, response }: HttpAnswer, durationMs: number, context: TaskContext): void {
  context.log('INFO', `${method} ${url.origin}${url.pathname} answered ${response.statusCode} after ${durationMs} ms`)
}

function httpError(error: unknown): TaskError {
  if (error instanceof TaskError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new TaskError('HTTP_RESPONSE_TOO_LARGE', 'the response has too many headers', { cause: error })
  const detail = code === undefined || message.includes(code) ? message : `${code}: ${message}`
  return new TaskError('HTTP_CONNECTION_FAILED', detail === '' ? 'the connection failed' : detail, { cause: error })
}
