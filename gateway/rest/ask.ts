import type { FormattedExecutionResult } from 'graphql'
import type { GatewayContext } from '../graph/context.ts'
import type { Graph } from '../graph/graph.ts'
import { readJson, SMALL_BODY_BYTES_MAX } from '../http/body.ts'
import { type Exchange, sendJson } from '../http/exchange.ts'
import { type Problem, sendProblem, statusOf } from '../http/problem.ts'
import { RefusedRequestError } from '../http/refusal.ts'

/** What every REST route stands on. */
export interface RestOptions {
  readonly graph: Graph
  sender(exchange: Exchange): Promise<GatewayContext>
}

/** An object out of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Runs a stored operation through the one pipeline, and answers by `reply` when it went well, else with a problem.
 *
 * @param query the operation; it is ours, so the answer has the shape `Data`
 */
export async function ask<Data>(
  { graph, sender }: RestOptions,
  exchange: Exchange,
  query: string,
  variables: JsonObject,
  reply: (data: Data, context: GatewayContext) => Promise<void> | void,
): Promise<void> {
  const context = await sender(exchange)
  const result = await graph.run({ query, variables }, context)
  if (result.errors?.length || !result.data) sendErrors(exchange, result)
  else await reply(result.data as Data, context)
}

/**
 * Runs a stored operation while an answer is under way, for the same sender.
 *
 * @throws {Error} when it has errors: half an answer is out, and only a broken connection says that it is no whole one
 */
export async function askOn<Data>(
  { graph }: RestOptions,
  context: GatewayContext,
  query: string,
  variables: JsonObject,
): Promise<Data> {
  const { data, errors } = await graph.run({ query, variables }, context)
  if (errors?.length || !data) throw new Error(`an answer cannot go on: ${errors?.[0]?.message}`)
  return data as Data
}

/** The body, which must be a JSON object. @throws {RefusedRequestError} 400 when it is anything else */
export async function objectBody(exchange: Exchange, isOptional = false): Promise<JsonObject> {
  const body = await readJson(exchange.request, SMALL_BODY_BYTES_MAX)
  if (body === undefined && isOptional) return {}
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as JsonObject
  throw new RefusedRequestError(400, 'BAD_REQUEST', 'Send a JSON object.')
}

/** The page that a query string asks for. @throws {RefusedRequestError} 400 when `first` is no number */
export function pageQuery(search: string): { readonly query: URLSearchParams; readonly page: JsonObject } {
  const query = new URLSearchParams(search)
  const first = query.get('first')
  if (first !== null && !/^\d{1,9}$/.test(first)) {
    throw new RefusedRequestError(400, 'BAD_REQUEST', 'first must be a whole number.')
  }
  const after = query.get('after')
  return { query, page: { ...(first === null ? {} : { first: Number(first) }), ...(after === null ? {} : { after }) } }
}

/** Answers with an object, or with 404 when there is none that the caller may see. */
export function sendFound(exchange: Exchange, value: unknown, missing: 'JOB_NOT_FOUND' | 'EXECUTION_NOT_FOUND'): void {
  if (value === null || value === undefined) throw notFound(missing)
  sendJson(exchange, 200, value)
}

const MISSING = {
  JOB_NOT_FOUND: 'no such job',
  EXECUTION_NOT_FOUND: 'no such execution',
  ARTEFACT_NOT_FOUND: 'the execution has no artefact of this name',
} as const

/** The refusal of what is not there, or not for this caller: both in the same words. */
export function notFound(code: keyof typeof MISSING): RefusedRequestError {
  return new RefusedRequestError(404, code, MISSING[code])
}

function sendErrors(exchange: Exchange, { errors = [] }: FormattedExecutionResult): void {
  const [first] = errors
  const { code, details } = first?.extensions ?? {}
  const retryAfterMs = (details as JsonObject | undefined)?.retryAfterMs
  const problem: Problem = {
    status: statusOf(code),
    code: typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR',
    detail: first?.message ?? 'Internal server error',
    details,
  }
  const isTimed = typeof retryAfterMs === 'number'
  sendProblem(
    exchange,
    isTimed ? { ...problem, headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } } : problem,
  )
}
