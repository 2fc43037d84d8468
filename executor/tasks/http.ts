import type { Dispatcher } from 'undici'
import { clientFor, type HttpAnswer, OutboundError, send } from '#platform/outbound'
import { abortedError } from './aborted.ts'
import { type BodyText, readBody } from './http/body-text.ts'
import { reportedHeaders, requestHeaders } from './http/headers.ts'
import { retryHints } from './http/retry-hints.ts'
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
    return sendHttp(params, context, await clientFor(context.httpPolicy, context.clock))
  },
}

/**
 * Runs an `HTTP` task through a given dispatcher, which is trusted to guard its connections.
 *
 * @throws {TaskError} HTTP_ADDRESS_REFUSED, HTTP_CONNECTION_FAILED, HTTP_RESPONSE_TOO_LARGE, HTTP_TIMED_OUT,
 *   HTTP_TOO_MANY_REDIRECTS, HTTP_UNEXPECTED_STATUS, TASK_ABORTED
 */
export async function sendHttp(params: HttpParams, context: TaskContext, client: Dispatcher): Promise<TaskResult> {
  const { method = 'GET', body, headers = {}, timeLimitMs = TIME_LIMIT_MS } = params
  const { clock, signal } = context
  const request = {
    method,
    url: new URL(params.url),
    headers: requestHeaders(headers, body, context),
    body: typeof body === 'object' ? JSON.stringify(body) : body,
  }
  const startedMs = clock.monotonicMs()
  const isAnswer = (status: number): boolean => isExpected(params, status)
  const options = { client, clock, timeLimitMs, signal, isAnswer, read: readWhole }
  const answer = await send(request, options).catch((error: unknown) => {
    throw taskError(error)
  })
  const durationMs = Math.round(clock.monotonicMs() - startedMs)
  logAnswer(method, answer, durationMs, context)
  return resultOf(params, answer, durationMs, context)
}

type WholeAnswer = HttpAnswer & { readonly body: BodyText }

async function readWhole(answer: HttpAnswer): Promise<WholeAnswer> {
  return { ...answer, body: await readBody(answer.response) }
}

function resultOf(
  params: HttpParams,
  { response, body }: WholeAnswer,
  durationMs: number,
  context: TaskContext,
): TaskResult {
  const { statusCode, headers } = response
  if (!isExpected(params, statusCode)) {
    if (body.bodyText !== '') context.log('WARN', body.bodyText.slice(0, LOGGED_BODY_CHARACTERS_MAX).toWellFormed())
    const hints = retryHints(response, context.clock.now())
    throw new TaskError('HTTP_UNEXPECTED_STATUS', `answered ${statusCode}, expected ${expectation(params)}`, hints)
  }
  return { result: { status: statusCode, headers: reportedHeaders(headers), ...body, durationMs }, artefacts: [] }
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

function taskError(error: unknown): unknown {
  if (!(error instanceof OutboundError)) return error
  if (error.code === 'HTTP_ABORTED') return abortedError()
  return new TaskError(error.code, error.message, { cause: error, isFinal: error.code === 'HTTP_ADDRESS_REFUSED' })
}
