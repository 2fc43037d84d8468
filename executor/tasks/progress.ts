import type { Clock } from '#platform/clock'
import { depthExceeds, RESULT_DEPTH_MAX } from './limits.ts'
import { type Json, TaskError } from './task.ts'

/** What a task says of how far it is. All of it is optional; each report replaces the one before. */
export interface ProgressReport {
  /** From 0 to 100. */
  readonly percent?: number
  /** What it does now: a few words. */
  readonly step?: string
  /** For people. */
  readonly message?: string
  /** For programs. */
  readonly data?: Json
}

/** Characters of a step; what is longer is cut. */
const STEP_CHARACTERS_MAX = 200
const MESSAGE_CHARACTERS_MAX = 1_000
/** Bytes of a report's data as JSON. */
const DATA_BYTES_MAX = 4 * 1024
const INTERVAL_MS = 200

/**
 * A report within its limits.
 *
 * @throws {TaskError} TASK_PROGRESS_INVALID when it or a part is of another type, or `data` is no JSON, too large or too deep
 */
export function checkedProgress(report: ProgressReport): ProgressReport {
  // Plain JavaScript may report anything: a text has no field of these, and would be a report that says nothing.
  if (typeof report !== 'object' || report === null || Array.isArray(report)) throw invalid('it must be an object')
  const { percent, step, message, data } = report
  if (percent !== undefined && !(Number.isFinite(percent) && percent >= 0 && percent <= 100)) {
    throw invalid('percent must be from 0 to 100')
  }
  for (const text of [step, message]) {
    if (text !== undefined && typeof text !== 'string') throw invalid('step and message must be text')
  }
  return {
    ...(percent !== undefined && { percent }),
    ...(step !== undefined && { step: step.slice(0, STEP_CHARACTERS_MAX) }),
    ...(message !== undefined && { message: message.slice(0, MESSAGE_CHARACTERS_MAX) }),
    ...(data !== undefined && { data: checkedData(data) }),
  }
}

/** Reports, at most five a second; the last one wins. */
export interface ThrottledProgress {
  report(report: ProgressReport): void
  /** Sends what waits. */
  end(): void
}

/** Sends the first report at once, also of a task that blocks its loop afterwards. */
export function throttledProgress(
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
  send: (report: ProgressReport) => void,
): ThrottledProgress {
  const over = new AbortController()
  let waiting: ProgressReport | undefined
  let sentMs = Number.NEGATIVE_INFINITY
  let isTimed = false

  function flush(): void {
    if (waiting === undefined) return
    send(waiting)
    waiting = undefined
    sentMs = clock.monotonicMs()
  }

  async function flushLater(delayMs: number): Promise<void> {
    isTimed = true
    await clock.sleep(delayMs, over.signal)
    isTimed = false
    flush()
  }

  return {
    report(report) {
      waiting = checkedProgress(report)
      const delayMs = sentMs + INTERVAL_MS - clock.monotonicMs()
      if (delayMs <= 0) flush()
      else if (!isTimed) void flushLater(delayMs)
    },
    end() {
      flush()
      over.abort()
    },
  }
}

function checkedData(data: Json): Json {
  let json: string | undefined
  try {
    json = JSON.stringify(data)
  } catch (cause) {
    throw invalid('data must be JSON', { cause })
  }
  if (json === undefined) throw invalid('data must be JSON')
  if (Buffer.byteLength(json) > DATA_BYTES_MAX) throw invalid(`data has more than ${DATA_BYTES_MAX} bytes of JSON`)
  const plain: Json = JSON.parse(json)
  if (depthExceeds(plain, RESULT_DEPTH_MAX)) throw invalid(`data is nested deeper than ${RESULT_DEPTH_MAX} levels`)
  return plain
}

function invalid(why: string, options?: ErrorOptions): TaskError {
  return new TaskError('TASK_PROGRESS_INVALID', `a report of progress is wrong: ${why}`, options)
}
