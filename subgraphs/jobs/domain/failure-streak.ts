/**
 * Executions that failed in a row, so that the order in which their ends are told does not matter: those that failed
 * later than the last success, or the last resume.
 */
export interface FailureStreak {
  /** What ended up to here counts no more. */
  readonly streakSince: Date | null
  /** When they failed, the earliest first: the last 1,000. */
  readonly failureTimesMs: readonly number[]
}

const FAILURES_MAX = 1_000

/** The streak after one more failure. */
export function withFailure({ streakSince, failureTimesMs }: FailureStreak, at: Date): FailureStreak {
  const atMs = at.getTime()
  if (streakSince !== null && atMs <= streakSince.getTime()) return { streakSince, failureTimesMs }
  const later = failureTimesMs.findIndex((timeMs) => timeMs > atMs)
  const place = later === -1 ? failureTimesMs.length : later
  return { streakSince, failureTimesMs: failureTimesMs.toSpliced(place, 0, atMs).slice(-FAILURES_MAX) }
}

/** The streak after a success, or after something else that begins it anew. */
export function withoutFailures({ streakSince, failureTimesMs }: FailureStreak, at: Date): FailureStreak {
  const atMs = at.getTime()
  if (streakSince !== null && atMs <= streakSince.getTime()) return { streakSince, failureTimesMs }
  return { streakSince: at, failureTimesMs: failureTimesMs.filter((timeMs) => timeMs > atMs) }
}

/** Times as they are stored: each but the first as its distance from the one before, in base 36; null when there is none. */
export function textOfTimes(timesMs: readonly number[]): string | null {
  if (timesMs.length === 0) return null
  return timesMs.map((timeMs, index) => (timeMs - (timesMs[index - 1] ?? 0)).toString(36)).join(' ')
}

/** Times out of such a text. */
export function timesOfText(text: string | null): readonly number[] {
  let reachedMs = 0
  return text === null
    ? []
    : text.split(' ').map((distance) => {
        reachedMs += Number.parseInt(distance, 36)
        return reachedMs
      })
}
