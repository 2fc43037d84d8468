// One endpoint over the subgraphs: who may call, what a call may cost, GraphQL over HTTP, WebSocket, SSE and multipart, REST.
// Never decides about jobs or users, and owns no data.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listeningUrl, type Subgraph } from '#platform/graphql'
import { staticDirectory } from '#platform/registry'
import { followSupergraph } from './graph/follow-supergraph.ts'
import { type Graph, openGraph } from './graph/graph.ts'
import { type LastGood, readLastGood } from './graph/last-good.ts'
import { openLiveSessions } from './graph/live-sessions.ts'
import { openSubscriptions } from './graph/subscriptions.ts'
import type { Exchange } from './http/exchange.ts'
import { graphqlRoutes } from './http/graphql-route.ts'
import { operatorRoutes } from './http/operator-routes.ts'
import { listenForQuiet } from './http/quiet.ts'
import { makeRouter, type Route } from './http/router.ts'
import { correlationIdOf, senderOf } from './http/sender.ts'
import { makeHttpServer, stopListening } from './http/server.ts'
import { openSockets } from './http/sockets.ts'
import type { GatewayOptions, Health } from './options.ts'
import { registrySubgraph } from './registry/subgraph.ts'
import { authRoutes } from './rest/auth-routes.ts'
import { executionsRoutes } from './rest/executions-routes.ts'
import { jobsRoutes } from './rest/jobs-routes.ts'

export { type GatewayConfig, gatewayConfig, gatewayEnvironment } from './config.ts'
export { type Dashboard, type DashboardOptions, openDashboard } from './dashboard/dashboard.ts'
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
  /** Drains where it is to, takes no new request, ends the streams, waits for what runs, at most 5 s. */
  close(): Promise<void>
}

const SUPERGRAPH = new URL('../schemas/generated/supergraph.graphql', import.meta.url)
const HEARTBEAT_MS = 12_000
const INIT_TIMEOUT_MS = 5_000

/**
 * Opens the gateway over subgraphs, and listens.
 *
 * @throws {Error} when no supergraph loads, or the port is taken
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, clock, log, metrics, revocations, jwks } = options
  const place = { url: '' }
  const subgraphs = withRegistry(options, place)
  const lastGood = options.follow?.lastGoodFile ? await readLastGood(options.follow.lastGoodFile, log) : undefined
  const graph = await openGoodGraph(options, subgraphs, lastGood)
  const following = options.follow && followSupergraph({ ...options, ...options.follow, subgraphs, graph, lastGood })
  let isClosing = false
  const health = async (): Promise<Health> => {
    const report = await options.health()
    if (isClosing) return { ...report, status: 'down' }
    return following ? following.shownIn(report) : report
  }
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
    isClosing: () => isClosing,
  })
  const quiet = listenForQuiet(http, clock)
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
  place.url = listeningUrl(http, config.host)
  return {
    url: place.url,
    port,
    server: http,
    graph,
    open,
    async close() {
      isClosing = true
      if (options.drainMs) await quiet.reached(options.drainMs)
      const ended = stopListening(http, clock)
      await following?.stop()
      sessions.close()
      subscriptions.close()
      await sockets.close()
      await ended()
      await graph.close()
    },
  }
}

/** The gateway's own part of the graph is always there. */
function withRegistry(options: GatewayOptions, place: { readonly url: string }): readonly Subgraph[] {
  const { subgraphs, clock, log, verifyToken } = options
  const names = ['gateway', ...subgraphs.map(({ name }) => name)]
  const services = () => names.map((name) => ({ name, url: place.url }))
  const directory = options.directory ?? staticDirectory({ clock, version: 'embedded', services })
  return [...subgraphs, registrySubgraph({ directory, verifyToken, log })]
}

/** Over the last good supergraph, which may know more than this build; over the committed one when that does not load. */
async function openGoodGraph(
  { supergraphSdl = readFileSync(SUPERGRAPH, 'utf8'), config, log }: GatewayOptions,
  subgraphs: readonly Subgraph[],
  lastGood: LastGood | undefined,
): Promise<Graph> {
  const shared = { subgraphs, isProduction: config.isProduction, log }
  if (lastGood) {
    try {
      return await openGraph({ ...shared, supergraphSdl: lastGood.supergraphSdl })
    } catch (error) {
      log.warn('gateway.last_good_supergraph_unfit', { err: error })
    }
  }
  return openGraph({ ...shared, supergraphSdl })
}

/** The root leads to Apollo Sandbox, which then sends its operations to where it was opened. */
const toLandingPage: Route = {
  method: 'GET',
  path: '/',
  answer({ response }) {
    response.writeHead(303, { location: '/graphql' }).end()
  },
}
