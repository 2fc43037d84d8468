import type { Claim, ExecutionCommands, Place } from '#executions'
import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import type { Log, Metrics } from '#platform/telemetry'
import { openAttemptLog } from './attempt-log.ts'
import { openLogFlusher } from './log-flusher.ts'
import { type Finished, openResultWriter } from './result-writer.ts'
import type { Tasks } from './run-task.ts'
import type { RunningAttempt } from './running-attempt.ts'
import type { HttpPolicy } from './tasks/index.ts'
import { runTraced } from './trace-attempt.ts'

/** The attempts that an executor holds, from their claim until their result is written. */
export interface Attempts {
  start(claims: readonly Claim[]): void
  /** How many more may run in a place. */
  room(place: Place): number
  count(): number
  all(): Iterable<RunningAttempt>
  /** Ends the work on some attempts, or all: they are another's. Nothing more is written for them. */
  drop(attempts?: Iterable<RunningAttempt>): void
  /** Waits for all, but no longer than `graceMs`; then writes what the rest has logged and drops it. */
  finish(graceMs: number): Promise<void>
  /** Drops all and writes nothing any more. */
  kill(): void
}

/** What attempts need to be run. */
export interface AttemptsPorts {
  readonly executions: ExecutionCommands
  readonly clock: Clock
  readonly log: Log
  readonly tasks: Tasks
  readonly httpPolicy: HttpPolicy
  readonly capacity: Readonly<Record<Place, number>>
  readonly metrics?: Metrics
  /** There is room again. */
  onSlots(): void
}

/** Opens an empty set. */
export function openAttempts(ports: AttemptsPorts): Attempts {
  const { executions, clock, log, tasks, httpPolicy, capacity, onSlots } = ports
  const running = new Set<RunningAttempt>()
  const taken: Record<Place, number> = { loop: 0, worker: 0 }
  const emptied = new Set<() => void>()
  const count = countFinished(ports.metrics, () => running.size)
  const flusher = openLogFlusher({ executions, clock, log, onRefused: drop })
  const writer = openResultWriter({
    executions,
    clock,
    log,
    onWritten(finished) {
      for (const { attempt } of finished) remove(attempt)
      count(finished)
      onSlots()
    },
  })
  const taskPorts = { tasks, clock, history: executions.history, httpPolicy, onLogged: flusher.note }

  function remove(attempt: RunningAttempt): void {
    if (!running.delete(attempt)) return
    taken[attempt.place] -= 1
    if (running.size === 0) for (const tell of emptied) tell()
  }

  function drop(attempts: Iterable<RunningAttempt> = [...running]): void {
    for (const attempt of attempts) {
      attempt.phase = 'dropped'
      flusher.forget(attempt)
      remove(attempt)
      attempt.abort.abort()
    }
  }

  async function run(attempt: RunningAttempt): Promise<void> {
    failPoint('executor.before-start')
    const { outcome, artefacts } = await runTraced(taskPorts, attempt)
    if (attempt.phase !== 'running') return
    attempt.phase = 'finishing'
    flusher.forget(attempt)
    const { claim, traceparent } = attempt
    writer.write({ attempt, claim, outcome, artefacts, log: attempt.log.unwritten(), traceparent })
  }

  return {
    start(claims) {
      for (const claim of claims) {
        const place = tasks.taskNamed(claim.execution.jobType)?.place ?? 'loop'
        const attemptLog = openAttemptLog(clock, claim.logSeq)
        const attempt: RunningAttempt = {
          claim,
          place,
          log: attemptLog,
          abort: new AbortController(),
          phase: 'running',
        }
        running.add(attempt)
        taken[place] += 1
        void run(attempt)
      }
    },
    room: (place) => Math.max(0, capacity[place] - taken[place]),
    count: () => running.size,
    all: () => running,
    drop,
    async finish(graceMs) {
      const over = new AbortController()
      const tell = (): void => over.abort()
      emptied.add(tell)
      if (running.size > 0) await clock.sleep(graceMs, over.signal)
      emptied.delete(tell)
      await flusher.flush()
      flusher.stop()
      drop([...running].filter(({ phase }) => phase === 'running'))
      await writer.idle()
    },
    kill() {
      flusher.stop()
      drop()
    },
  }
}

function countFinished(metrics: Metrics | undefined, running: () => number): (finished: readonly Finished[]) => void {
  if (!metrics) return () => undefined
  metrics.gauge('carillon_attempts_running', 'Attempts that this executor holds.', running)
  const total = metrics.counter('carillon_attempts_total', 'Attempts that ended here, by status.', ['status'])
  return (finished) => {
    const succeeded = finished.filter(({ outcome }) => outcome.status === 'SUCCEEDED').length
    total.inc({ status: 'SUCCEEDED' }, succeeded)
    total.inc({ status: 'FAILED' }, finished.length - succeeded)
  }
}
