import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { ApolloGateway, buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway'
import { type QueryPlan, QueryPlanner, type SubscriptionNode } from '@apollo/query-planner'
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewayLoadResult,
} from '@apollo/server-gateway-interface'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { invariant } from '#platform/domain'
import { span } from '#platform/telemetry'
import { disableApolloTelemetry } from '../config.ts'
import type { GatewayContext, SubscriptionPlan } from './context.ts'

const PLANS_MAX = 1_000

/** A supergraph, and what was made of it. */
interface Loaded {
  readonly supergraph: Supergraph
  readonly supergraphSchema: GraphQLSchema
  readonly planner: QueryPlanner
  readonly plans: Map<string, SubscriptionPlan>
}

interface ApolloLogger {
  debug(message?: unknown): void
  info(message?: unknown): void
  warn(message?: unknown): void
  error(message?: unknown): void
}

/**
 * Apollo's gateway, which refuses to execute subscriptions, made to carry them.
 *
 * Its own planner splits a subscription in `primary` (the event) and `rest` (entity fetches). For each event we run
 * both with its own exported `executeQueryPlan`, and answer the primary fetch from the event. So aliases, conditions,
 * `@requires`, error paths and the bubbling of nulls stay Apollo's code, and equal those of a query.
 */
export class SubscribingGateway implements GatewayInterface {
  readonly #gateway: ApolloGateway
  readonly #sources: Readonly<Record<string, GraphQLDataSource>>
  #loaded: Loaded
  #update: ((supergraphSdl: string) => void) | undefined

  /** @throws {Error} when the supergraph is none, or names a subgraph without a source */
  constructor(supergraphSdl: string, sources: Readonly<Record<string, GraphQLDataSource>>, logger: ApolloLogger) {
    disableApolloTelemetry()
    this.#sources = sources
    this.#loaded = load(supergraphSdl, sources)
    this.#gateway = new ApolloGateway({
      supergraphSdl: async ({ update }) => {
        this.#update = update
        return { supergraphSdl }
      },
      logger,
      buildService({ name }) {
        const source = sources[name]
        invariant(source, `the supergraph names a subgraph ${name}, which is not here`)
        return source
      },
    })
  }

  /**
   * Goes on with another supergraph, at once for all that is asked from now on. Subscriptions that are open keep their
   * plans.
   *
   * @throws {Error} when it is no supergraph; then the one before stays
   */
  replace(supergraphSdl: string): void {
    invariant(this.#update, 'the gateway is not loaded')
    const before = this.#loaded
    this.#loaded = load(supergraphSdl, this.#sources)
    try {
      this.#update(supergraphSdl)
    } catch (error) {
      this.#loaded = before
      throw error
    }
  }

  onSchemaLoadOrUpdate(...args: Parameters<ApolloGateway['onSchemaLoadOrUpdate']>): () => void {
    return this.#gateway.onSchemaLoadOrUpdate(...args)
  }

  async load(options: Parameters<ApolloGateway['load']>[0]): Promise<GatewayLoadResult> {
    const loaded = await this.#gateway.load(options)
    const execute: GatewayExecutor = loaded.executor
    return {
      ...loaded,
      executor: async (request) => {
        if (!isResolved(request)) return { errors: [new GraphQLError('Name an operation of the document.')] }
        if (request.operation.operation === 'subscription') return this.#subscription(request)
        return traced(request, async () => withoutCompletions(await execute(request)))
      },
    }
  }

  stop(): Promise<void> {
    return this.#gateway.stop()
  }

  async #subscription(request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const { slot } = request.context as GatewayContext
    if (!slot) {
      throw new GraphQLError('Send subscriptions over WebSocket, SSE or multipart.', {
        extensions: { code: 'SUBSCRIPTION_TRANSPORT', http: { status: 406 } },
      })
    }
    if (slot.event && slot.plan) return slot.plan.run(slot.event, request)

    const { variableDefinitions = [] } = request.operation
    const { errors } = getVariableValues(request.schema, variableDefinitions, request.request.variables ?? {})
    if (errors) return { errors }
    slot.plan = this.#planFor(request)
    return { data: null }
  }

  #planFor(request: GatewayGraphQLRequestContext): SubscriptionPlan {
    const { plans } = this.#loaded
    const key = `${request.queryHash} ${request.request.operationName ?? ''}`
    const known = plans.get(key)
    if (known) return known
    const plan = this.#plan(request)
    for (const oldest of plans.keys()) {
      if (plans.size < PLANS_MAX) break
      plans.delete(oldest)
    }
    plans.set(key, plan)
    return plan
  }

  #plan({ schema, document, request }: GatewayGraphQLRequestContext): SubscriptionPlan {
    const named = request.operationName === undefined ? {} : { operationName: request.operationName }
    const { supergraph, supergraphSchema, planner } = this.#loaded
    const apiSchema = supergraph.apiSchema()
    const sources = this.#sources
    const operation = operationFromDocument(apiSchema, document, named)
    const { primary, rest } = planner.buildQueryPlan(operation).node as SubscriptionNode
    const perEvent: QueryPlan = {
      kind: 'QueryPlan',
      node: { kind: 'Sequence', nodes: rest ? [primary, rest] : [primary] },
    }
    const context = buildOperationContext({ schema, operationDocument: document, ...named })
    const owner = sources[primary.serviceName]
    invariant(owner, `no subgraph ${primary.serviceName}`)

    return {
      primary,
      perEvent,
      isTail: takesCursor(schema, document),
      async run(event, incoming) {
        const answered: GraphQLDataSource = {
          process: async (options) => (options.request.query === primary.operation ? event : owner.process(options)),
        }
        const services = { ...sources, [primary.serviceName]: answered }
        return withoutCompletions(
          await executeQueryPlan(perEvent, services, incoming, context, supergraphSchema, apiSchema),
        )
      },
    }
  }
}

/** A query or a mutation begins a trace, unless its sender has begun one. Events of subscriptions would begin too many. */
function traced(
  { operation, request, context }: GatewayGraphQLRequestContext,
  execute: () => Promise<GatewayExecutionResult>,
): Promise<GatewayExecutionResult> {
  const { operation: type, name } = operation
  const parent = (context as GatewayContext).upstream.traceparent ?? 'new'
  const attributes = { 'graphql.operation.type': type, 'graphql.operation.name': request.operationName ?? name?.value }
  return span(`graphql ${type}`, { kind: 'server', parent, attributes }, async (opened) => {
    const result = await execute()
    const [error] = result.errors ?? []
    if (error) opened.set({ 'carillon.error.code': String(error.extensions['code']) })
    return result
  })
}

function load(supergraphSdl: string, sources: Readonly<Record<string, GraphQLDataSource>>): Loaded {
  const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false })
  for (const { name } of supergraph.subgraphsMetadata()) {
    invariant(sources[name], `the supergraph names a subgraph ${name}, which is not here`)
  }
  const supergraphSchema = supergraph.schema.toGraphQLJSSchema()
  return { supergraph, supergraphSchema, planner: new QueryPlanner(supergraph), plans: new Map() }
}

/** Whether a root field of the subscription takes a cursor, `after`, from which it goes on. */
function takesCursor(schema: GraphQLSchema, document: DocumentNode): boolean {
  const root = schema.getSubscriptionType()
  const types = new TypeInfo(schema)
  let isFound = false
  const Field = (): void => {
    if (types.getParentType() === root)
      isFound ||= types.getFieldDef()?.args.some(({ name }) => name === 'after') ?? false
  }
  visit(document, visitWithTypeInfo(types, { Field }))
  return isFound
}

/**
 * A reference to an entity that is not there is null, as its field may be. Apollo tells beside it which field of the entity
 * could not be completed, which reads like an error of the caller's.
 */
function withoutCompletions(result: GatewayExecutionResult): GatewayExecutionResult {
  if (result.extensions?.['valueCompletion'] === undefined) return result
  const { valueCompletion: _, ...extensions } = result.extensions
  const { extensions: __, ...rest } = result
  return Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest
}

/** The types promise an operation, but Apollo Server asks also when the document has none of the name. */
function isResolved(request: { readonly operation?: unknown }): boolean {
  return request.operation !== undefined
}
