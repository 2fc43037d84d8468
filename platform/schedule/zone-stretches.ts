/** A time in which a zone's offset stays the same, from one change of its clocks (included) to the next. */
export interface Stretch {
  /** -Infinity before the first change. */
  readonly startMs: number
  /** Infinity after the last change. */
  readonly endMs: number
  /** What is added to UTC. */
  readonly offsetMs: number
  /** The offset just before; the same as `offsetMs` when nothing was before. */
  readonly offsetBeforeMs: number
  /** The offset just after; the same as `offsetMs` when nothing comes after. */
  readonly offsetAfterMs: number
}

/** A jump from here on is a new time, as when a country crosses the date line: neither a gap nor a repeat (Vixie's rule). */
const JUMP_MS_MIN = 3 * 3_600_000

/** Whether the clocks were put forward as this stretch began, over wall times that are missed. */
export function isGap({ offsetMs, offsetBeforeMs }: Stretch): boolean {
  return offsetMs > offsetBeforeMs && offsetMs - offsetBeforeMs < JUMP_MS_MIN
}

/** How much wall time comes twice where the offset changes so. */
export function repeatedMs(offsetBeforeMs: number, offsetAfterMs: number): number {
  const backMs = offsetBeforeMs - offsetAfterMs
  return backMs > 0 && backMs < JUMP_MS_MIN ? backMs : 0
}

// About 17 years, so that a zone's life is a handful of blocks, and each costs some 40 questions to Temporal, once.
const BLOCK_MS = 2 ** 39
const BLOCKS_MAX = 4_096
const EDGE_MS = 8_640_000_000_000_000 - 86_400_000

const blocks = new Map<string, Map<number, readonly Stretch[]>>()
let blocksKnown = 0

/**
 * The stretch of a zone that holds an instant. What was asked once is kept: a zone's changes only change with Node.
 *
 * @param timeZone a name for which `isTimeZone` holds
 */
export function stretchAt(timeZone: string, atMs: number): Stretch {
  const stretches = blockOf(timeZone, Math.floor(atMs / BLOCK_MS))
  let [low, high] = [0, stretches.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((stretches[middle]?.startMs ?? 0) <= atMs) low = middle
    else high = middle - 1
  }
  const found = stretches[low]
  if (!found) throw new Error(`no stretch of ${timeZone} at ${atMs}`)
  return found
}

function blockOf(timeZone: string, index: number): readonly Stretch[] {
  const known = blocks.get(timeZone)?.get(index)
  if (known) return known
  const stretches = readStretches(timeZone, index * BLOCK_MS, (index + 1) * BLOCK_MS)
  if (blocksKnown >= BLOCKS_MAX) {
    blocks.clear()
    blocksKnown = 0
  }
  const ofZone = blocks.get(timeZone) ?? new Map<number, readonly Stretch[]>()
  blocks.set(timeZone, ofZone.set(index, stretches))
  blocksKnown += 1
  return stretches
}

/** All stretches that touch a time, each in its full length. */
function readStretches(timeZone: string, fromMs: number, toMs: number): readonly Stretch[] {
  const first = Temporal.Instant.fromEpochMilliseconds(clamped(fromMs)).toZonedDateTimeISO(timeZone)
  // `previous` is strictly before what it is asked of.
  let start = first.add({ milliseconds: 1 }).getTimeZoneTransition('previous')
  let offsetBeforeMs = start === null ? offsetMsOf(first) : offsetMsOf(start.subtract({ milliseconds: 1 }))
  const stretches: Stretch[] = []
  for (let startMs = -Infinity; startMs < toMs; ) {
    const offsetMs = start === null ? offsetMsOf(first) : offsetMsOf(start)
    const end: Temporal.ZonedDateTime | null = (start ?? first).getTimeZoneTransition('next')
    const endMs = end?.epochMilliseconds ?? Infinity
    stretches.push({
      startMs: start?.epochMilliseconds ?? -Infinity,
      endMs,
      offsetMs,
      offsetBeforeMs,
      offsetAfterMs: end === null ? offsetMs : offsetMsOf(end),
    })
    offsetBeforeMs = offsetMs
    startMs = endMs
    start = end
  }
  return stretches
}

function clamped(ms: number): number {
  return Math.min(Math.max(ms, -EDGE_MS), EDGE_MS)
}

function offsetMsOf(at: Temporal.ZonedDateTime): number {
  return at.offsetNanoseconds / 1_000_000
}
