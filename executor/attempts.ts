import type { Claim, ExecutionCommands, Place } from '#executions'
import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import type { HttpPolicy } from '#platform/outbound'
import type { Log, Metrics } from '#platform/telemetry'
import { openAttemptLog } from './attempt-log.ts'
import { openAttemptSet } from './attempt-set.ts'
import { openCancellation } from './cancel-attempts.ts'
import { countFinished } from './count-finished.ts'
import { openHeartbeats } from './heartbeats.ts'
import { openLogFlusher } from './log-flusher.ts'
import { openProgressWriter } from './progress-writer.ts'
import { type Finished, openResultWriter } from './result-writer.ts'
import type { Tasks } from './run-task.ts'
import type { RunningAttempt } from './running-attempt.ts'
import { runTraced } from './trace-attempt.ts'

/** The attempts that an executor holds, from their claim until their result is written. */
export interface Attempts {
  start(claims: readonly Claim[]): void
  /** How many more may run in a place. */
  room(place: Place): number
  count(): number
  all(): Iterable<RunningAttempt>
  /** Asks tasks to end, with the grace of their policy. */
  cancel(attempts: readonly RunningAttempt[]): void
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

const ENDED_BY_GRACE = { outcome: { status: 'CANCELLED' }, artefacts: [] } as const

/** Opens an empty set. */
export function openAttempts(ports: AttemptsPorts): Attempts {
  const { executions, clock, log, tasks, httpPolicy, capacity, onSlots } = ports
  const held = openAttemptSet(clock, capacity)
  const count = countFinished(ports.metrics, () => held.all.size)
  const flusher = openLogFlusher({ executions, clock, log, onRefused: drop })
  const writer = openResultWriter({ executions, clock, log, onWritten })
  const heartbeats = openHeartbeats({ executions, clock, log })
  const progress = openProgressWriter({ executions, clock, log })
  const cancel = openCancellation({ executions, clock, log, onOver: (attempt) => finish(attempt, ENDED_BY_GRACE) })
  const reports = { onAlive: heartbeats.note, onLogged: flusher.note, onProgress: progress.note }
  const taskPorts = { executions, log, tasks, clock, history: executions.history, httpPolicy, ...reports }

  function onWritten(finished: readonly Finished[]): void {
    for (const { attempt } of finished) held.remove(attempt)
    count(finished)
    onSlots()
  }

  function drop(attempts: Iterable<RunningAttempt> = [...held.all]): void {
    for (const attempt of attempts) {
      attempt.phase = 'dropped'
      flusher.forget(attempt)
      progress.take(attempt)
      held.remove(attempt)
      attempt.over.abort()
      attempt.abort.abort()
    }
  }

  /** Who is given an attempt knows that the one before it is over, if that still runs here. */
  function dropFormer(claims: readonly Claim[]): void {
    const again = new Set(claims.filter(({ epoch }) => epoch > 1).map(({ execution }) => execution.id))
    if (again.size > 0)
      drop([...held.all].filter(({ phase, claim }) => phase === 'running' && again.has(claim.execution.id)))
  }

  async function run(attempt: RunningAttempt): Promise<void> {
    failPoint('executor.before-start')
    const done = await runTraced(taskPorts, attempt)
    failPoint('executor.after-effect')
    if (attempt.phase === 'running') finish(attempt, done)
  }

  function finish(attempt: RunningAttempt, { outcome, artefacts }: Pick<Finished, 'outcome' | 'artefacts'>): void {
    attempt.phase = 'finishing'
    attempt.over.abort()
    flusher.forget(attempt)
    const { claim, traceparent } = attempt
    const last = { log: attempt.log.unwritten(), progress: progress.take(attempt) }
    writer.write({ attempt, claim, outcome, artefacts, ...last, traceparent })
  }

  function stopReporting(): void {
    flusher.stop()
    heartbeats.stop()
    progress.stop()
  }

  return {
    start(claims) {
      dropFormer(claims)
      for (const claim of claims) {
        const attempt = newAttempt(claim, tasks, clock)
        held.add(attempt)
        void run(attempt)
      }
    },
    room: held.room,
    count: () => held.all.size,
    cancel,
    all: () => held.all,
    drop,
    async finish(graceMs) {
      await held.emptied(graceMs)
      await flusher.flush()
      stopReporting()
      drop([...held.all].filter(({ phase }) => phase === 'running'))
      await writer.idle()
    },
    kill() {
      stopReporting()
      drop()
    },
  }
}

function newAttempt(claim: Claim, tasks: Tasks, clock: Clock): RunningAttempt {
  return {
    claim,
    place: tasks.taskNamed(claim.execution.jobType)?.place ?? 'worker',
    log: openAttemptLog(clock, claim.logSeq),
    abort: new AbortController(),
    over: new AbortController(),
    phase: 'running',
  }
}
