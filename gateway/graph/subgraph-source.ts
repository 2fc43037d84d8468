import type { GraphQLDataSource } from '@apollo/gateway'
import type { Subgraph, SubgraphCaller } from '#platform/graphql'
import { currentTraceparent, isTracing, span } from '#platform/telemetry'
import type { GatewayContext } from './context.ts'

/** The gateway's way to a subgraph: a call in this process, without HTTP and without JSON text. */
export function subgraphSource(subgraph: Subgraph): GraphQLDataSource {
  const { name } = subgraph
  return {
    process({ request: { query = '', variables, operationName }, context }) {
      const { upstream } = context as GatewayContext
      const ask = (caller: SubgraphCaller) => subgraph.execute({ query, variables, operationName }, caller)
      if (!isTracing() || currentTraceparent() === undefined) return ask(upstream)
      const options = { kind: 'client', attributes: { 'carillon.subgraph': name } } as const
      return span(`fetch ${name}`, options, ({ traceparent }) => ask({ ...upstream, traceparent }))
    },
  }
}
