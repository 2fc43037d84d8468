/** A span in which nobody could decide, by the clock of the database. */
export interface Idle {
  readonly fromMs: number
  readonly toMs: number
}

/** Rounds of firing are this far apart, at most. */
const PROMPT_MS = 1_000

/** Whether something that was due at one instant could not be decided much before the other. */
export function excuses(idles: readonly Idle[]): (fromMs: number, toMs: number) => boolean {
  return (fromMs, toMs) => {
    let reachedMs = fromMs
    for (const idle of idles) {
      if (toMs - reachedMs <= PROMPT_MS) return true
      if (idle.fromMs <= reachedMs + PROMPT_MS && idle.toMs > reachedMs) reachedMs = idle.toMs
    }
    return toMs - reachedMs <= PROMPT_MS
  }
}
