import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph'
import {
  createSourceEventStream,
  type ExecutionArgs,
  execute,
  type FormattedExecutionResult,
  type GraphQLSchema,
  parse,
} from 'graphql'
import { type Log, span } from '#platform/telemetry'
import { type CheckedDocument, documentCache } from './documents.ts'
import { clientErrors } from './errors.ts'
import { eventStream } from './event-stream.ts'
import { assertResolversFit, type Resolvers } from './resolvers.ts'

/** One operation, as the gateway's plan words it. */
export interface SubgraphRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
}

/** What a subgraph is told of who asks. It believes nothing but the token, which it verifies itself. */
export interface SubgraphCaller {
  readonly token?: string | undefined
  readonly correlationId?: string | undefined
  /** The network address that the request came from, for throttling. */
  readonly network?: string | undefined
  /** The trace that the request belongs to (W3C Trace Context). */
  readonly traceparent?: string | undefined
  /** With a subscription only: aborts when nobody listens any more. */
  readonly signal?: AbortSignal | undefined
}

/** A stream of results; `return()` ends it also while `next()` is pending. */
export type ResultStream = AsyncIterableIterator<FormattedExecutionResult>

/** A service's part of the graph. Whether it lies in this process or elsewhere is the adapter's affair. */
export interface Subgraph {
  readonly name: string
  readonly typeDefs: string
  /** A query or a mutation. Never rejects: what went wrong is in `errors`, fit for a caller. */
  execute(request: SubgraphRequest, caller: SubgraphCaller): Promise<FormattedExecutionResult>
  /** A subscription: a result without data when it is refused, else the stream. Ends when `signal` aborts. */
  subscribe(
    request: SubgraphRequest,
    caller: SubgraphCaller,
    signal: AbortSignal,
  ): Promise<FormattedExecutionResult | ResultStream>
}

/** What a service brings to become a subgraph. */
export interface SubgraphOptions<Context> {
  readonly name: string
  readonly typeDefs: string
  readonly resolvers: Resolvers
  /** Verifies the token and makes the loaders; called for each operation, and anew for each event of a subscription. */
  contextFor(caller: SubgraphCaller): Promise<Context>
  readonly log: Log
}

/**
 * A subgraph in this process.
 *
 * @throws {Error} when the SDL is wrong or a resolver names a type or a field that it lacks
 */
export function makeSubgraph<Context>(options: SubgraphOptions<Context>): Subgraph {
  const { name, typeDefs, contextFor, log } = options
  const schema = buildSchema(options)
  const checked = documentCache(schema)

  const failure = (errors: readonly unknown[], caller: SubgraphCaller): FormattedExecutionResult => ({
    errors: clientErrors(errors, { log, subgraph: name, correlationId: caller.correlationId }),
  })
  const perform = async (args: ExecutionArgs, caller: SubgraphCaller): Promise<FormattedExecutionResult> => {
    const { errors, data } = await execute(args)
    const shown = data === undefined ? {} : { data }
    return errors ? { ...failure(errors, caller), ...shown } : shown
  }

  const answer = async (request: SubgraphRequest, caller: SubgraphCaller): Promise<FormattedExecutionResult> => {
    const document = checked(request.query)
    if ('errors' in document) return failure(document.errors, caller)
    try {
      return await perform(argsOf(schema, document, request, await contextFor(caller)), caller)
    } catch (error) {
      return failure([error], caller)
    }
  }

  return {
    name,
    typeDefs,

    execute: (request, caller) =>
      span(`subgraph ${name}`, { kind: 'server', parent: caller.traceparent ?? null }, () => answer(request, caller)),

    async subscribe(request, caller, signal) {
      const document = checked(request.query)
      if ('errors' in document) return failure(document.errors, caller)
      const listener = { ...caller, signal }
      try {
        const args = argsOf(schema, document, request, await contextFor(listener))
        const source = await createSourceEventStream(args)
        if (!(Symbol.asyncIterator in source)) return failure(source.errors ?? [], caller)
        return eventStream(source[Symbol.asyncIterator](), signal, {
          // A context of its own for each event: loaders must not show an earlier state, and a token may have ended.
          perform: async (event) =>
            await perform({ ...args, rootValue: event, contextValue: await contextFor(listener) }, caller),
          failure: (error) => failure([error], caller),
        })
      } catch (error) {
        return failure([error], caller)
      }
    },
  }
}

function buildSchema<Context>({ name, typeDefs, resolvers }: SubgraphOptions<Context>): GraphQLSchema {
  // The package types its map with `any`; ours is checked against the schema instead.
  const schema = buildSubgraphSchema([
    { typeDefs: parse(typeDefs), resolvers: resolvers as GraphQLResolverMap<Record<string, unknown>> },
  ])
  assertResolversFit(name, schema, resolvers)
  return schema
}

function argsOf(
  schema: GraphQLSchema,
  { document }: Exclude<CheckedDocument, { errors: unknown }>,
  { variables, operationName }: SubgraphRequest,
  contextValue: unknown,
): ExecutionArgs {
  return { schema, document, contextValue, variableValues: variables, operationName }
}
