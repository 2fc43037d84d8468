import type { Clock } from '#platform/clock'

/** Work in the background. */
export interface LoopOptions {
  readonly clock: Pick<Clock, 'sleep' | 'turn'>
  /** How long to wait when there was nothing to do and nobody wakes the loop. */
  readonly pollMs: number
  /**
   * One round.
   *
   * @returns true to go on at once, false to wait, or a number of milliseconds to wait if that is less than `pollMs`
   */
  runOnce(): Promise<boolean | number>
  /** Told of what `runOnce` throws; the loop then waits a while and goes on, so an outage heals by itself. */
  onError(error: unknown): void
}

/** A loop that runs until it is stopped. */
export interface Loop {
  /** There may be something to do: ends a wait, or makes the next one end at once. */
  wake(): void
  /** Ends when the round in flight has ended. Safe to call twice. */
  stop(): Promise<void>
}

const BACKOFF_MS_MIN = 50
const BACKOFF_MS_MAX = 5_000
// Without a reason of its own each would make an error with a stack, for nobody.
const WOKEN = 'woken'

/** How long to wait after so many failures in a row: 100 ms, doubling, up to 5 s. */
export function backoffMs(failures: number): number {
  return Math.min(BACKOFF_MS_MIN * 2 ** failures, BACKOFF_MS_MAX)
}

/** Starts a loop. Rounds never overlap. */
export function startLoop({ clock, pollMs, runOnce, onError }: LoopOptions): Loop {
  let stopped = false
  let woken = false
  let waiting: AbortController | undefined

  async function wait(durationMs: number): Promise<void> {
    if (woken || stopped) {
      // A loop that always finds work must not keep others from their turn.
      await clock.turn()
      return
    }
    waiting = new AbortController()
    await clock.sleep(durationMs, waiting.signal)
    waiting = undefined
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!stopped) {
      woken = false
      try {
        const next = await runOnce()
        failures = 0
        if (next !== true) await wait(next === false ? pollMs : Math.min(next, pollMs))
        else await clock.turn()
      } catch (error) {
        onError(error)
        failures += 1
        woken = false
        await wait(backoffMs(failures))
      }
    }
  }

  const running = run()
  return {
    wake() {
      woken = true
      waiting?.abort(WOKEN)
    },
    async stop() {
      stopped = true
      waiting?.abort(WOKEN)
      await running
    },
  }
}
