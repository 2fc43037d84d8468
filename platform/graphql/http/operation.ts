import type { IncomingMessage } from 'node:http'
import type { SubgraphCaller, SubgraphRequest } from '../subgraph.ts'
import { HEADERS } from './protocol.ts'
import { RefusedError } from './refused.ts'

const BEARER = /^Bearer +([^\s]+)$/i

/** Who asks, by the headers of a request. */
export function callerOf({ headers }: IncomingMessage): SubgraphCaller {
  const token = BEARER.exec(headers.authorization ?? '')?.[1]
  const correlationId = single(headers[HEADERS.correlationId])
  const network = single(headers[HEADERS.network])
  const traceparent = single(headers[HEADERS.traceparent])
  return { token, correlationId, network, traceparent }
}

/** The headers that `callerOf` reads. */
export function headersOf({ token, correlationId, network, traceparent }: SubgraphCaller): Record<string, string> {
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(correlationId !== undefined && { [HEADERS.correlationId]: correlationId }),
    ...(network !== undefined && { [HEADERS.network]: network }),
    ...(traceparent !== undefined && { [HEADERS.traceparent]: traceparent }),
  }
}

/**
 * An operation out of a JSON body.
 *
 * @throws {RefusedError} 400 when its members are not of the types that the protocol gives them
 */
export function requestOf(body: unknown): SubgraphRequest {
  if (!isRecord(body)) throw malformed('The body must be a JSON object with a query.')
  const { query, variables, operationName } = body
  if (typeof query !== 'string') throw malformed('query must be a string.')
  if (operationName != null && typeof operationName !== 'string') throw malformed('operationName must be a string.')
  if (variables != null && !isRecord(variables)) throw malformed('variables must be an object.')
  return { query, variables: variables ?? undefined, operationName: operationName ?? undefined }
}

/**
 * An operation out of the search part of an address.
 *
 * @throws {RefusedError} 400
 */
export function requestIn(search: string): SubgraphRequest {
  const members = new URLSearchParams(search)
  const variables = members.get('variables')
  return requestOf({
    query: members.get('query'),
    operationName: members.get('operationName'),
    variables: variables === null ? null : parsed(variables),
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RefusedError(400, 'BAD_REQUEST', 'variables must be JSON.', { cause })
  }
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): RefusedError {
  return new RefusedError(400, 'BAD_REQUEST', message)
}
