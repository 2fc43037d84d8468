import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { isDomainError } from '#platform/domain'
import type { Log } from '#platform/telemetry'

/** Codes of answers that no domain gives: the machinery itself could not do what was asked. */
export type MachineryCode = 'INTERNAL_SERVER_ERROR' | 'SERVICE_UNAVAILABLE' | 'SLOW_CONSUMER'

/** Where an error is reported that the caller must not see, and the id under which a person finds it again. */
export interface ErrorReport {
  readonly log: Log
  readonly subgraph: string
  readonly correlationId: string | undefined
}

const OUTAGES: ReadonlySet<string> = new Set(['OutageError', 'VersionConflictError', 'DatabaseClosedError'])
const CAUSES_MAX = 5

/**
 * Errors as a caller may see them, as plain data without stacks.
 *
 * A refusal shows its code, message and details. An outage becomes SERVICE_UNAVAILABLE, and whatever else was thrown
 * INTERNAL_SERVER_ERROR; both are logged here, and show no more than the correlation id.
 */
export function clientErrors(errors: readonly unknown[], report: ErrorReport): GraphQLFormattedError[] {
  return errors.map((error) => clientError(error, report))
}

/**
 * Whether trying again later may help, and nobody has to mend anything: the error, or one of its causes, is named
 * as an outage, or says so itself by a property `outage: true`.
 */
export function isOutage(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < CAUSES_MAX && current instanceof Error; depth++) {
    if (OUTAGES.has(current.name) || ('outage' in current && current.outage === true)) return true
    current = current.cause
  }
  return false
}

function clientError(error: unknown, report: ErrorReport): GraphQLFormattedError {
  const located = error instanceof GraphQLError ? error : undefined
  const cause = located?.originalError ?? error

  if (isDomainError(cause)) {
    const details = Object.keys(cause.details).length > 0 ? { details: cause.details } : {}
    return at(located, cause.message, { code: cause.code, ...details })
  }
  if (cause instanceof GraphQLError && isAboutTheRequest(cause, located)) {
    return at(located, cause.message, { code: 'BAD_USER_INPUT', ...cause.extensions })
  }
  // Said by a source whose watcher fell behind (`#platform/projections`): the caller's network, and no fault of ours.
  if (cause instanceof Error && cause.name === 'SlowConsumerError') {
    return at(located, 'The subscription was read too slowly.', { code: 'SLOW_CONSUMER' })
  }
  return masked(cause, located, report)
}

/**
 * Before anything is executed graphql-js finds fault with the request alone, and its errors have no path. Later it marks
 * what the request has to answer for with nodes of the document; what has neither nodes nor a code, such as a value of a
 * resolver that its scalar cannot show, is a bug of ours.
 */
function isAboutTheRequest(error: GraphQLError, located: GraphQLError | undefined): boolean {
  if (error.extensions.code !== undefined) return true
  if (error.originalError !== undefined) return false
  return error.nodes !== undefined || located?.path === undefined
}

function masked(cause: unknown, located: GraphQLError | undefined, report: ErrorReport): GraphQLFormattedError {
  const { log, subgraph, correlationId } = report
  const fields = { subgraph, correlationId, path: located?.path?.join('.'), err: cause }
  const extra = correlationId === undefined ? {} : { correlationId }
  if (isOutage(cause)) {
    log.warn('graphql.unavailable', fields)
    return at(located, 'The service is unavailable, try again.', { code: 'SERVICE_UNAVAILABLE', ...extra })
  }
  log.error('graphql.failed', fields)
  return at(located, 'Internal server error', { code: 'INTERNAL_SERVER_ERROR', ...extra })
}

function at(
  located: GraphQLError | undefined,
  message: string,
  extensions: Readonly<Record<string, unknown>>,
): GraphQLFormattedError {
  return { message, ...(located?.path ? { path: located.path } : {}), extensions: { ...extensions } }
}
