// One endpoint over the subgraphs: who may call, what a call may cost, GraphQL over HTTP, WebSocket, SSE and multipart, REST.
// Never decides about jobs or users, and owns no data.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Graph, openGraph } from './graph/graph.ts'
import { openLiveSessions } from './graph/live-sessions.ts'
import { openSubscriptions } from './graph/subscriptions.ts'
import type { Exchange } from './http/exchange.ts'
import { graphqlRoutes } from './http/graphql-route.ts'
import { operatorRoutes } from './http/operator-routes.ts'
import { makeRouter, type Route } from './http/router.ts'
import { correlationIdOf, senderOf } from './http/sender.ts'
import { makeHttpServer } from './http/server.ts'
import { openSockets } from './http/sockets.ts'
import type { GatewayOptions } from './options.ts'
import { authRoutes } from './rest/auth-routes.ts'
import { executionsRoutes } from './rest/executions-routes.ts'
import { jobsRoutes } from './rest/jobs-routes.ts'

export { type GatewayConfig, gatewayConfig, gatewayEnvironment } from './config.ts'
export type { GatewayOptions, Health } from './options.ts'

/** The gateway, listening. */
export interface Gateway {
  /** Where it is reached, without a path: `http://127.0.0.1:4000`. */
  readonly url: string
  readonly port: number
  readonly server: Server
  /** The one pipeline, for tests and tools in this process. */
  readonly graph: Graph
  /** What is open now. */
  open(): { readonly sources: number; readonly readers: number; readonly sockets: number; readonly streams: number }
  /** Takes no new request, ends the streams, waits for what runs, at most 5 s. */
  close(): Promise<void>
}

const SUPERGRAPH = new URL('../schemas/generated/supergraph.graphql', import.meta.url)
const HEARTBEAT_MS = 12_000
const INIT_TIMEOUT_MS = 5_000
const CLOSE_MS_MAX = 5_000
const CLOSE_LOOK_MS = 10

/**
 * Opens the gateway over subgraphs of this process, and listens.
 *
 * @throws {Error} when the supergraph does not load, or the port is taken
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, clock, log, metrics, revocations, health, jwks } = options
  const graph = await openGraph({
    supergraphSdl: options.supergraphSdl ?? readFileSync(SUPERGRAPH, 'utf8'),
    subgraphs: options.subgraphs,
    isProduction: config.isProduction,
    log,
  })
  const subscriptions = openSubscriptions(graph, log)
  const sessions = openLiveSessions(clock, revocations)
  const senders = { verifyToken: options.verifyToken, clock, trustProxy: config.trustProxy }
  const sender = ({ request, correlationId }: Exchange) =>
    senderOf(request.headers.authorization, request, correlationId, senders)

  const rest = { graph, sender }
  const door = graphqlRoutes({
    ...{ graph, subscriptions, sessions, clock, sender },
    streamsMax: config.streamsMax,
    heartbeatMs: HEARTBEAT_MS,
  })
  const http = makeHttpServer({
    find: makeRouter([
      ...door.routes,
      ...authRoutes(rest),
      ...jobsRoutes(rest),
      ...executionsRoutes(rest),
      ...operatorRoutes({ metrics, health, jwks }),
      ...(config.isProduction ? [] : [toLandingPage]),
    ]),
    ...{ clock, log, metrics },
  })
  const sockets = openSockets({
    ...{ http, subscriptions, sessions, clock, log },
    socketsMax: config.socketsMax,
    operationsPerSocketMax: config.operationsPerSocketMax,
    initTimeoutMs: INIT_TIMEOUT_MS,
    heartbeatMs: HEARTBEAT_MS,
    sender: (authorization: unknown, request: IncomingMessage) =>
      senderOf(authorization, request, correlationIdOf(request, clock), senders),
  })
  const open = () => ({ ...subscriptions.open(), sockets: sockets.open(), streams: door.openStreams() })
  metrics.gauge('carillon_gateway_sockets', 'WebSockets open now.', () => sockets.open())
  metrics.gauge('carillon_gateway_streams', 'SSE and multipart streams open now.', () => door.openStreams())

  http.listen(config.port, config.host)
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    port,
    server: http,
    graph,
    open,
    async close() {
      let isClosed = false
      http.close(() => {
        isClosed = true
      })
      sessions.close()
      subscriptions.close()
      await sockets.close()
      // Connections become idle one by one as their last answer ends, and would stay so for their keep-alive time.
      const untilMs = clock.monotonicMs() + CLOSE_MS_MAX
      for (;;) {
        http.closeIdleConnections()
        if (isClosed || clock.monotonicMs() >= untilMs) break
        await clock.sleep(CLOSE_LOOK_MS)
      }
      http.closeAllConnections()
      await graph.close()
    },
  }
}

/** The root leads to Apollo Sandbox, which then sends its operations to where it was opened. */
const toLandingPage: Route = {
  method: 'GET',
  path: '/',
  answer({ response }) {
    response.writeHead(303, { location: '/graphql' }).end()
  },
}
