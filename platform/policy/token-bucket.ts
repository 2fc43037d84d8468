/** How often something may start: `perMinute` on average, and up to `burst` at once after a rest. */
export interface Rate {
  readonly perMinute: number
  readonly burst: number
}

/** What may start at an instant: tokens in sixty-thousandths, so that a minute of milliseconds adds up to whole ones. */
export interface Bucket {
  readonly level: number
  readonly refilledAtMs: number
}

const TOKEN = 60_000

/** A bucket from which nothing was taken yet. */
export function fullBucket({ burst }: Rate, atMs: number): Bucket {
  return { level: burst * TOKEN, refilledAtMs: atMs }
}

/**
 * The bucket with what has come in since. It never holds more than the burst, and a clock that goes back takes nothing away
 * and gives nothing twice.
 */
export function refilled({ level, refilledAtMs }: Bucket, { perMinute, burst }: Rate, atMs: number): Bucket {
  const untilMs = Math.max(refilledAtMs, atMs)
  return { level: Math.min(burst * TOKEN, level + (untilMs - refilledAtMs) * perMinute), refilledAtMs: untilMs }
}

/** How many may start now. */
export function tokensIn({ level }: Bucket): number {
  return Math.max(0, Math.floor(level / TOKEN))
}

/** The bucket after one more has started. */
export function spent({ level, refilledAtMs }: Bucket): Bucket {
  return { level: level - TOKEN, refilledAtMs }
}

/**
 * When the next may start: the instant of the last refill if there is a token.
 *
 * @param before how many others start before it
 */
export function tokenAtMs({ level, refilledAtMs }: Bucket, { perMinute }: Rate, before = 0): number {
  return refilledAtMs + Math.max(0, Math.ceil((TOKEN * (before + 1) - level) / perMinute))
}
