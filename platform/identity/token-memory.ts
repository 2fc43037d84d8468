import type { Caller } from './caller.ts'

/** Tokens whose signature was verified, by their exact text. */
export interface TokenMemory {
  recall(token: string): Caller | undefined
  remember(token: string, caller: Caller): void
  clear(): void
  /** Grows with each `clear`. */
  generation(): number
}

const TOKENS_MAX = 10_000

/**
 * Remembers the tokens that were used last, at most `tokensMax`, in two halves: when the young half is full it becomes
 * the old one, whose unused tokens are then forgotten. A hit costs one look-up and moves nothing.
 */
export function tokenMemory(tokensMax = TOKENS_MAX): TokenMemory {
  let young = new Map<string, Caller>()
  let old = new Map<string, Caller>()
  let generation = 0

  function remember(token: string, caller: Caller): void {
    if (young.size >= tokensMax / 2) {
      old = young
      young = new Map()
    }
    young.set(token, caller)
  }

  return {
    remember,
    recall(token) {
      const known = young.get(token)
      if (known) return known
      const faded = old.get(token)
      if (faded) remember(token, faded)
      return faded
    },
    clear() {
      young.clear()
      old.clear()
      generation += 1
    },
    generation: () => generation,
  }
}
