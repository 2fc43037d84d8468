import type { QueryPlan, SubscriptionNode } from '@apollo/query-planner'
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import type { FormattedExecutionResult } from 'graphql'
import type { SubgraphCaller } from '#platform/graphql'
import type { Caller } from '#platform/identity'

/** Who asks, known before the operation is looked at. */
export interface GatewayContext {
  /** Undefined for somebody who is not signed in; a token that is no good never comes so far. */
  readonly caller: Caller | undefined
  /** What the subgraphs are told. */
  readonly upstream: SubgraphCaller
  /** Only while a subscription is opened or one of its events is resolved. */
  readonly slot?: SubscriptionSlot
}

/** How a subscription passes through the one pipeline: once without an event, to be planned, then once an event. */
export interface SubscriptionSlot {
  plan?: SubscriptionPlan
  readonly event?: FormattedExecutionResult
}

/** A subscription split in the event, which one subgraph sends, and what others add to it. */
export interface SubscriptionPlan {
  readonly primary: SubscriptionNode['primary']
  readonly perEvent: QueryPlan
  /** It takes a cursor, so its reader is told each thing once and in order, from a place on. */
  readonly isTail: boolean
  run(event: FormattedExecutionResult, request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult>
}
