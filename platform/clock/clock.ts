import { randomFillSync } from 'node:crypto'
import { uuidv7 } from './uuid.ts'

/** Time and chance as a process sees them. A simulation brings its own. */
export interface Clock {
  /** Wall clock. For waiting and for log lines, never for deciding what is due. */
  now(): Date
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number
  /** Waits, at most 2^31−1 ms; ends early, without an error, when `signal` aborts. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
  /** Ends when the callbacks that are ready now have had their turn: work that arrives together is seen together. */
  turn(): Promise<void>
  /** A new UUIDv7: unique, and in the order in which this process made them. */
  newId(): string
  /** In [0, 1). Not for secrets. */
  random(): number
}

const SLEEP_MS_MAX = 2 ** 31 - 1

/** The machine's clock and chance. */
export function systemClock(): Clock {
  return {
    now: () => new Date(),
    monotonicMs: () => performance.now(),
    sleep: (durationMs, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const end = (): void => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', end)
          resolve()
        }
        const timer = setTimeout(end, Math.min(Math.max(durationMs, 1), SLEEP_MS_MAX))
        signal?.addEventListener('abort', end, { once: true })
      }),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    newId: uuidv7(
      () => Date.now(),
      (bytes) => randomFillSync(bytes),
    ),
    random: () => Math.random(),
  }
}
