import { type RemoteSubgraph, readTypeDefs, remoteSubgraph } from '#platform/graphql'
import { cachedKeySource, makeRevocations, makeTokenVerifier } from '#platform/identity'
import { addressesOf, type Directory } from '#platform/registry'
import { type Health, openDashboard, openGateway } from '#services/gateway'
import type { ServiceGround } from './ground.ts'
import { fetchJwks, followPatiently } from './identity.ts'

const DRAIN_MS = 1_000
const SUBGRAPHS = ['auth', 'jobs', 'executions'] as const

/** One endpoint over the subgraphs of other processes. @returns where it is reached */
export async function openGatewayService(ground: ServiceGround, directory: Directory): Promise<string> {
  const { clock, log, metrics, schemas, stack, config } = ground
  const subgraphs = SUBGRAPHS.map((name) => remote(ground, directory, name))
  const revocations = makeRevocations(clock)
  const keys = cachedKeySource({ fetchKeys: () => fetchJwks(addressesOf(directory, 'auth')), clock })
  const verifyToken = makeTokenVerifier({ keys, clock, revocations })
  const followed = followPatiently(ground, verifyToken)
  stack.push('revocations', followed.stop)
  const gateway = await openGateway({
    ...{ subgraphs, verifyToken, revocations, directory, clock, log, metrics },
    follow: { lastGoodFile: `${config.dataDirectory}/supergraph.json` },
    // Whoever balances load over gateways sees that this one is not ready before it takes nothing more.
    drainMs: DRAIN_MS,
    config: config.gateway,
    health: async () => gatewayHealth(subgraphs, followed.isFollowing(), await schemas.isRegistryThere()),
    jwks: () => fetchJwks(addressesOf(directory, 'auth')),
  })
  stack.push('gateway', () => gateway.close())
  const { host, dashboardPort: port, isProduction } = config.gateway
  const dashboard = await openDashboard({ directory, isProduction, host, port, clock, log })
  stack.push('dashboard', () => dashboard.close())
  return gateway.url
}

function remote({ clock, log, stack }: ServiceGround, directory: Directory, name: string): RemoteSubgraph {
  const typeDefs = readTypeDefs(new URL(`../../schemas/${name}.graphql`, import.meta.url))
  const subgraph = remoteSubgraph({ name, typeDefs, addresses: () => addressesOf(directory, name), clock, log })
  stack.push(`subgraph ${name}`, () => subgraph.close())
  return subgraph
}

/** Down without any subgraph; degraded when one is missing, the registry is away, or revocations are not heard of. */
function gatewayHealth(subgraphs: readonly RemoteSubgraph[], isFollowing: boolean, isRegistryThere: boolean): Health {
  const checks: Record<string, unknown> = {
    revocations: isFollowing ? 'ok' : 'not followed',
    registry: isRegistryThere ? 'ok' : 'away',
  }
  let missing = 0
  for (const subgraph of subgraphs) {
    const instances = subgraph.instances()
    const well = instances.filter(({ isWell }) => isWell).length
    checks[`subgraph.${subgraph.name}`] = `${well} of ${instances.length} well`
    if (well === 0) missing += 1
  }
  if (missing === subgraphs.length) return { status: 'down', checks }
  return { status: missing > 0 || !isFollowing || !isRegistryThere ? 'degraded' : 'ok', checks }
}
