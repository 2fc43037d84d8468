import { DomainError } from '#platform/domain'

/** Lets few in at a time, has a few wait, and refuses the rest. */
export interface Gate {
  /** @throws {DomainError} `OVERLOADED` when too many wait already */
  run<T>(work: () => Promise<T>): Promise<T>
}

const RETRY_AFTER_MS = 1_000

/** Opens a gate for `runningMax` at once, with room for `waitingMax` before it. First come, first served. */
export function makeGate({ runningMax, waitingMax }: { runningMax: number; waitingMax: number }): Gate {
  const waiting: (() => void)[] = []
  let running = 0

  async function enter(): Promise<void> {
    if (running < runningMax) {
      running += 1
      return
    }
    if (waiting.length >= waitingMax) {
      throw new DomainError('OVERLOADED', 'too many log-ins at once', { retryAfterMs: RETRY_AFTER_MS })
    }
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    // The place goes from hand to hand, so that nobody slips in between.
    if (next) next()
    else running -= 1
  }

  return {
    async run(work) {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
