/** How a library differs from us around a change of the clocks. */
export interface Difference {
  readonly name: string
  readonly text: string
  readonly jumpMs: number
  readonly ended: string | null
  /** How many of our times it leaves out, and how many it adds. */
  readonly missing: number
  readonly extra: number
}

/** What differs, and why ours is as it is. */
export interface Cause {
  readonly key: string
  readonly what: string
  readonly why: string
}

const JUMP_MS_MIN = 3 * 3_600_000

/** Which of the causes a difference has. */
export function causeOf({ name, text, jumpMs, ended, missing, extra }: Difference): string {
  if (ended !== null) return `${name} ${ended}`
  const size = Math.abs(jumpMs) >= JUMP_MS_MIN ? 'jump' : ''
  const change = jumpMs > 0 ? `${size || 'gap'} forward` : `${size || 'repeat'} back`
  const [minute = '', hour = ''] = text.split(' ')
  const type = minute.startsWith('*') || hour.startsWith('*') ? 'interval' : 'fixed'
  return [name, change, type, missing > 0 && 'misses', extra > 0 && 'adds'].filter(Boolean).join(' ')
}

const ONCE = 'Rule 3: a fixed time that the clocks skip runs once, at the first instant after the gap'
const ANY = 'Rule 2: an interval fires whenever the clock matches, and only then'
const NO_GAP = 'Rule 4: a jump of three hours or more is no gap and no repeat'
const FIRST = 'Rule 3: a fixed time that comes twice runs the first time, unless its owner wants otherwise'

/** All that were found, by library and by kind of change. */
export const causes: readonly Cause[] = [
  { key: 'cron-parser throws', what: 'cron-parser throws', why: 'Rule 5: there is always a next time' },
  {
    key: 'cron-parser stands still',
    what: 'cron-parser gives a time that is not later',
    why: 'Rule 5: the next time is later',
  },
  {
    key: 'cron-parser gap forward fixed misses adds',
    what: 'cron-parser moves a skipped fixed time by the gap, always',
    why: `${ONCE}; SHIFT is ours to choose`,
  },
  { key: 'cron-parser gap forward fixed misses', what: 'cron-parser leaves out a skipped fixed time', why: ONCE },
  {
    key: 'cron-parser gap forward interval adds',
    what: 'cron-parser adds to an interval what it had none of in the gap',
    why: ANY,
  },
  {
    key: 'cron-parser gap forward interval misses',
    what: 'cron-parser leaves out times of an interval near a gap',
    why: ANY,
  },
  { key: 'cron-parser repeat back fixed misses adds', what: 'cron-parser takes the second pass', why: FIRST },
  { key: 'cron-parser repeat back fixed adds', what: 'cron-parser takes both passes', why: FIRST },
  { key: 'cron-parser repeat back interval misses', what: 'cron-parser leaves out a pass of an interval', why: ANY },
  { key: 'cron-parser jump forward fixed adds', what: 'cron-parser takes a long jump for a gap', why: NO_GAP },
  {
    key: 'cron-parser jump forward interval adds',
    what: 'cron-parser adds to an interval after a long jump',
    why: ANY,
  },
  {
    key: 'cron-parser jump forward interval misses',
    what: 'cron-parser leaves out times of an interval near a long jump',
    why: ANY,
  },
  { key: 'cron-parser jump back fixed misses', what: 'cron-parser takes a long jump back for a repeat', why: NO_GAP },
  { key: 'cron-parser jump back interval misses', what: 'cron-parser leaves out a pass of an interval', why: ANY },
  {
    key: 'croner gap forward fixed misses',
    what: 'croner leaves out a skipped fixed time when the expression names several, or the gap ends at midnight',
    why: ONCE,
  },
  {
    key: 'croner repeat back fixed adds',
    what: 'croner takes both passes when the expression names several hours',
    why: FIRST,
  },
  { key: 'croner jump forward fixed adds', what: 'croner takes a long jump for a gap', why: NO_GAP },
  { key: 'croner jump back fixed misses', what: 'croner takes a long jump back for a repeat', why: NO_GAP },
]
