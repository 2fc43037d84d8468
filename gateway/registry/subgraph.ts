import { readFileSync } from 'node:fs'
import { makeSubgraph, type Subgraph } from '#platform/graphql'
import { signedIn, type TokenVerifier } from '#platform/identity'
import type { Directory } from '#platform/registry'
import type { Log } from '#platform/telemetry'
import type { RegistryContext } from './context.ts'
import { resolvers } from './resolvers.ts'

/** What the subgraph stands on. */
export interface RegistrySubgraphOptions {
  readonly directory: Directory
  readonly verifyToken: Pick<TokenVerifier, 'verify'>
  readonly log: Log
}

const SDL = new URL('../../schemas/registry.graphql', import.meta.url)

/** The gateway's own part of the graph: who is there. */
export function registrySubgraph({ directory, verifyToken, log }: RegistrySubgraphOptions): Subgraph {
  return makeSubgraph<RegistryContext>({
    name: 'registry',
    typeDefs: readFileSync(SDL, 'utf8'),
    resolvers,
    log,
    contextFor: async ({ token, signal }) => ({
      directory,
      signal,
      caller: async () => signedIn(token ? await verifyToken.verify(token) : null),
    }),
  })
}
