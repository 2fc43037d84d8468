import type { Agent } from 'undici'
import type { Clock } from '#platform/clock'
import { addressGuard, type HttpPolicy } from './address-guard.ts'
import { guardedConnector, type Lookup } from './guarded-connector.ts'

const CONNECTIONS_PER_ORIGIN_MAX = 64
// Short, because a server that closes an idle connection at the wrong moment fails the next request.
const IDLE_MS_MAX = 4000

// Connections may be reused only under the policy that let them be made.
const clients = new WeakMap<HttpPolicy, Promise<Agent>>()

/** The client for a policy: one for as long as the policy object lives, so that connections are kept alive. */
export function clientFor(policy: HttpPolicy, clock: Clock): Promise<Agent> {
  let client = clients.get(policy)
  if (client === undefined) {
    client = openClient(policy, clock)
    clients.set(policy, client)
  }
  return client
}

/** A client that connects nowhere but where `policy` allows. It reads no proxy from the environment and follows no redirect. */
export async function openClient(policy: HttpPolicy, clock: Clock, lookup?: Lookup): Promise<Agent> {
  // Loaded with the first request, not at start-up.
  const undici = await import('undici')
  return new undici.Agent({
    connect: guardedConnector(addressGuard(policy), clock, lookup),
    connections: CONNECTIONS_PER_ORIGIN_MAX,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS_MAX,
    keepAliveMaxTimeout: IDLE_MS_MAX,
    // The whole exchange stands under one time limit, by our clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}
