import { ApolloServer, type ApolloServerPlugin, type GraphQLRequest } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import type { FormattedExecutionResult } from 'graphql'
import type { Subgraph } from '#platform/graphql'
import type { Log } from '#platform/telemetry'
import { enforceAccess, type GuardedSupergraph } from './access.ts'
import type { GatewayContext } from './context.ts'
import { limits } from './limits.ts'
import { errorLogPlugin, maskError } from './mask.ts'
import { subgraphSource } from './subgraph-source.ts'
import { SubscribingGateway } from './subscribing-gateway.ts'

/** What the graph is made of. */
export interface GraphOptions {
  readonly supergraphSdl: string
  readonly subgraphs: readonly Subgraph[]
  readonly isProduction: boolean
  readonly log: Log
  /** The access rules; tests plant broken ones. */
  readonly guard?: (supergraphSdl: string) => GuardedSupergraph
}

/** The one pipeline that every operation passes, whatever brought it. */
export interface Graph {
  /** For the door that speaks GraphQL over HTTP. */
  readonly server: ApolloServer<GatewayContext>
  readonly subgraphs: ReadonlyMap<string, Subgraph>
  /** Runs one operation to its result. */
  run(request: GraphQLRequest, context: GatewayContext): Promise<FormattedExecutionResult>
  /** The supergraph that is served, with its marks of access. */
  supergraphSdl(): string
  /**
   * Serves another supergraph from now on.
   *
   * @throws {Error} when it does not load or names a subgraph that is not here; then the one before stays
   */
  replace(supergraphSdl: string): void
  close(): Promise<void>
}

/**
 * Opens the graph.
 *
 * @throws {Error} when the supergraph does not load or names a subgraph that is not among these
 */
export async function openGraph(options: GraphOptions): Promise<Graph> {
  const { subgraphs, isProduction, log, guard = enforceAccess } = options
  let served = options.supergraphSdl
  let guarded = guard(served)
  const logger = apolloLogger(log)
  const sources = Object.fromEntries(subgraphs.map((subgraph) => [subgraph.name, subgraphSource(subgraph)]))
  const limited = limits(isProduction)

  const gateway = new SubscribingGateway(guarded.supergraphSdl, sources, logger)
  // The rules of access belong to a supergraph, and change with it.
  const access: ApolloServerPlugin<GatewayContext> = {
    requestDidStart: async (request) => (await guarded.plugin.requestDidStart?.(request)) ?? undefined,
  }
  const server = new ApolloServer<GatewayContext>({
    ...limited,
    gateway,
    introspection: !isProduction,
    nodeEnv: isProduction ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: maskError,
    logger,
    plugins: [...quietPlugins(isProduction), ...limited.plugins, access, errorLogPlugin(log)],
  })
  await server.start()

  return {
    server,
    subgraphs: new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph])),
    async run(request, contextValue) {
      const { body } = await server.executeOperation(request, { contextValue })
      // The gateway knows no @defer, so there is no other kind.
      return body.kind === 'single'
        ? body.singleResult
        : { errors: [{ message: 'Incremental delivery is not served.' }] }
    },
    supergraphSdl: () => served,
    replace(supergraphSdl) {
      const before = guarded
      guarded = guard(supergraphSdl)
      try {
        gateway.replace(guarded.supergraphSdl)
      } catch (error) {
        guarded = before
        throw error
      }
      served = supergraphSdl
    },
    close: () => server.stop(),
  }
}

/** Nothing is reported to anybody, and nothing is computed that nobody reads. */
function quietPlugins(isProduction: boolean): ApolloServerPlugin[] {
  return [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    isProduction
      ? ApolloServerPluginLandingPageDisabled()
      : ApolloServerPluginLandingPageLocalDefault({ embed: true, footer: false }),
  ]
}

function apolloLogger(log: Log): { [level in 'debug' | 'info' | 'warn' | 'error']: (message?: unknown) => void } {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => log.warn('gateway.apollo_warned', { detail: String(message) }),
    error: (message) => log.error('gateway.apollo_failed', { detail: String(message) }),
  }
}
