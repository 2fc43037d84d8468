import type { ExecutionCommands } from '#executions'
import type { Clock } from '#platform/clock'
import type { Log } from '#platform/telemetry'
import type { RunningAttempt } from './running-attempt.ts'
import type { ProgressReport } from './tasks/index.ts'

/** Carries reports of progress, of many attempts at a time; of each attempt the last one. */
export interface ProgressWriter {
  note(attempt: RunningAttempt, report: ProgressReport): void
  /** Takes back what waits of an attempt: it goes with its result. */
  take(attempt: RunningAttempt): ProgressReport | undefined
  stop(): void
}

/** What it stands on. */
export interface ProgressWriterPorts {
  readonly executions: Pick<ExecutionCommands, 'noteProgress'>
  readonly clock: Clock
  readonly log: Log
}

const WRITE_MS = 500

/** Writes the first report of all at once, then what has come within each half second. */
export function openProgressWriter({ executions, clock, log }: ProgressWriterPorts): ProgressWriter {
  const waiting = new Map<RunningAttempt, ProgressReport>()
  const stopped = new AbortController()
  const numbers = new WeakMap<RunningAttempt, number>()
  let isWriting = false

  async function write(): Promise<void> {
    isWriting = true
    // What comes in the same turn goes with it.
    await clock.turn()
    while (waiting.size > 0 && !stopped.signal.aborted) {
      const batch = [...waiting].filter(([{ phase }]) => phase === 'running')
      waiting.clear()
      const reports = batch.map(([attempt, report]) => {
        const number = (numbers.get(attempt) ?? 0) + 1
        numbers.set(attempt, number)
        return { claim: attempt.claim, report, number }
      })
      try {
        if (reports.length > 0) await executions.noteProgress(reports)
      } catch (error) {
        log.warn('executor.progress_delayed', { attempts: batch.length, err: error })
        for (const [attempt, report] of batch) if (!waiting.has(attempt)) waiting.set(attempt, report)
      }
      await clock.sleep(WRITE_MS, stopped.signal)
    }
    isWriting = false
  }

  return {
    note(attempt, report) {
      if (stopped.signal.aborted) return
      waiting.set(attempt, report)
      if (!isWriting) void write()
    },
    take(attempt) {
      const report = waiting.get(attempt)
      waiting.delete(attempt)
      return report
    },
    stop: () => stopped.abort(),
  }
}
