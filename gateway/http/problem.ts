import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http'
import type { ErrorCode } from '#platform/domain'
import type { MachineryCode } from '#platform/graphql'
import { type Exchange, sendJson, sendText } from './exchange.ts'
import type { RefusalCode } from './refusal.ts'

type Code =
  | ErrorCode
  | MachineryCode
  | RefusalCode
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'DOWNSTREAM_SERVICE_ERROR'

/** What a problem says of itself. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly details?: unknown
  readonly headers?: OutgoingHttpHeaders
}

/** The HTTP status of each code on the REST routes. A code without one does not compile. */
export const STATUS_OF: Readonly<Record<Code, number>> = {
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  INVALID_PARAMS: 400,
  INVALID_SCHEDULE: 400,
  INVALID_TIME_ZONE: 400,
  KAFKA_NOT_CONFIGURED: 400,
  SQL_NOT_CONFIGURED: 400,
  UNKNOWN_CALENDAR: 400,
  UNKNOWN_JOB_TYPE: 400,
  WEAK_PASSWORD: 400,
  INVALID_CREDENTIALS: 401,
  INVALID_REFRESH_TOKEN: 401,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  ARTEFACT_NOT_FOUND: 404,
  DEAD_LETTER_NOT_FOUND: 404,
  DELIVERY_NOT_FOUND: 404,
  CALENDAR_NOT_FOUND: 404,
  EXECUTION_NOT_FOUND: 404,
  BACKFILL_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  NOT_FOUND: 404,
  REPLAY_NOT_FOUND: 404,
  WEBHOOK_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CALENDAR_IN_USE: 409,
  CHAIN_CYCLE: 409,
  DEAD_LETTER_DECIDED: 409,
  EXECUTION_NOT_HELD: 409,
  EXECUTION_OPEN: 409,
  JOB_ARCHIVED: 409,
  USERNAME_TAKEN: 409,
  VERSION_CONFLICT: 409,
  WEBHOOK_DISABLED: 409,
  BODY_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  // The key was used for another request: draft-ietf-httpapi-idempotency-key-header, §2.7.
  IDEMPOTENCY_KEY_REUSED: 422,
  LIMIT_EXCEEDED: 422,
  RATE_LIMITED: 429,
  SLOW_CONSUMER: 429,
  DOWNSTREAM_SERVICE_ERROR: 500,
  INTERNAL_SERVER_ERROR: 500,
  NOT_READY: 503,
  OVERLOADED: 503,
  SERVICE_UNAVAILABLE: 503,
}

/** The status of a code, also of one that nobody foresaw. */
export function statusOf(code: unknown): number {
  return typeof code === 'string' && Object.hasOwn(STATUS_OF, code) ? STATUS_OF[code as Code] : 500
}

/** Answers with a problem (RFC 9457). */
export function sendProblem(exchange: Exchange, { status, code, detail, details, headers }: Problem): void {
  const { response, correlationId } = exchange
  const problem = {
    type: `urn:carillon:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    correlationId,
    ...(details === undefined ? {} : { details }),
  }
  sendText(response, status, JSON.stringify(problem), {
    'content-type': 'application/problem+json; charset=utf-8',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...headers,
  })
}

/** Answers a request that failed in the words of its door: GraphQL clients look for `errors`, others for a problem. */
export function sendFailure(exchange: Exchange, problem: Problem): void {
  if (exchange.path !== '/graphql') {
    sendProblem(exchange, problem)
    return
  }
  const { status, code, detail, headers } = problem
  const errors = [{ message: detail, extensions: { code, correlationId: exchange.correlationId } }]
  sendJson(exchange, status, { errors }, headers)
}
