import { type GraphQLRequest, HeaderMap } from '@apollo/server'
import type { FormattedExecutionResult } from 'graphql'
import type { Clock } from '#platform/clock'
import { type Framing, type ResultStream, streamFraming, writeStream } from '#platform/graphql'
import type { GatewayContext } from '../graph/context.ts'
import type { Graph } from '../graph/graph.ts'
import type { LiveSessions } from '../graph/live-sessions.ts'
import type { Subscriptions } from '../graph/subscriptions.ts'
import { GRAPHQL_BODY_BYTES_MAX, readJson } from './body.ts'
import { type Exchange, sendText } from './exchange.ts'
import { RefusedRequestError } from './refusal.ts'
import type { Route } from './router.ts'

/** What the GraphQL door stands on. */
export interface GraphqlRouteOptions {
  readonly graph: Graph
  readonly subscriptions: Subscriptions
  readonly sessions: LiveSessions
  readonly clock: Clock
  readonly streamsMax: number
  readonly heartbeatMs: number
  sender(exchange: Exchange): Promise<GatewayContext>
}

/** `GET` and `POST /graphql`: single answers by Apollo Server, streams by SSE or multipart. */
export function graphqlRoutes(options: GraphqlRouteOptions): { routes: readonly Route[]; openStreams(): number } {
  const { graph, subscriptions, sessions, clock, streamsMax, heartbeatMs, sender } = options
  let streams = 0

  async function stream(exchange: Exchange, framing: Framing, body: unknown): Promise<void> {
    if (streams >= streamsMax) throw new RefusedRequestError(503, 'OVERLOADED', 'Too many subscriptions are open.')
    streams++
    try {
      const context = await sender(exchange)
      const result = await subscriptions.subscribe(requestOf(body), context)
      const results = Symbol.asyncIterator in result ? result : once(result)
      await writeStream(exchange.response, framing, sessions.guard(context.caller, results), { clock, heartbeatMs })
    } finally {
      streams--
    }
  }

  return {
    openStreams: () => streams,
    routes: [
      { method: 'GET', path: '/graphql', answer: (exchange) => single(graph, exchange, undefined, sender) },
      {
        method: 'POST',
        path: '/graphql',
        async answer(exchange) {
          const body = await readJson(exchange.request, GRAPHQL_BODY_BYTES_MAX)
          const framing = streamFraming(exchange.request.headers.accept)
          await (framing ? stream(exchange, framing, body) : single(graph, exchange, body, sender))
        },
      },
    ],
  }
}

/** The headers that mean something to Apollo Server. No other one of a client's reaches the graph. */
const APOLLO_HEADERS = ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'] as const

async function single(
  { server }: Graph,
  exchange: Exchange,
  body: unknown,
  sender: GraphqlRouteOptions['sender'],
): Promise<void> {
  const { request, response, search } = exchange
  const context = await sender(exchange)
  const headers = new HeaderMap()
  for (const name of APOLLO_HEADERS) {
    const value = request.headers[name]
    if (value !== undefined) headers.set(name, String(value))
  }
  const answer = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? 'GET', headers, search, body },
    context: async () => context,
  })
  if (answer.body.kind !== 'complete') throw new Error('the gateway answered in parts')
  sendText(response, answer.status ?? 200, answer.body.string, Object.fromEntries(answer.headers))
}

/** @throws {RefusedRequestError} 400 when the members of the body are not of the types that the protocol gives them */
function requestOf(body: unknown): GraphQLRequest {
  if (!isRecord(body)) throw malformed('The body must be a JSON object with a query.')
  const { query, operationName, variables, extensions } = body
  if (query != null && typeof query !== 'string') throw malformed('query must be a string.')
  if (operationName != null && typeof operationName !== 'string') throw malformed('operationName must be a string.')
  if (variables != null && !isRecord(variables)) throw malformed('variables must be an object.')
  if (extensions != null && !isRecord(extensions)) throw malformed('extensions must be an object.')
  return {
    ...(query == null ? {} : { query }),
    ...(operationName == null ? {} : { operationName }),
    ...(variables == null ? {} : { variables }),
    ...(extensions == null ? {} : { extensions }),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): RefusedRequestError {
  return new RefusedRequestError(400, 'BAD_REQUEST', message)
}

/** A stream of one result: what a query gives when it is sent as if it were a subscription. */
function once(result: FormattedExecutionResult): ResultStream {
  const results = [result].values()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: async () => results.next(),
    return: async () => ({ done: true, value: undefined }),
  }
}
