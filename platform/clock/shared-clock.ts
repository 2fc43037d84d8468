import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from './clock.ts'

/** One clock for the processes of a machine that share a file: none of them is believed more than the file's own time. */
export interface SharedClock extends Pick<Clock, 'now'> {
  release(): void
}

/** What it reads. */
export interface SharedClockOptions {
  /** Files beside it keep the clock: `<path>.clock` and `<path>.clock-holder`. */
  readonly path: string
  /** What this process believes the time to be. */
  readonly own: Pick<Clock, 'now'>
  /** Milliseconds since the machine was started: the same in each of its processes. */
  readonly uptimeMs?: () => number
}

interface Kept {
  readonly bootId: string
  /** The time minus the uptime. */
  readonly offsetMs: number
}

// How old what was read may be.
const LOOK_MS = 250
// The files of a holder that has just begun are there within moments.
const WAIT_MS_MAX = 2_000
const WAIT_STEP_MS = 5
// Smaller corrections, as NTP makes them, are taken over from the next holder; a larger difference is somebody's mistake.
const CORRECTION_MS_MAX = 1_000
const DRIFT_MS_MAX = 10

/**
 * Opens the clock of a file. The first process that opens it holds it, and its time is the file's: should its wall clock
 * jump, so does the file's. When the holder dies another one holds the clock, and goes on from the time that was, whatever
 * its own says. So a process an hour ahead moves nobody's time while others are there.
 *
 * A server has a clock of its own; this is for SQLite, which has none.
 */
export function openSharedClock({ path, own, uptimeMs = systemUptimeMs }: SharedClockOptions): SharedClock {
  const file = `${path}.clock`
  const bootId = currentBootId()
  const lock = new DatabaseSync(`${path}.clock-holder`, { timeout: 0 })
  let isHolder = tryToHold(lock)
  /** How far the time of this process is from the file's. */
  let deviationMs = 0
  let kept = isHolder ? keep() : awaitHolder()
  let lookedMs = uptimeMs()

  function ownOffsetMs(): number {
    return own.now().getTime() - uptimeMs()
  }

  function keep(): Kept {
    const next = { bootId, offsetMs: ownOffsetMs() - deviationMs }
    // Readers see the old text or the new one.
    writeFileSync(`${file}.next`, JSON.stringify(next))
    renameSync(`${file}.next`, file)
    return next
  }

  function awaitHolder(): Kept {
    for (let waitedMs = 0; waitedMs < WAIT_MS_MAX; waitedMs += WAIT_STEP_MS) {
      const found = read(file)
      if (found?.bootId === bootId) return found
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_STEP_MS)
    }
    throw new Error(`${file} is held, and says no time`)
  }

  function look(): void {
    lookedMs = uptimeMs()
    kept = read(file) ?? kept
    isHolder = tryToHold(lock)
    if (!isHolder) return
    const differenceMs = ownOffsetMs() - kept.offsetMs
    deviationMs = Math.abs(differenceMs) > CORRECTION_MS_MAX ? differenceMs : 0
    kept = keep()
  }

  return {
    now() {
      if (!isHolder && uptimeMs() - lookedMs >= LOOK_MS) look()
      if (isHolder && Math.abs(ownOffsetMs() - deviationMs - kept.offsetMs) > DRIFT_MS_MAX) kept = keep()
      return new Date(uptimeMs() + kept.offsetMs)
    },
    release: () => lock.close(),
  }
}

/** @returns false while another process, or another clock of this one, holds it */
function tryToHold(lock: DatabaseSync): boolean {
  try {
    lock.exec('begin exclusive')
    return true
  } catch {
    return false
  }
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept
  } catch {
    return undefined
  }
}

function systemUptimeMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000
}

/** Which start of the machine this is, where the system tells; an uptime of another start means nothing. */
function currentBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}
