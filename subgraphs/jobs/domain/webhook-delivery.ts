/** How a delivery stands. */
export type DeliveryState = 'PENDING' | 'DELIVERED' | 'FAILED'

/** What came of one attempt: a status, or a code that says why there is none. */
export interface AttemptOutcome {
  readonly statusCode: number | null
  readonly errorCode: string | null
  /** How long the receiver asked to be left alone. */
  readonly retryAfterMs: number | null
}

/** What follows from an attempt. */
export type Verdict =
  | { readonly state: 'DELIVERED' }
  | { readonly state: 'PENDING'; readonly delayMs: number }
  /** `isGone`: the receiver wants nothing any more. */
  | { readonly state: 'FAILED'; readonly isGone: boolean }

const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000]

/** The longest wait after each attempt: three times the one before, up to 5 h; within a day in all. */
export const RETRY_CEILINGS_MS: readonly number[] = [
  ...[10 * SECOND_MS, 30 * SECOND_MS, 90 * SECOND_MS, 4.5 * MINUTE_MS, 13.5 * MINUTE_MS, 40.5 * MINUTE_MS],
  ...[2 * HOUR_MS, 5 * HOUR_MS, 5 * HOUR_MS, 5 * HOUR_MS, 5 * HOUR_MS],
]
/** Attempts at one delivery, the first included. */
export const TRIES_MAX = RETRY_CEILINGS_MS.length + 1
/** A webhook that has failed for so long without one success is disabled when it fails for good once more. */
export const FAILING_MS_MAX = 5 * 24 * HOUR_MS

const RETRY_AFTER_MS_MAX = 6 * HOUR_MS
const SECONDS = /^\d{1,9}$/

/**
 * Judges an attempt.
 *
 * @param tries attempts so far, this one included
 * @param jitter in [0, 1)
 */
export function verdictOn(
  { statusCode, retryAfterMs }: AttemptOutcome,
  { tries, isTest }: { readonly tries: number; readonly isTest: boolean },
  jitter: number,
): Verdict {
  if (statusCode !== null && statusCode >= 200 && statusCode <= 299) return { state: 'DELIVERED' }
  const isGone = statusCode === 410
  // Whoever tests looks at the answer, and tests again.
  if (isGone || isTest || tries >= TRIES_MAX) return { state: 'FAILED', isGone: isGone && !isTest }
  const askedMs = Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX)
  return { state: 'PENDING', delayMs: Math.max(retryDelayMs(tries, jitter), askedMs) }
}

/**
 * Waiting time before the next attempt, after so many.
 *
 * Full jitter spreads the retries of a crowd that failed together (Brooker, "Exponential Backoff and Jitter", 2015).
 */
export function retryDelayMs(tries: number, jitter: number): number {
  return Math.floor((RETRY_CEILINGS_MS[tries - 1] ?? 0) * jitter)
}

/** How long `Retry-After` asks to wait: seconds or a date (RFC 9110 §10.2.3); null when it says neither. */
export function retryAfterMsOf(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null
  if (SECONDS.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
