import { connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that a test can cut: to the client, the server is away. */
export interface TcpGate {
  readonly address: string
  cut(): void
  restore(): void
  close(): void
}

/**
 * Opens a gate before a Kafka broker. Its answers name the broker's own address, which is as long as the gate's: it is
 * replaced on the way, so that clients stay behind the gate.
 */
export async function openTcpGate(brokerAddress: string): Promise<TcpGate> {
  const [host = '', port = ''] = brokerAddress.split(':')
  const sockets = new Set<Socket>()
  let isCut = false
  const server: Server = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const broker = connect(Number(port), host)
    for (const [from, to] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    client.pipe(broker)
    broker.on('data', (chunk) => client.write(renamed(Buffer.from(chunk as Buffer), Number(port), gatePort)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const gatePort = (server.address() as { port: number }).port
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `127.0.0.1:${gatePort}`,
    cut() {
      isCut = true
      drop()
    },
    restore() {
      isCut = false
    },
    close() {
      server.close()
      drop()
    },
  }
}

/** In metadata, a broker is its host, then its port as four bytes. */
function renamed(chunk: Buffer, from: number, to: number): Buffer {
  const [host, port] = [Buffer.from('127.0.0.1'), Buffer.alloc(4)]
  port.writeUInt32BE(from)
  const named = Buffer.concat([host, port])
  for (let at = chunk.indexOf(named); at !== -1; at = chunk.indexOf(named, at + 1)) chunk.writeUInt32BE(to, at + 9)
  return chunk
}
