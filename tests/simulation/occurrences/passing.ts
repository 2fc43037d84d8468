import type { Database } from '#platform/database'
import type { Draw } from '../draw.ts'
import type { Climate } from '../faults.ts'
import type { SimulatedTime } from '../simulated-time.ts'
import type { Idle } from './idle.ts'
import type { Post } from './post.ts'
import type { SchedulerProcess } from './scheduler-process.ts'

/** What all processes of a world live under. */
export interface Weather {
  /** By how much the database's clock was set forward, or back. */
  steppedMs: number
  /** Nothing may fire. */
  isHeldBack: boolean
  climate: Climate
}

/** What takes part as time passes. */
export interface PassingPorts {
  readonly time: SimulatedTime
  readonly database: Database
  readonly post: Post
  readonly draw: Draw
  readonly processes: readonly SchedulerProcess[]
  readonly weather: Weather
}

/** How time passes: from one moment at which something may happen to the next. */
export interface Passing {
  /** The spans in which nobody could decide. */
  readonly idles: readonly Idle[]
  /** By the clock of the database. */
  nowMs(): number
  /** Lets everybody do what is due at this moment. */
  serve(): Promise<void>
  /** Lets time pass, with everybody at work whenever something is due. */
  pass(durationMs: number): Promise<void>
  /** Sets the database's clock forward or back. */
  stepClock(byMs: number): void
  /** How far the database's clock is behind what it showed before it was set back. */
  behindMs(): number
}

/** Whoever is told to hold back, or fails, is back at it within so long. */
const RETRY_MS = 500
const STOPS_MAX = 20_000
const NEVER_MS = Number.POSITIVE_INFINITY

/** Opens the passing of time. */
export function openPassing({ time, database, post, draw, processes, weather }: PassingPorts): Passing {
  const idles: Idle[] = []
  const nowMs = (): number => time.nowMs() + weather.steppedMs
  let shownMs = nowMs()

  function isAnybodyThere(): boolean {
    const isRunning = processes.some(({ process }) => process.state === 'running')
    return isRunning && !processes.some(({ suspension }) => suspension.isOpen())
  }

  async function serve(): Promise<void> {
    await post.deliver(time.nowMs())
    for (const each of shuffled(processes, draw)) await each.round()
  }

  async function nextDueMs(): Promise<number> {
    if (weather.isHeldBack) return NEVER_MS
    const sql = 'select min(next_fire_at) as at from timetable'
    const row = await database.reader.get<{ at: number | null }>(sql)
    return typeof row?.at === 'number' ? row.at - weather.steppedMs : NEVER_MS
  }

  /** When something may happen next, as simulated time. */
  async function nextStopMs(): Promise<number> {
    if (!isAnybodyThere()) return NEVER_MS
    const seenMs = post.isAway ? NEVER_MS : (post.nextSeenMs() ?? NEVER_MS)
    // What is due still could not be done: soon again.
    const soon = (atMs: number): number => (atMs <= time.nowMs() ? time.nowMs() + RETRY_MS : atMs)
    return Math.min(soon(seenMs), soon(await nextDueMs()))
  }

  return {
    idles,
    nowMs,
    serve,
    async pass(durationMs) {
      const endMs = time.nowMs() + durationMs
      for (let stops = 0, atMs = NEVER_MS; atMs !== endMs; stops++) {
        if (stops > STOPS_MAX) throw new Error('something is due again and again')
        await serve()
        atMs = Math.min(await nextStopMs(), endMs)
        const [fromMs, isIdle] = [nowMs(), weather.isHeldBack || !isAnybodyThere()]
        await time.jump(atMs - time.nowMs())
        if (isIdle) idles.push({ fromMs, toMs: nowMs() })
      }
      await serve()
    },
    stepClock(byMs) {
      shownMs = Math.max(shownMs, nowMs())
      if (byMs > 0) idles.push({ fromMs: nowMs(), toMs: nowMs() + byMs })
      weather.steppedMs += byMs
    },
    behindMs: () => Math.max(0, shownMs - nowMs()),
  }
}

function shuffled<Item>(items: readonly Item[], draw: Draw): readonly Item[] {
  const ordered = items.map((item) => ({ item, order: draw.int(0, 1_000_000) }))
  return ordered.sort((one, other) => one.order - other.order).map(({ item }) => item)
}
