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
    for (const key of keysOf(candidate)) {
      const distance = editDistance(wanted, key, distanceMax)
      if (distance > distanceMax) continue
      nearest = candidate
      distanceMax = distance - 1
    }
  }
  return nearest
}

/** How many letters must be put in, left out or changed (Levenshtein); infinite when more than `most`. */
function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return Number.POSITIVE_INFINITY
  const row: number[] = []
  for (let j = 0; j <= other.length; j++) row.push(j)
  for (let i = 1; i <= one.length; i++) {
    // Further than `most` from the diagonal all is more than `most`.
    const from = Math.max(1, i - most)
    const to = Math.min(other.length, i + most)
    let diagonal = row[from - 1] ?? 0
    let left = from === 1 ? i : most + 1
    row[from - 1] = left
    let least = left
    for (let j = from; j <= to; j++) {
      const above = j === i + most ? most + 1 : (row[j] ?? 0)
      const changed = diagonal + (one.charCodeAt(i - 1) === other.charCodeAt(j - 1) ? 0 : 1)
      diagonal = above
      left = Math.min(changed, above + 1, left + 1)
      row[j] = left
      if (left < least) least = left
    }
    // No later row holds less than this one.
    if (least > most) return Number.POSITIVE_INFINITY
  }
  return row[other.length] ?? 0
}
