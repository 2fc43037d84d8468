/** Where the values of a sample lie. */
export type Spread = {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** The spread of some values, by nearest rank: each figure is one of them. Null of none. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = Float64Array.from(values).sort()
  const max = sorted.at(-1)
  if (max === undefined) return null
  return { p50: ranked(sorted, 50), p95: ranked(sorted, 95), p99: ranked(sorted, 99), max }
}

// The smallest value that at least so many percent of all do not exceed. Whole numbers, because 0.95 × 20 is not 19 in binary.
function ranked(sorted: Float64Array, percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0
}
