import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '#platform/clock'
import type { Log, Metrics } from '#platform/telemetry'
import { type DoorRoute, type HealthReport, sendJson } from './exchange.ts'
import { listeningUrl } from './listening-url.ts'
import { operatorRoutes } from './operator-routes.ts'
import { HEADERS } from './protocol.ts'
import { RefusedError } from './refused.ts'

/** What a door stands on. */
export interface DoorOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Whether any other port will do where this one is in use. */
  readonly isPortFree?: boolean
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  health(): Promise<HealthReport>
  readonly routes: readonly DoorRoute[]
  /** How long a closing door still says that it takes nothing, so that every client learns it. Default 1,500. */
  readonly drainMs?: number | undefined
}

/** An HTTP server of a service, listening. */
export interface Door {
  /** Without a path: `http://127.0.0.1:4001`. */
  readonly url: string
  readonly port: number
  /** Is not ready any more at once, takes nothing new, ends streams in words, finishes what runs; at most 5 s. */
  close(): Promise<void>
}

const DRAIN_MS = 1_500
const CLOSE_MS_MAX = 5_000
const CLOSE_LOOK_MS = 10
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000
// Longer than clients keep a connection: who closes first must not be the one that may be sent to.
const KEEP_ALIVE_TIMEOUT_MS = 65_000
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Opens a door with the routes given, health and metrics.
 *
 * @throws {Error} when the port is taken
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { host, clock, drainMs = DRAIN_MS } = options
  const closing = new AbortController()
  let running = 0
  const answer = answering(options, closing.signal)
  const server = createServer((request, response) => {
    running++
    response.once('close', () => running--)
    void answer(request, response)
  })
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS
  await listening(server, options)
  const address = server.address() as AddressInfo

  async function close(): Promise<void> {
    closing.abort()
    const startedMs = clock.monotonicMs()
    for (;;) {
      const passedMs = clock.monotonicMs() - startedMs
      const isDrained = passedMs >= drainMs || (await connectionsTo(server)) === 0
      if ((running === 0 && isDrained) || passedMs >= CLOSE_MS_MAX) break
      await clock.sleep(CLOSE_LOOK_MS)
    }
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  let ending: Promise<void> | undefined
  return {
    url: listeningUrl(server, host),
    port: address.port,
    close() {
      ending ??= close()
      return ending
    },
  }
}

async function listening(server: Server, { host, port, isPortFree = false }: DoorOptions): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    if (!isPortFree || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    server.listen(0, host)
    await once(server, 'listening')
  }
}

function answering(options: DoorOptions, closing: AbortSignal) {
  const { clock, log, metrics } = options
  const all = [...operatorRoutes(options, closing), ...options.routes]
  const routes = new Map(all.map((route) => [`${route.method} ${route.path}`, route]))
  const durations = metrics.histogram(
    'carillon_door_request_seconds',
    'Time from a request of another process to the end of its answer. Streams are left out.',
    SECONDS,
    ['route', 'status'],
  )

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedMs = clock.monotonicMs()
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const search = mark < 0 ? '' : url.slice(mark)
    const route = routes.get(`${request.method === 'HEAD' ? 'GET' : request.method} ${path}`)
    response.once('close', () => {
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) return
      const seconds = (clock.monotonicMs() - startedMs) / 1_000
      durations.observe({ route: route?.path ?? 'none', status: response.statusCode }, seconds)
    })
    try {
      if (closing.aborted) response.setHeader('connection', 'close')
      if (!route) throw new RefusedError(404, 'NOT_FOUND', 'There is nothing at this path.')
      if (closing.aborted && !route.isAlways) {
        response.setHeader(HEADERS.notTaken, 'closing')
        throw new RefusedError(503, 'SERVICE_UNAVAILABLE', 'The service is closing.')
      }
      await route.answer({ request, response, search, closing })
    } catch (error) {
      fail(response, error, path, log)
    }
    // A body that nobody read must not wait in front of the connection's next request.
    if (!request.readableEnded) request.resume()
  }
}

function fail(response: ServerResponse, error: unknown, path: string, log: Log): void {
  if (!(error instanceof RefusedError)) log.error('door.failed', { path, err: error })
  if (response.headersSent) {
    // Half an answer is out: only a broken connection can say that it is no whole one.
    response.destroy()
    return
  }
  const { status, code, message } =
    error instanceof RefusedError
      ? error
      : { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' }
  sendJson(response, status, { errors: [{ message, extensions: { code } }] })
}

function connectionsTo(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)))
}
