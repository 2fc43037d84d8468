import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where a server that listens is reached, without a path: `http://127.0.0.1:4001`, `http://[::1]:4001`. */
export function listeningUrl(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
