import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** A server on this machine that counts who connects. */
export interface LocalServer extends AsyncDisposable {
  readonly port: number
  connections(): number
  /** Connections that are open now. */
  open(): number
}

/** Answers HTTP on the loopback address. */
export function httpServer(listener: RequestListener): Promise<LocalServer> {
  return listening(createHttpServer(listener), '127.0.0.1')
}

/** Does with each connection what the test wants. */
export function socketServer(onSocket: (socket: Socket) => void): Promise<LocalServer> {
  return listening(createServer(onSocket), '127.0.0.1')
}

/** Listens on every address of the machine, IPv6 too where there is any, and answers whoever gets through. */
export async function openSink(): Promise<LocalServer> {
  const answer: RequestListener = (_request, response) => response.end('secret')
  return await listening(createHttpServer(answer), '::').catch(() => listening(createHttpServer(answer), '0.0.0.0'))
}

async function listening(server: Server, host: string): Promise<LocalServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
