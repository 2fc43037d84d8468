import type { IncomingMessage } from 'node:http'
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError, parse } from 'graphql'
import type { Context, makeServer, SubscribePayload } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Log } from '#platform/telemetry'
import type { GatewayContext } from '../graph/context.ts'
import type { LiveSessions } from '../graph/live-sessions.ts'
import type { Subscriptions } from '../graph/subscriptions.ts'
import { RefusedRequestError } from './refusal.ts'

/** What the protocol stands on. */
export interface ProtocolOptions {
  readonly subscriptions: Subscriptions
  readonly sessions: LiveSessions
  readonly log: Log
  readonly operationsPerSocketMax: number
  /** A socket that does not say who it is for so long is closed (4408). */
  readonly initTimeoutMs: number
  /** @throws {RefusedRequestError} for a token that is no good */
  sender(authorization: unknown, request: IncomingMessage): Promise<GatewayContext>
}

/** What graphql-ws keeps for us beside each connection. */
export interface SocketExtra {
  readonly request: IncomingMessage
  readonly socket: WebSocket
  context?: GatewayContext
  unwatch?: () => void
}

/** Our pipeline gives the result before graphql-ws executes: it only carries it. */
type Carried = ExecutionArgs & { readonly result: never }

// What the protocol calls Forbidden (graphql-ws, PROTOCOL.md); clients come back after it with fresh connectionParams.
const FORBIDDEN = 4403

const SINGLE = parse('query { __typename }')
const STREAM = parse('subscription { __typename }')

/** How a connection of `graphql-transport-ws` is accepted, and its operations are answered by the one pipeline. */
export function protocolOptions(
  options: ProtocolOptions,
): Parameters<typeof makeServer<Record<string, unknown>, SocketExtra>>[0] {
  const { sessions, log, operationsPerSocketMax, initTimeoutMs, sender } = options
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    async onConnect({ connectionParams, extra }) {
      try {
        const authorization = connectionParams?.authorization ?? connectionParams?.Authorization
        extra.context = await sender(authorization, extra.request)
      } catch (error) {
        if (!(error instanceof RefusedRequestError)) throw error
        return false
      }
      extra.unwatch = sessions.watch(extra.context.caller, () => extra.socket.close(FORBIDDEN, 'The session has ended'))
      // The socket may have closed while the token was verified.
      if (extra.socket.readyState !== extra.socket.OPEN) extra.unwatch()
      return true
    },
    onDisconnect: ({ extra }) => extra.unwatch?.(),
    async onSubscribe(connection, _id, payload) {
      if (Object.keys(connection.subscriptions).length > operationsPerSocketMax) {
        const message = `A socket carries at most ${operationsPerSocketMax} operations at once.`
        return [asGraphQLError({ message, extensions: { code: 'LIMIT_EXCEEDED' } })]
      }
      return await carried(options.subscriptions, connection, payload, log)
    },
    execute: (args) => (args as Carried).result,
    subscribe: (args) => (args as Carried).result,
    // Apollo Server has formatted it.
    onNext: (_connection, _id, _payload, _args, result) => result as never,
  }
}

async function carried(
  subscriptions: Subscriptions,
  { extra }: Context<Record<string, unknown>, SocketExtra>,
  { query, operationName, variables, extensions }: SubscribePayload,
  log: Log,
): Promise<Carried | readonly GraphQLError[]> {
  const context = extra.context
  if (!context) throw new Error('a socket subscribes before it is acknowledged')
  try {
    const request = {
      query,
      ...(operationName == null ? {} : { operationName }),
      ...(variables == null ? {} : { variables }),
      ...(extensions == null ? {} : { extensions }),
    }
    const result = await subscriptions.subscribe(request, context)
    const isStream = Symbol.asyncIterator in result
    if (!isStream && result.data === undefined) return (result.errors ?? []).map(asGraphQLError)
    return { document: isStream ? STREAM : SINGLE, result } as unknown as Carried
  } catch (error) {
    log.error('gateway.failed', { correlationId: context.upstream.correlationId, err: error })
    return [asGraphQLError({ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } })]
  }
}

/** graphql-ws writes errors down by their `toJSON`, which would format a second time what is formatted already. */
function asGraphQLError(formatted: GraphQLFormattedError): GraphQLError {
  return Object.assign(new GraphQLError(formatted.message), { toJSON: () => formatted })
}
