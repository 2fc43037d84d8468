import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { availableParallelism, hostname } from 'node:os'
import type { Clock } from '#platform/clock'
import { listeningUrl } from '#platform/graphql'
import type { Directory } from '#platform/registry'
import type { Log } from '#platform/telemetry'
import { page } from './page.ts'

/** What the dashboard stands on. */
export interface DashboardOptions {
  readonly directory: Pick<Directory, 'all' | 'isPreserving' | 'heartbeats'>
  readonly isProduction: boolean
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
  readonly log: Log
}

/** The page with all instances, served. */
export interface Dashboard {
  /** Undefined when the port was taken: nothing else depends on the page, so that is no failure. */
  readonly url: string | undefined
  close(): Promise<void>
}

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

/** Serves the instances of all services: as a page at `/`, as JSON at `/instances`. Anybody who reaches the port may look. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { host, port, clock, log } = options
  const openedMs = clock.monotonicMs()
  const server = createServer((request, response) => {
    request.resume()
    answer(request, response, options, clock.monotonicMs() - openedMs)
  })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    log.warn('dashboard.not_served', { port, err: error })
    return { url: undefined, close: () => Promise.resolve() }
  }
  return {
    url: listeningUrl(server, host),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { directory, isProduction, clock }: DashboardOptions,
  uptimeMs: number,
): void {
  const send = (status: number, type: string, text: string): void =>
    void response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8` }).end(text)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    send(405, 'text/plain', 'This page can only be read.\n')
    return
  }
  const [path] = (request.url ?? '/').split('?', 1)
  const seen = {
    instances: directory.all(),
    isPreserving: directory.isPreserving(),
    heartbeats: directory.heartbeats(),
    now: clock.now(),
    environment: isProduction ? 'production' : 'development',
    uptimeMs,
  }
  switch (path) {
    case '/':
      send(200, 'text/html', page({ ...seen, general: general() }))
      return
    case '/instances':
      send(200, 'application/json', JSON.stringify({ isPreserving: seen.isPreserving, instances: seen.instances }))
      return
    case '/health/live':
      send(200, 'application/json', '{"status":"ok"}')
      return
    default:
      send(404, 'text/plain', 'There is nothing at this path.\n')
  }
}

function general(): Readonly<Record<string, string | number>> {
  const { rss, heapUsed } = process.memoryUsage()
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
  return {
    Host: hostname(),
    'Process id': process.pid,
    'Node.js': process.version,
    Processors: availableParallelism(),
    'Memory in use': `${mebibytes(rss)} (heap ${mebibytes(heapUsed)})`,
  }
}
