import { createHash } from 'node:crypto'
import type { GraphQLRequest } from '@apollo/server'
import type { FormattedExecutionResult } from 'graphql'
import { Multicast, type ResultStream, StreamEndedError } from '#platform/graphql'
import type { Log } from '#platform/telemetry'
import type { GatewayContext, SubscriptionPlan, SubscriptionSlot } from './context.ts'
import type { Graph } from './graph.ts'

/** Runs any operation: a query or a mutation gives its result, a subscription a stream of results. */
export interface Subscriptions {
  subscribe(request: GraphQLRequest, context: GatewayContext): Promise<FormattedExecutionResult | ResultStream>
  /** Sources that run now, each with its number of readers. */
  open(): { readonly sources: number; readonly readers: number }
  /** Ends all of them with SUBSCRIPTION_INTERRUPTED: clients come back, to whoever is there then. */
  close(): void
}

/** How many results may wait for a reader before it is cut off as too slow. */
const QUEUE_MAX = 256

/** Opens the subscriptions of a graph. */
export function openSubscriptions(graph: Graph, log: Log, queueMax = QUEUE_MAX): Subscriptions {
  const sources = new Set<Multicast<FormattedExecutionResult>>()
  const shared = new Map<string, Multicast<FormattedExecutionResult>>()

  /**
   * Results of one operation, for all who sent it with the same token before the first result came: who comes later has
   * missed what the source began with. A tail is nobody else's: one reader's place is not another one's, and what is
   * told from a place on waits for its reader.
   */
  function sourceOf(key: string, plan: SubscriptionPlan, request: GraphQLRequest, context: GatewayContext) {
    const known = shared.get(key)
    if (known && !known.hasBegun && !plan.isTail) return known
    const source: Multicast<FormattedExecutionResult> = new Multicast(
      (signal) => results(graph, plan, request, context, signal),
      queueMax,
      () => {
        sources.delete(source)
        if (shared.get(key) === source) shared.delete(key)
      },
      plan.isTail ? 'wait' : 'end',
    )
    sources.add(source)
    if (!plan.isTail) shared.set(key, source)
    return source
  }

  return {
    open: () => ({
      sources: sources.size,
      readers: [...sources].reduce((sum, { readers }) => sum + readers, 0),
    }),

    close() {
      const reason = new StreamEndedError('SUBSCRIPTION_INTERRUPTED', 'The server is closing.')
      for (const source of [...sources]) source.end(reason)
    },

    async subscribe(request, context) {
      const slot: SubscriptionSlot = {}
      const first = await graph.run(request, { ...context, slot })
      if (!slot.plan) return first
      const source = sourceOf(sharingKey(request, context), slot.plan, request, context)
      return endingInWords(source.read(), context, log)
    },
  }
}

/**
 * Only clients with the same token share: what is added to an event is resolved with somebody's rights. With the same
 * token all of them also expire together.
 */
function sharingKey({ query, extensions, operationName, variables }: GraphQLRequest, context: GatewayContext): string {
  const parts = [context.upstream.token ?? null, query ?? extensions, operationName, variables]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

async function* results(
  graph: Graph,
  plan: SubscriptionPlan,
  request: GraphQLRequest,
  context: GatewayContext,
  signal: AbortSignal,
): AsyncGenerator<FormattedExecutionResult> {
  const { serviceName, operation, operationName, variableUsages = [] } = plan.primary
  const sent = request.variables ?? {}
  const variables = Object.fromEntries(variableUsages.filter((name) => name in sent).map((name) => [name, sent[name]]))
  const resolved = (event: FormattedExecutionResult): Promise<FormattedExecutionResult> =>
    graph.run(request, { ...context, slot: { plan, event } })

  try {
    const owner = graph.subgraphs.get(serviceName)
    const events = await owner?.subscribe({ query: operation, operationName, variables }, context.upstream, signal)
    if (!events) return
    if (!(Symbol.asyncIterator in events)) yield await resolved(events)
    else for await (const event of events) yield await resolved(event)
  } catch (error) {
    throw new StreamEndedError('SUBSCRIPTION_INTERRUPTED', 'The subscription was interrupted.', { cause: error })
  }
}

/** A stream whose failure is its last result, so that every transport can tell the client why it ended. */
function endingInWords(stream: ResultStream, context: GatewayContext, log: Log): ResultStream {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      try {
        return await stream.next()
      } catch (error) {
        const { correlationId } = context.upstream
        const ended = error instanceof StreamEndedError ? error : undefined
        if (!ended || ended.cause !== undefined) log.error('gateway.subscription_failed', { correlationId, err: error })
        const code = ended?.code ?? 'INTERNAL_SERVER_ERROR'
        const message = ended?.message ?? 'Internal server error'
        return { done: false, value: { errors: [{ message, extensions: { code, correlationId } }] } }
      }
    },
    return: async () => (await stream.return?.()) ?? { done: true, value: undefined },
  }
}
