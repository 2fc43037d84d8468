import type { ApolloServerPlugin } from '@apollo/server'
import type { GraphQLFormattedError } from 'graphql'
import type { Log } from '#platform/telemetry'
import type { GatewayContext } from './context.ts'

const INTERNAL = 'INTERNAL_SERVER_ERROR'

/**
 * Logs what went wrong in the gateway itself, and gives it the correlation id under which it was logged. What a
 * subgraph could not do, it has logged and masked already.
 */
export function errorLogPlugin(log: Log): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          const { correlationId } = contextValue.upstream
          for (const error of errors) {
            if ((error.extensions.code ?? INTERNAL) !== INTERNAL || 'serviceName' in error.extensions) continue
            log.error('gateway.failed', { correlationId, err: error.originalError ?? error })
            error.extensions.correlationId = correlationId
          }
        },
      }
    },
  }
}

/** A caller sees that it was our fault, and not what the fault was. */
export function maskError(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { code } = formatted.extensions ?? {}
  return code === INTERNAL ? { ...formatted, message: 'Internal server error' } : formatted
}
