import type { Place } from '#executions'
import type { Clock } from '#platform/clock'
import type { RunningAttempt } from './running-attempt.ts'

/** The attempts that are held, and the room that is left. */
export interface AttemptSet {
  readonly all: ReadonlySet<RunningAttempt>
  add(attempt: RunningAttempt): void
  /** Removing twice is removing once. */
  remove(attempt: RunningAttempt): void
  /** How many more may run in a place. */
  room(place: Place): number
  /** Ends when none is held, or after `graceMs`. */
  emptied(graceMs: number): Promise<void>
}

/** Opens an empty set. */
export function openAttemptSet(clock: Clock, capacity: Readonly<Record<Place, number>>): AttemptSet {
  const all = new Set<RunningAttempt>()
  const taken: Record<Place, number> = { loop: 0, worker: 0 }
  const waiting = new Set<AbortController>()

  return {
    all,
    add(attempt) {
      all.add(attempt)
      taken[attempt.place] += 1
    },
    remove(attempt) {
      if (!all.delete(attempt)) return
      taken[attempt.place] -= 1
      if (all.size === 0) for (const wait of waiting) wait.abort()
    },
    room: (place) => Math.max(0, capacity[place] - taken[place]),
    async emptied(graceMs) {
      if (all.size === 0) return
      const wait = new AbortController()
      waiting.add(wait)
      await clock.sleep(graceMs, wait.signal)
      waiting.delete(wait)
    },
  }
}
