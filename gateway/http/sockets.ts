import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '#platform/clock'
import { SMALL_BODY_BYTES_MAX } from './body.ts'
import { type ProtocolOptions, protocolOptions, type SocketExtra } from './socket-protocol.ts'

/** What the WebSocket door stands on. */
export interface SocketOptions extends ProtocolOptions {
  readonly http: Server
  readonly clock: Clock
  readonly socketsMax: number
  readonly heartbeatMs: number
}

/** The door, open. */
export interface Sockets {
  open(): number
  close(): Promise<void>
}

// Closes with the meanings that the protocol gives them (graphql-ws, PROTOCOL.md).
const INTERNAL = 4500
const GOING_AWAY = 1001
const CLOSE_MS_MAX = 1_000

/** Serves `graphql-transport-ws` on `/graphql`. */
export function openSockets(options: SocketOptions): Sockets {
  const { http, clock, log, socketsMax, heartbeatMs } = options
  const server = new WebSocketServer({ noServer: true, maxPayload: SMALL_BODY_BYTES_MAX, handleProtocols })
  const protocol = makeServer<Record<string, unknown>, SocketExtra>(protocolOptions(options))

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
