/** Ids that were given out and not seen yet: their transactions are slow, or were undone. Both ends are included. */
export interface Gap {
  readonly first: number
  readonly last: number
  readonly sinceMs: number
}

/** Which ids of a table need not be looked at any more: all up to `through`, but those in gaps. */
export interface SettledIds {
  readonly through: number
  /** In order, without a common id. */
  readonly gaps: readonly Gap[]
}

/** Of a table that nobody has numbered yet. */
export const NOTHING_SETTLED: SettledIds = { through: 0, gaps: [] }

/** Longer than any transaction lasts. One that does last longer is found by the look at all rows that is made at times. */
export const GAP_MS_MAX = 10 * 60_000
const GAPS_MAX = 100

/**
 * What is settled once rows were numbered.
 *
 * @param ids all ids that were found in the gaps and above, in order; or the first of them, when `isAll` is false
 */
export function settle(
  { through, gaps }: SettledIds,
  ids: readonly number[],
  { isAll, nowMs }: { readonly isAll: boolean; readonly nowMs: number },
): SettledIds {
  const last = ids.at(-1) ?? 0
  const seenThrough = isAll ? Number.POSITIVE_INFINITY : last
  const open = gaps.flatMap((gap) => {
    const left = without(gap, ids, seenThrough)
    const isUntouched = left.length === 1 && left[0]?.first === gap.first && left[0].last === gap.last
    // Nothing is given up that was not looked at, nor what has just begun to come.
    if (!isUntouched) return left.map((each) => ({ ...each, sinceMs: nowMs }))
    return isAll && nowMs - gap.sinceMs >= GAP_MS_MAX ? [] : left
  })
  const fresh = last > through ? without({ first: through + 1, last, sinceMs: nowMs }, ids, seenThrough) : []
  return { through: Math.max(through, last), gaps: fewer([...open, ...fresh]) }
}

/** A gap without the ids that were found in it. What lies above `seenThrough` was not looked at. */
function without({ first, last, sinceMs }: Gap, ids: readonly number[], seenThrough: number): readonly Gap[] {
  const left: Gap[] = []
  let from = first
  for (const id of ids) {
    if (id < from) continue
    if (id > Math.min(last, seenThrough)) break
    if (id > from) left.push({ first: from, last: id - 1, sinceMs })
    from = id + 1
  }
  return from <= last ? [...left, { first: from, last, sinceMs }] : left
}

/** Of too many gaps neighbours become one, the closest first: what was numbered in between is looked at again. */
function fewer(gaps: readonly Gap[]): readonly Gap[] {
  const left = [...gaps]
  while (left.length > GAPS_MAX) {
    let closest = 1
    for (let index = 2; index < left.length; index++) {
      if (between(left, index) < between(left, closest)) closest = index
    }
    const [one, other] = left.slice(closest - 1, closest + 1)
    if (!one || !other) return left
    const sinceMs = Math.max(one.sinceMs, other.sinceMs)
    left.splice(closest - 1, 2, { first: one.first, last: other.last, sinceMs })
  }
  return left
}

function between(gaps: readonly Gap[], index: number): number {
  return (gaps[index]?.first ?? 0) - (gaps[index - 1]?.last ?? 0)
}

/** As it is stored. */
export function gapsText(gaps: readonly Gap[]): string {
  return JSON.stringify(gaps.map(({ first, last, sinceMs }) => [first, last, sinceMs]))
}

/** The gaps of a stored text. */
export function gapsOf(text: string): readonly Gap[] {
  const gaps = JSON.parse(text) as readonly (readonly [number, number, number])[]
  return gaps.map(([first, last, sinceMs]) => ({ first, last, sinceMs }))
}
