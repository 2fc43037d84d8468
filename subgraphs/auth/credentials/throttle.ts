import type { Clock } from '#platform/clock'
import { DomainError } from '#platform/domain'

/** Counts attempts by a key, such as an account or a network. */
export interface Throttle {
  /** Counts one attempt. @throws {DomainError} `RATE_LIMITED` with `retryAfterMs`, and counts nothing */
  take(key: string): void
  /** Takes one attempt back: it was not what the limit is for. */
  giveBack(key: string): void
}

/** So many attempts in so long: all at once, then one each `windowMs / attemptsMax`. */
export interface ThrottleOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly attemptsMax: number
  readonly windowMs: number
  readonly keysMax?: number
}

const KEYS_MAX = 50_000
const SWEEP_EVERY_MS = 1_000
const OVERFLOW = '\0overflow'

/**
 * A throttle in bounded memory (GCRA, as in ITU-T I.371: one number a key).
 *
 * In memory, since a row for each guess would let a guesser buy a durable commit with each; a restart gives back one
 * window of attempts at most, and each process of auth counts for itself. When the keys do not fit, the new ones share one
 * count: whoever floods us with names or networks slows newcomers, and frees none of those who are counted.
 */
export function makeThrottle({ clock, attemptsMax, windowMs, keysMax = KEYS_MAX }: ThrottleOptions): Throttle {
  const intervalMs = windowMs / attemptsMax
  // When a key will have all its attempts again.
  const clearAtMs = new Map<string, number>()
  let sweptAtMs = Number.NEGATIVE_INFINITY

  function placeOf(key: string, nowMs: number): string {
    if (clearAtMs.has(key) || clearAtMs.size < keysMax) return key
    if (nowMs - sweptAtMs >= SWEEP_EVERY_MS) {
      sweptAtMs = nowMs
      for (const [other, at] of clearAtMs) if (at <= nowMs) clearAtMs.delete(other)
    }
    return clearAtMs.size < keysMax ? key : OVERFLOW
  }

  return {
    take(key) {
      const nowMs = clock.monotonicMs()
      const place = placeOf(key, nowMs)
      const clearMs = Math.max(clearAtMs.get(place) ?? 0, nowMs)
      const retryAfterMs = Math.ceil(clearMs + intervalMs - windowMs - nowMs)
      if (retryAfterMs > 0)
        throw new DomainError('RATE_LIMITED', 'too many attempts, try again later', { retryAfterMs })
      clearAtMs.set(place, clearMs + intervalMs)
    },
    giveBack(key) {
      const clearMs = clearAtMs.get(key)
      if (clearMs !== undefined) clearAtMs.set(key, clearMs - intervalMs)
    },
  }
}
