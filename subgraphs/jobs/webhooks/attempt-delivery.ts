import type { Clock } from '#platform/clock'
import { type HttpAnswer, OutboundError, send, skipBody } from '#platform/outbound'
import type { SealingKeys } from '../credentials/sealing.ts'
import { openSecret, SecretUnreadableError } from '../credentials/webhook-secrets.ts'
import { type AttemptOutcome, retryAfterMsOf } from '../domain/webhook-delivery.ts'
import type { Claimed } from './claim-deliveries.ts'
import { signedHeaders } from './signature.ts'

/** What an attempt is made with. */
export interface AttemptPorts {
  readonly clock: Clock
  readonly keys: SealingKeys
  readonly client: Parameters<typeof send>[1]['client']
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

/** For one attempt, redirects and the answer's body included. */
export const TIME_LIMIT_MS = 10_000
const BODY_BYTES_MAX = 64 * 1_024
// A redirect that would turn the POST into a GET delivers nothing, whatever it leads to: it is an answer, and no good one.
const FOLLOWED = new Set([307, 308])

/**
 * Sends a delivery once.
 *
 * @returns what the receiver said, or why it said nothing; null when the attempt was ended from here
 */
export async function attemptDelivery(
  { delivery, webhook, secrets, at }: Claimed,
  { clock, keys, client, signal }: AttemptPorts,
): Promise<AttemptOutcome | null> {
  try {
    const { id, body } = delivery
    const opened = secrets.map((secret) => openSecret(keys, webhook, secret))
    const headers = {
      'user-agent': 'Carillon',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      ...signedHeaders({ id, at, body }, opened),
    }
    return await send(
      { method: 'POST', url: new URL(webhook.url), headers, body },
      {
        ...{ clock, client, signal },
        timeLimitMs: TIME_LIMIT_MS,
        isAnswer: (status) => !FOLLOWED.has(status),
        read: (answer) => outcomeOf(answer, at),
      },
    )
  } catch (error) {
    const code = errorCodeOf(error)
    return code === 'HTTP_ABORTED' ? null : { statusCode: null, errorCode: code, retryAfterMs: null }
  }
}

async function outcomeOf({ response }: HttpAnswer, at: Date): Promise<AttemptOutcome> {
  const { statusCode, headers } = response
  await skipBody(response, BODY_BYTES_MAX)
  const retryAfter = headers['retry-after']
  return {
    statusCode,
    errorCode: null,
    retryAfterMs: retryAfterMsOf(typeof retryAfter === 'string' ? retryAfter : retryAfter?.[0], at),
  }
}

function errorCodeOf(error: unknown): string {
  if (error instanceof OutboundError) return error.code
  if (error instanceof SecretUnreadableError) return 'SECRET_UNREADABLE'
  throw error
}
