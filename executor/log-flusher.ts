import type { ExecutionCommands } from '#executions'
import type { Clock } from '#platform/clock'
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

const FLUSH_MS = 100
const FLUSH_CHARACTERS = 64 * 1024

/** Flushes 100 ms after a first line, or at 64 Ki characters of one attempt. */
export function openLogFlusher({ executions, clock, log, onRefused }: LogFlusherPorts): LogFlusher {
  const waiting = new Set<RunningAttempt>()
  const stopped = new AbortController()
  let timer: AbortController | undefined
  let flushing: Promise<void> = Promise.resolve()

  async function flushLater(): Promise<void> {
    const wait = new AbortController()
    timer = wait
    await clock.sleep(FLUSH_MS, wait.signal)
    timer = undefined
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
        chunks: attempt.log.unwritten(),
        traceparent: attempt.traceparent,
      }))
      .filter(({ chunks }) => chunks.length > 0)
    if (appends.length === 0) return
    try {
      const refused = new Set(await executions.appendLogs(appends))
      for (const { attempt, chunks } of appends) attempt.log.written(chunks)
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
    if (attempt.log.openCharacters() >= FLUSH_CHARACTERS) timer?.abort()
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
