import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Clock } from '#platform/clock'
import { isDomainError } from '#platform/domain'
import type { TokenVerifier } from '#platform/identity'
import { soundTraceparent } from '#platform/telemetry'
import type { GatewayContext } from '../graph/context.ts'
import { RefusedRequestError } from './refusal.ts'

/** How a sender is known. */
export interface SenderOptions {
  readonly verifyToken: Pick<TokenVerifier, 'verify'>
  readonly clock: Clock
  readonly trustProxy: boolean
}

const CORRELATION_ID = /^[\w.:-]{1,128}$/
const BEARER = /^Bearer +([^\s]+)$/i

/** The sender's own correlation id when it is fit for logs and headers, else a new one. */
export function correlationIdOf(request: IncomingMessage, clock: Clock): string {
  const sent = request.headers['x-correlation-id']
  return typeof sent === 'string' && CORRELATION_ID.test(sent) ? sent : clock.newId()
}

/**
 * Who sends, by an authorization header or its like.
 *
 * @throws {RefusedRequestError} 401 for a token that is no good. Without one the sender is nobody, which is fine.
 */
export async function senderOf(
  authorization: unknown,
  request: IncomingMessage,
  correlationId: string,
  { verifyToken, trustProxy }: SenderOptions,
): Promise<GatewayContext> {
  const network = networkAddressOf(request, trustProxy)
  const told = { correlationId, network, ...traceOf(request) }
  if (authorization === undefined || authorization === null || authorization === '') {
    return { caller: undefined, upstream: told }
  }
  const token = typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined
  if (token === undefined) throw unauthenticated('Send the token as `Authorization: Bearer …`.')
  try {
    return { caller: await verifyToken.verify(token), upstream: { token, ...told } }
  } catch (error) {
    if (isDomainError(error)) throw unauthenticated(error.message)
    throw error
  }
}

/** The sender's trace goes on in the subgraphs (W3C Trace Context, §3.2); what is none is ignored. */
function traceOf({ headers }: IncomingMessage): { readonly traceparent?: string } {
  const sent = headers['traceparent']
  const traceparent = soundTraceparent(typeof sent === 'string' ? sent : undefined)
  return traceparent === undefined ? {} : { traceparent }
}

/** The last address in `x-forwarded-for` is our proxy's own word; those before it are anybody's. */
function networkAddressOf({ headers, socket }: IncomingMessage, trustProxy: boolean): string | undefined {
  if (trustProxy) {
    const forwarded =
      String(headers['x-forwarded-for'] ?? '')
        .split(',')
        .at(-1)
        ?.trim() ?? ''
    if (isIP(forwarded) > 0) return forwarded
  }
  return socket.remoteAddress
}

function unauthenticated(message: string): RefusedRequestError {
  return new RefusedRequestError(401, 'UNAUTHENTICATED', message, { 'www-authenticate': 'Bearer' })
}
