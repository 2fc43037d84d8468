import { lookup as systemLookup } from 'node:dns/promises'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { buildConnector } from 'undici'
import type { Clock } from '#platform/clock'
import type { AddressGuard } from './address-guard.ts'
import { OutboundError } from './outbound-error.ts'

/** All addresses of a host name. Rejects when there is none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

const LOOKUP_MS_MAX = 5000
const DIAL_MS_MAX = 5000
const DIALS_MAX = 3
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** The machine's own resolver, with its hosts file. */
export async function systemAddresses(hostname: string): Promise<readonly string[]> {
  return (await systemLookup(hostname, { all: true })).map(({ address }) => address)
}

/**
 * Makes undici's connections: finds every address of the host, checks each, then dials exactly one that was checked.
 *
 * It stands where sockets are made, because a guard in `lookup` never sees a literal (`http://127.0.0.1/`), and one before the
 * request sees another DNS answer than the dial. One bad address refuses them all: an honest name has no private one.
 */
export function guardedConnector(
  guard: AddressGuard,
  clock: Clock,
  lookup: Lookup = systemAddresses,
): buildConnector.connector {
  return (options, callback) => {
    connectGuarded(options, guard, clock, lookup).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error as Error, null),
    )
  }
}

async function connectGuarded(
  options: buildConnector.Options,
  guard: AddressGuard,
  clock: Clock,
  lookup: Lookup,
): Promise<Socket> {
  const hostname = options.hostname.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(hostname) ? [hostname] : await within(LOOKUP_MS_MAX, clock, () => lookup(hostname))
  const port = portOf(options)
  const refused = addresses.find((address) => !guard(hostname, address, port))
  if (refused !== undefined) {
    throw new OutboundError(
      'HTTP_ADDRESS_REFUSED',
      `${hostname} leads to ${refused}, port ${port}, which is not public; the configuration may allow it`,
    )
  }
  let failure: unknown = new Error(`${hostname} has no address`)
  for (const address of addresses.slice(0, DIALS_MAX)) {
    try {
      return await dial(address, hostname, options, clock)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function dial(address: string, hostname: string, options: buildConnector.Options, clock: Clock): Promise<Socket> {
  const secure = options.protocol === 'https:'
  const target = { host: address, port: portOf(options) }
  // The certificate must be for the name that was asked for, not for the address that is dialled.
  const servername = isIP(hostname) ? {} : { servername: hostname }
  const socket = secure ? connectTls({ ...target, ...servername, ALPNProtocols: ['http/1.1'] }) : connectPlain(target)
  socket.setNoDelay(true).setKeepAlive(true)
  try {
    return await within(
      DIAL_MS_MAX,
      clock,
      () =>
        new Promise((resolve, reject) => {
          socket.once('error', reject).once(secure ? 'secureConnect' : 'connect', () => {
            socket.off('error', reject)
            resolve(socket)
          })
        }),
    )
  } catch (error) {
    // A late error of a socket that was given up must not become an uncaught one.
    socket.on('error', () => {}).destroy()
    throw error
  }
}

function portOf({ port, protocol }: buildConnector.Options): number {
  return Number(port) || (PORTS[protocol] ?? 0)
}

async function within<Value>(limitMs: number, clock: Clock, work: () => Promise<Value>): Promise<Value> {
  const done = new AbortController()
  const late = clock.sleep(limitMs, done.signal).then((): never => {
    throw new Error(`no answer within ${limitMs} ms`)
  })
  late.catch(() => {})
  try {
    return await Promise.race([work(), late])
  } finally {
    done.abort()
  }
}
