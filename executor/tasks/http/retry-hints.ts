import type { Dispatcher } from 'undici'
import type { RetryHints } from '../task.ts'

// Too early, too many, a conflict or a slow network are over in a while; what else is the client's fault stays so.
const PASSING = new Set([408, 409, 425, 429])
const TELLING = new Set([429, 503])

/**
 * Whether an answer that was not expected is worth another attempt, and when: a fault of the request is not, and a server
 * that is busy may say how long (`Retry-After`, RFC 9110 §10.2.3: seconds, or a date).
 */
export function retryHints(
  { statusCode, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  now: Date,
): RetryHints {
  const isFinal = statusCode >= 400 && statusCode <= 499 && !PASSING.has(statusCode)
  return { isFinal, retryAfterMs: TELLING.has(statusCode) ? retryAfterMs(headers['retry-after'], now) : null }
}

function retryAfterMs(value: string | readonly string[] | undefined, now: Date): number | null {
  const text = typeof value === 'string' ? value.trim() : ''
  // However long it is: the policy of retries has a longest wait. Of too many digits `Number` would make Infinity.
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER)
  // Only a date has a name of a day or a month.
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - now.getTime())
}
