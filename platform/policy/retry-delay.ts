import type { ExecutionPolicy } from './policy.ts'

const RETRY_AFTER_MS_MAX = 24 * 60 * 60 * 1_000

/**
 * Waiting time before the next attempt, in milliseconds: up to `backoffMs`, twice that, four times … up to `backoffMsMax`.
 *
 * Full jitter spreads the retries of a crowd that failed together (Brooker, "Exponential Backoff and Jitter", 2015). A time
 * that the task asked for itself is kept to, within a day.
 *
 * @param failures how many attempts have failed so far, from 1
 * @param jitter in [0, 1), from the caller, so that a simulation repeats
 * @param retryAfterMs what the task asked for, if anything
 */
export function retryDelayMs(
  { backoffMs, backoffMsMax }: Pick<ExecutionPolicy, 'backoffMs' | 'backoffMsMax'>,
  failures: number,
  jitter: number,
  retryAfterMs: number | null = null,
): number {
  if (retryAfterMs !== null) return Math.min(Math.max(retryAfterMs, 0), RETRY_AFTER_MS_MAX)
  const delayMsMax = Math.min(backoffMsMax, backoffMs * 2 ** Math.min(failures - 1, 52))
  return Math.floor(delayMsMax * jitter)
}
