import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '#platform/clock'
import { isOutage } from '#platform/graphql'
import type { Log, Metrics } from '#platform/telemetry'
import type { Exchange } from './exchange.ts'
import { sendFailure } from './problem.ts'
import { RefusedRequestError } from './refusal.ts'
import type { Match } from './router.ts'
import { correlationIdOf } from './sender.ts'

/** What the server stands on. */
export interface HttpServerOptions {
  readonly find: (method: string, path: string) => Match
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Whether clients are to send what comes next elsewhere. */
  isClosing(): boolean
}

const NO_ROUTE = 'none'
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000
const KEEP_ALIVE_TIMEOUT_MS = 65_000
const CLOSE_MS_MAX = 5_000
const CLOSE_LOOK_MS = 10

/** An HTTP server that answers by routes, counts what it answers, and says problem+json to all that fails. */
export function makeHttpServer({ find, clock, log, metrics, isClosing }: HttpServerOptions): Server {
  const durations = metrics.histogram(
    'carillon_gateway_request_seconds',
    'Time from a request to the end of its answer.',
    SECONDS,
    ['route', 'method', 'status'],
  )

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = clock.monotonicMs()
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const search = mark < 0 ? '' : url.slice(mark)
    const correlationId = correlationIdOf(request, clock)
    const method = request.method ?? 'GET'
    let exchange: Exchange = { request, response, path, search, correlationId, params: {} }
    let route = NO_ROUTE

    response.setHeader('x-correlation-id', correlationId)
    if (isClosing()) response.setHeader('connection', 'close')
    response.once('close', () => {
      const seconds = (clock.monotonicMs() - startedMs) / 1_000
      // A method of somebody's making would be a series of its own.
      const known = route === NO_ROUTE ? NO_ROUTE : method
      durations.observe({ route, method: known, status: response.statusCode }, seconds)
    })
    try {
      const match = find(method, path)
      route = match.route.path
      exchange = { ...exchange, params: match.params }
      await match.route.answer(exchange)
    } catch (error) {
      fail(exchange, error, log)
    }
    // A body that nobody read must not wait in front of the connection's next request.
    if (!request.readableEnded) request.resume()
  }

  const server = createServer((request, response) => void answer(request, response))
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS
  return server
}

/** Takes no new connection from now on. @returns what waits until all requests are answered, at most 5 s, and cuts the rest */
export function stopListening(server: Server, clock: Clock): () => Promise<void> {
  let isClosed = false
  server.close(() => {
    isClosed = true
  })
  return async () => {
    // Connections become idle one by one as their last answer ends, and would stay so for their keep-alive time.
    const untilMs = clock.monotonicMs() + CLOSE_MS_MAX
    for (;;) {
      server.closeIdleConnections()
      if (isClosed || clock.monotonicMs() >= untilMs) break
      await clock.sleep(CLOSE_LOOK_MS)
    }
    server.closeAllConnections()
  }
}

function fail(exchange: Exchange, error: unknown, log: Log): void {
  const { response, correlationId, path } = exchange
  if (response.headersSent) {
    // Half an answer is out: only a broken connection can say that it is no whole one.
    response.destroy()
    log.error('gateway.answer_broken', { correlationId, path, err: error })
    return
  }
  if (error instanceof RefusedRequestError) {
    const { status, code, message, headers } = error
    sendFailure(exchange, { status, code, detail: message, headers })
    return
  }
  if (isOutage(error)) {
    log.warn('gateway.unavailable', { correlationId, path, err: error })
    sendFailure(exchange, {
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      detail: 'The service is unavailable, try again.',
    })
    return
  }
  log.error('gateway.failed', { correlationId, path, err: error })
  sendFailure(exchange, { status: 500, code: 'INTERNAL_SERVER_ERROR', detail: 'Internal server error' })
}
