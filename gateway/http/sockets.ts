import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError, parse } from 'graphql'
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '#platform/clock'
import type { Log } from '#platform/telemetry'
import type { GatewayContext } from '../graph/context.ts'
import type { LiveSessions } from '../graph/live-sessions.ts'
import type { Subscriptions } from '../graph/subscriptions.ts'
import { SMALL_BODY_BYTES_MAX } from './body.ts'
import { RefusedRequestError } from './refusal.ts'

/** What the WebSocket door stands on. */
export interface SocketOptions {
  readonly http: Server
  readonly subscriptions: Subscriptions
  readonly sessions: LiveSessions
  readonly clock: Clock
  readonly log: Log
  readonly socketsMax: number
  readonly operationsPerSocketMax: number
  /** A socket that does not say who it is for so long is closed (4408). */
  readonly initTimeoutMs: number
  readonly heartbeatMs: number
  /** @throws {RefusedRequestError} for a token that is no good */
  sender(authorization: unknown, request: IncomingMessage): Promise<GatewayContext>
}

/** The door, open. */
export interface Sockets {
  open(): number
  close(): Promise<void>
}

interface Extra {
  readonly request: IncomingMessage
  readonly socket: WebSocket
  context?: GatewayContext
  unwatch?: () => void
}

/** Our pipeline gives the result before graphql-ws executes: it only carries it. */
type Carried = ExecutionArgs & { readonly result: never }

// Closes with the meanings that the protocol gives them (graphql-ws, PROTOCOL.md).
const FORBIDDEN = 4403
const INTERNAL = 4500
const GOING_AWAY = 1001
const CLOSE_MS_MAX = 1_000

const SINGLE = parse('query { __typename }')
const STREAM = parse('subscription { __typename }')

/** Serves `graphql-transport-ws` on `/graphql`. */
export function openSockets(options: SocketOptions): Sockets {
  const { http, clock, log, socketsMax, heartbeatMs } = options
  const server = new WebSocketServer({ noServer: true, maxPayload: SMALL_BODY_BYTES_MAX, handleProtocols })
  const protocol = makeServer<Record<string, unknown>, Extra>(protocolOptions(options))

  function upgrade(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    // The peer may go at any moment; there is nothing to save.
    duplex.on('error', () => undefined)
    const path = request.url?.split('?')[0]
    if (path !== '/graphql') refuse(duplex, '404 Not Found')
    else if (server.clients.size >= socketsMax) refuse(duplex, '503 Service Unavailable')
    else server.handleUpgrade(request, duplex, head, (socket) => serve(socket, request))
  }

  function serve(socket: WebSocket, request: IncomingMessage): void {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage(handle) {
          socket.on('message', (data) => {
            handle(String(data)).catch((error: unknown) => {
              log.error('gateway.socket_failed', { err: error })
              socket.close(INTERNAL, 'Internal server error')
            })
          })
        },
      },
      { request, socket },
    )
    // What a client sends wrongly, ws answers with the right close code itself.
    socket.on('error', (error) => log.warn('gateway.socket_broken', { err: error }))
    socket.once('close', (code, reason) => void closed(code, String(reason)))
    void watchPulse(socket, clock, heartbeatMs)
  }

  http.on('upgrade', upgrade)
  return {
    open: () => server.clients.size,
    async close() {
      http.off('upgrade', upgrade)
      const gone = [...server.clients].map(
        (socket) => new Promise((resolve) => socket.once('close', resolve).close(GOING_AWAY, 'Going away')),
      )
      const stop = new AbortController()
      await Promise.race([Promise.all(gone), clock.sleep(CLOSE_MS_MAX, stop.signal)])
      stop.abort()
      for (const socket of server.clients) socket.terminate()
    },
  }
}

function protocolOptions(options: SocketOptions): Parameters<typeof makeServer<Record<string, unknown>, Extra>>[0] {
  const { sessions, log, operationsPerSocketMax, initTimeoutMs, sender } = options
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    async onConnect({ connectionParams, extra }) {
      try {
        const authorization = connectionParams?.authorization ?? connectionParams?.Authorization
        extra.context = await sender(authorization, extra.request)
      } catch (error) {
        if (!(error instanceof RefusedRequestError)) throw error
        return false
      }
      // Clients of graphql-ws come back after 4403, with fresh connectionParams.
      extra.unwatch = sessions.watch(extra.context.caller, () => extra.socket.close(FORBIDDEN, 'The session has ended'))
      // The socket may have closed while the token was verified.
      if (extra.socket.readyState !== extra.socket.OPEN) extra.unwatch()
      return true
    },
    onDisconnect: ({ extra }) => extra.unwatch?.(),
    async onSubscribe(connection, _id, payload) {
      if (Object.keys(connection.subscriptions).length > operationsPerSocketMax) {
        const message = `A socket carries at most ${operationsPerSocketMax} operations at once.`
        return [asGraphQLError({ message, extensions: { code: 'LIMIT_EXCEEDED' } })]
      }
      return await carried(options.subscriptions, connection, payload, log)
    },
    execute: (args) => (args as Carried).result,
    subscribe: (args) => (args as Carried).result,
    // Apollo Server has formatted it.
    onNext: (_connection, _id, _payload, _args, result) => result as never,
  }
}

async function carried(
  subscriptions: Subscriptions,
  { extra }: Context<Record<string, unknown>, Extra>,
  { query, operationName, variables, extensions }: SubscribePayload,
  log: Log,
): Promise<Carried | readonly GraphQLError[]> {
  const context = extra.context
  if (!context) throw new Error('a socket subscribes before it is acknowledged')
  try {
    const request = {
      query,
      ...(operationName == null ? {} : { operationName }),
      ...(variables == null ? {} : { variables }),
      ...(extensions == null ? {} : { extensions }),
    }
    const result = await subscriptions.subscribe(request, context)
    const isStream = Symbol.asyncIterator in result
    if (!isStream && result.data === undefined) return (result.errors ?? []).map(asGraphQLError)
    return { document: isStream ? STREAM : SINGLE, result } as unknown as Carried
  } catch (error) {
    log.error('gateway.failed', { correlationId: context.upstream.correlationId, err: error })
    return [asGraphQLError({ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } })]
  }
}

/** graphql-ws writes errors down by their `toJSON`, which would format a second time what is formatted already. */
function asGraphQLError(formatted: GraphQLFormattedError): GraphQLError {
  return Object.assign(new GraphQLError(formatted.message), { toJSON: () => formatted })
}

/** Resolves when the text is handed to the network, so that a slow socket slows its streams. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve()
    socket.send(text, () => resolve())
  })
}

/** Ends a socket whose peer has vanished without a word. */
async function watchPulse(socket: WebSocket, clock: Clock, heartbeatMs: number): Promise<void> {
  const closed = new AbortController()
  let isAlive = true
  socket.once('close', () => closed.abort())
  socket.on('pong', () => {
    isAlive = true
  })
  for (;;) {
    await clock.sleep(heartbeatMs, closed.signal)
    if (closed.signal.aborted) return
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }
}

function refuse(duplex: Duplex, status: string): void {
  duplex.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
