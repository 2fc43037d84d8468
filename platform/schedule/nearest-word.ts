/**
 * The candidate that a misspelt word probably means: the one that takes the fewest changes, if those are few.
 *
 * @param keysOf what of a candidate is compared; one that is near is enough
 */
export function nearestWord(
  wanted: string,
  candidates: readonly string[],
  keysOf: (candidate: string) => readonly string[] = (candidate) => [candidate],
): string | undefined {
  let nearest: string | undefined
  let distanceMax = Math.ceil(wanted.length / 4)
  for (const candidate of candidates) {
    const distance = Math.min(...keysOf(candidate).map((key) => editDistance(wanted, key)))
    if (distance > distanceMax) continue
    nearest = candidate
    distanceMax = distance - 1
  }
  return nearest
}

/** How many letters must be put in, left out or changed (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
