import type { ExecutionCommands } from '#executions'
import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import type { Log } from '#platform/telemetry'
import type { RunningAttempt } from './running-attempt.ts'

/** Carries lines from running attempts to their logs, many attempts at a time. */
export interface LogFlusher {
  /** An attempt has lines to write. */
  note(attempt: RunningAttempt): void
  /** The attempt's lines go with its result. */
  forget(attempt: RunningAttempt): void
  /** Writes what waits. */
  flush(): Promise<void>
  /** Ends the wait for more lines: nothing is written after it unless `flush` is called. */
  stop(): void
}

/** What the flusher stands on. */
export interface LogFlusherPorts {
  readonly executions: Pick<ExecutionCommands, 'appendLogs'>
  readonly clock: Clock
  readonly log: Log
  /** Told of attempts whose lines were refused. */
  onRefused(attempts: readonly RunningAttempt[]): void
}

const FLUSH_MS = 50
// Longer than a short task takes, whose lines then go with its result.
const FIRST_FLUSH_MS = 20
const FLUSH_CHARACTERS = 64 * 1024
/** Of one attempt in one unit: whoever logs much waits for its turn, and others with it do not. */
const CHARACTERS_A_FLUSH_MAX = 1024 * 1024

/** Flushes 20 ms after a line that comes after a pause, else every 50 ms, or at 64 Ki characters of one attempt. */
export function openLogFlusher({ executions, clock, log, onRefused }: LogFlusherPorts): LogFlusher {
  const waiting = new Set<RunningAttempt>()
  const stopped = new AbortController()
  let timer: AbortController | undefined
  let flushing: Promise<void> = Promise.resolve()
  let flushedMs = Number.NEGATIVE_INFINITY

  async function flushLater(): Promise<void> {
    const wait = new AbortController()
    timer = wait
    await clock.sleep(Math.max(FIRST_FLUSH_MS, flushedMs + FLUSH_MS - clock.monotonicMs()), wait.signal)
    timer = undefined
    flushedMs = clock.monotonicMs()
    if (!stopped.signal.aborted) await flush()
  }

  function flush(): Promise<void> {
    flushing = flushing.then(write)
    return flushing
  }

  async function write(): Promise<void> {
    const attempts = [...waiting].filter(({ phase }) => phase === 'running')
    waiting.clear()
    const appends = attempts
      .map((attempt) => ({
        attempt,
        claim: attempt.claim,
        chunks: attempt.log.unwritten(CHARACTERS_A_FLUSH_MAX),
        traceparent: attempt.traceparent,
      }))
      .filter(({ chunks }) => chunks.length > 0)
    if (appends.length === 0) return
    try {
      failPoint('executor.before-flush')
      const refused = new Set(await executions.appendLogs(appends))
      failPoint('executor.after-flush')
      for (const { attempt, chunks } of appends) {
        attempt.log.written(chunks)
        if (attempt.log.isWaiting()) note(attempt)
      }
      onRefused(attempts.filter(({ claim }) => refused.has(claim)))
    } catch (error) {
      // The lines stay with their attempts, and go with the next ones or with the result.
      log.warn('executor.logs_delayed', { attempts: appends.length, err: error })
      for (const { attempt } of appends) note(attempt)
    }
  }

  function note(attempt: RunningAttempt): void {
    if (stopped.signal.aborted) return
    waiting.add(attempt)
    if (!timer) void flushLater()
    if (attempt.log.freshCharacters() >= FLUSH_CHARACTERS) timer?.abort()
  }

  return {
    note,
    forget: (attempt) => waiting.delete(attempt),
    flush,
    stop() {
      stopped.abort()
      timer?.abort()
    },
  }
}
