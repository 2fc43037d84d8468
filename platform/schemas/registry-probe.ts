import type { Clock } from '#platform/clock'

/** Whether a registry answers, known at little cost. */
export interface RegistryProbe {
  /**
   * What the last request has shown, asked anew when that is 3 s old. Takes at most 1 s, and never rejects.
   */
  isThere(): Promise<boolean>
  /** Tells what a request that was made anyway has shown. */
  saw(isThere: boolean): void
}

const FRESH_MS = 3_000
const PROBE_MS_MAX = 1_000

/**
 * Opens a probe. It sends nothing unless it is asked.
 *
 * @param ask a request that costs the registry little; rejects when the answer is none of the registry's
 */
export function openRegistryProbe(
  ask: (signal: AbortSignal) => Promise<unknown>,
  clock: Pick<Clock, 'sleep' | 'monotonicMs'>,
): RegistryProbe {
  let wasThere = false
  let seenAtMs = Number.NEGATIVE_INFINITY
  let probing: Promise<boolean> | undefined

  function saw(isThere: boolean): void {
    wasThere = isThere
    seenAtMs = clock.monotonicMs()
  }

  async function probe(): Promise<boolean> {
    const over = new AbortController()
    const tooLate = clock.sleep(PROBE_MS_MAX, over.signal).then(() => false)
    const answered = ask(over.signal).then(
      () => true,
      () => false,
    )
    saw(await Promise.race([answered, tooLate]))
    over.abort()
    probing = undefined
    return wasThere
  }

  return {
    saw,
    async isThere() {
      if (clock.monotonicMs() - seenAtMs < FRESH_MS) return wasThere
      probing ??= probe()
      return probing
    },
  }
}
