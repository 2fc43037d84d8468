import type { FormattedExecutionResult } from 'graphql'
import type { Clock } from '#platform/clock'
import { streamFraming, writeStream } from '../streaming.ts'
import type { ResultStream, Subgraph, SubgraphRequest } from '../subgraph.ts'
import { type Door, type DoorOptions, openDoor } from './door.ts'
import { type DoorExchange, type DoorRoute, sendJson } from './exchange.ts'
import { jsonBody } from './json-body.ts'
import { callerOf, requestIn, requestOf } from './operation.ts'
import { HEARTBEAT_MS, mayChange, OPERATION_BYTES_MAX } from './protocol.ts'
import { RefusedError } from './refused.ts'

/** What a process without a part of the graph opens: health and metrics. */
export interface OperationsOptions extends Omit<DoorOptions, 'routes'> {
  /** What else is told to anybody who asks by GET, as JSON: `{ '/.well-known/jwks.json': () => auth.jwks() }`. */
  readonly documents?: Readonly<Record<string, () => unknown>> | undefined
}

/** What a subgraph's process opens. */
export interface SubgraphDoorOptions extends OperationsOptions {
  readonly subgraph: Subgraph
  readonly heartbeatMs?: number
}

/**
 * Opens a subgraph to other processes: queries and mutations as JSON by `POST /graphql`, queries also by GET,
 * subscriptions as server-sent events (graphql-sse, "distinct connections"), by either.
 *
 * @throws {Error} when the port is taken
 */
export function serveSubgraph(options: SubgraphDoorOptions): Promise<Door> {
  const { subgraph, clock, heartbeatMs = HEARTBEAT_MS, documents = {}, metrics } = options
  let streams = 0
  metrics.gauge('carillon_door_streams', 'Subscriptions of other processes that are open now.', () => streams)

  async function answer(exchange: DoorExchange, operation: SubgraphRequest): Promise<void> {
    const { request, response } = exchange
    if (streamFraming(request.headers.accept) !== 'sse') {
      sendJson(response, 200, await subgraph.execute(operation, callerOf(request)))
      return
    }
    streams++
    try {
      await stream(subgraph, exchange, operation, { clock, heartbeatMs })
    } finally {
      streams--
    }
  }

  return openDoor({
    ...options,
    routes: [
      ...jsonRoutes(documents),
      {
        method: 'GET',
        path: '/graphql',
        async answer(exchange) {
          const operation = requestIn(exchange.search)
          if (mayChange(operation.query)) throw new RefusedError(405, 'METHOD_NOT_ALLOWED', 'Send mutations by POST.')
          await answer(exchange, operation)
        },
      },
      {
        method: 'POST',
        path: '/graphql',
        answer: async (exchange) => answer(exchange, requestOf(await jsonBody(exchange.request, OPERATION_BYTES_MAX))),
      },
    ],
  })
}

/** Opens health, metrics and the documents given, for a process that has no part of the graph. */
export function serveOperations({ documents = {}, ...options }: OperationsOptions): Promise<Door> {
  return openDoor({ ...options, routes: jsonRoutes(documents) })
}

function jsonRoutes(documents: Readonly<Record<string, () => unknown>>): readonly DoorRoute[] {
  return Object.entries(documents).map(([path, read]) => ({
    method: 'GET',
    path,
    answer: async ({ response }) => sendJson(response, 200, await read()),
  }))
}

async function stream(
  subgraph: Subgraph,
  { request, response, closing }: DoorExchange,
  operation: SubgraphRequest,
  options: { readonly clock: Clock; readonly heartbeatMs: number },
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const results = await subgraph.subscribe(operation, callerOf(request), gone.signal)
  if (response.destroyed) return
  if (!(Symbol.asyncIterator in results)) sendJson(response, 200, results)
  else await writeStream(response, 'sse', interrupted(results, closing), options)
}

const INTERRUPTED: FormattedExecutionResult = {
  errors: [{ message: 'The service is closing.', extensions: { code: 'SUBSCRIPTION_INTERRUPTED' } }],
}

/** A stream that tells its reader to come back when the door closes: an end without a word would mean that all was said. */
function interrupted(results: ResultStream, closing: AbortSignal): ResultStream {
  let isOver = false
  const end = (): void => void results.return?.()
  closing.addEventListener('abort', end, { once: true })
  if (closing.aborted) end()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      if (isOver) return { done: true, value: undefined }
      const result = await results.next()
      if (!result.done) return result
      isOver = true
      closing.removeEventListener('abort', end)
      return closing.aborted ? { done: false, value: INTERRUPTED } : result
    },
    async return() {
      isOver = true
      closing.removeEventListener('abort', end)
      await results.return?.()
      return { done: true, value: undefined }
    },
  }
}
