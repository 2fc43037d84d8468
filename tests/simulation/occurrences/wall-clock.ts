// When a job must run, found the slow way: an oracle for what the scheduler wrote down, and a world for it to write in.
// Never uses the scheduler's own rules; of `#platform/schedule` it takes types, and the hash of a jitter, which is chance.

const QUARTER_MS = 900_000
const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, Map<number, number>>()

/** What a clock on the wall shows, as if it were UTC. */
export type WallMs = number

/** How far the clocks of a zone are ahead of UTC, read from `Intl` and nothing else. Zones change on a quarter of an hour. */
export function offsetMs(timeZone: string, atMs: number): number {
  if (timeZone === 'UTC') return 0
  const quarter = Math.floor(atMs / QUARTER_MS)
  const known = offsets.get(timeZone) ?? new Map<number, number>()
  offsets.set(timeZone, known)
  const found = known.get(quarter) ?? readOffsetMs(timeZone, quarter * QUARTER_MS)
  known.set(quarter, found)
  return found
}

/** The wall clock at an instant. */
export function wallOf(timeZone: string, atMs: number): WallMs {
  return atMs + offsetMs(timeZone, atMs)
}

/** The instants at which a wall clock shows this: one mostly, none in a gap, two where an hour comes twice. */
export function instantsOf(timeZone: string, wall: WallMs): readonly number[] {
  const around = [wall - 2 * DAY_MS, wall, wall + 2 * DAY_MS].map((atMs) => offsetMs(timeZone, atMs))
  const candidates = [...new Set(around)].map((offset) => wall - offset)
  return candidates.filter((atMs) => wallOf(timeZone, atMs) === wall).sort((one, other) => one - other)
}

/** For a wall time that does not exist: the first instant after the gap, and how far the clocks jumped. */
export function gapOf(timeZone: string, wall: WallMs): { readonly afterMs: number; readonly jumpMs: number } {
  let atMs = Math.floor((wall - offsetMs(timeZone, wall - 2 * DAY_MS)) / QUARTER_MS) * QUARTER_MS - 4 * QUARTER_MS * 4
  while (offsetMs(timeZone, atMs) === offsetMs(timeZone, atMs - QUARTER_MS) || wallOf(timeZone, atMs) < wall) {
    atMs += QUARTER_MS
    if (atMs > wall + 2 * DAY_MS) throw new Error(`there is no gap around ${new Date(wall).toISOString()}`)
  }
  return { afterMs: atMs, jumpMs: offsetMs(timeZone, atMs) - offsetMs(timeZone, atMs - QUARTER_MS) }
}

/** As people write it, with a fraction if there is one: `2026-03-08T03:00:00-04:00[America/New_York]`. */
export function wallText(timeZone: string, atMs: number): string {
  const minutes = offsetMs(timeZone, atMs) / 60_000
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const text = [hours, rest].map((part) => String(part).padStart(2, '0')).join(':')
  const fraction = new Date(atMs).toISOString().slice(19, 23).replace('.000', '')
  return `${localText(wallOf(timeZone, atMs))}${fraction}${minutes < 0 ? '-' : '+'}${text}[${timeZone}]`
}

/** `2026-03-08T02:30:00`. */
export function localText(wall: WallMs): string {
  return new Date(wall).toISOString().slice(0, 19)
}

function readOffsetMs(timeZone: string, atMs: number): number {
  const known =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(timeZone, known)
  const parts = new Map<string, number>(known.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]))
  const part = (type: string): number => parts.get(type) ?? 0
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - atMs
}
