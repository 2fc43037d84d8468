import type { ExecutionCommands, FinishedAttempt } from '#executions'
import type { ExecutorPorts } from '#services/executor'
import type { Faults } from './faults.ts'
import type { SimulatedProcess } from './simulated-time.ts'

/** A result that an executor was told is written. */
export interface AcknowledgedResult {
  readonly executionId: string
  readonly attempt: number
  readonly executorId: string
  readonly status: FinishedAttempt['outcome']['status']
}

/** A task that ran while a later attempt at the same execution ran, too. */
export interface Overlap {
  readonly what: string
  /** When the later one began, and until when the earlier one could be told. */
  readonly fromMs: number
  untilMs: number | null
}

/** What the executors really did, as the world outside of the databases sees it. */
export interface Effects {
  readonly acknowledged: readonly AcknowledgedResult[]
  /** What must never be. */
  readonly findings: readonly string[]
  /** How many tasks began. */
  begun(): number
  /** Which tasks ran at the same time in two processes that both were at work when the later one began. */
  readonly overlaps: readonly Overlap[]
  /** A task begins. @returns what to call when it ends, or is told to */
  begin(task: { readonly executionId: string; readonly attempt: number }, process: SimulatedProcess): () => void
  acknowledge(results: readonly FinishedAttempt[]): void
}

interface Open {
  readonly executionId: string
  readonly attempt: number
  readonly process: SimulatedProcess
  readonly overlaps: Overlap[]
}

/** Opens the record of effects. */
export function openEffects(): Effects {
  const open = new Set<Open>()
  const overlaps: Overlap[] = []
  const acknowledged: AcknowledgedResult[] = []
  const findings: string[] = []
  let tasks = 0
  return {
    acknowledged,
    findings,
    begun: () => tasks,
    overlaps,
    begin({ executionId, attempt }, process) {
      tasks += 1
      for (const other of open) {
        // Nobody can stop a frozen process from having begun; all it does when it comes back is refused.
        if (other.executionId !== executionId || other.process.state !== 'running') continue
        const both = `${other.attempt} in ${other.process.name} and ${attempt} in ${process.name}`
        const what = `two attempts of ${executionId} run at once: ${both}`
        findings.push(what)
        const overlap: Overlap = { what, fromMs: process.clock.monotonicMs(), untilMs: null }
        overlaps.push(overlap)
        other.overlaps.push(overlap)
      }
      const own: Open = { executionId, attempt, process, overlaps: [] }
      open.add(own)
      const isOver = (): void => {
        for (const overlap of own.overlaps) overlap.untilMs ??= process.clock.monotonicMs()
      }
      // Nor can anybody stop one that freezes before it was told.
      process.onState(isOver)
      return () => {
        open.delete(own)
        isOver()
      }
    },
    acknowledge(results) {
      for (const { claim, outcome } of results) {
        const { execution, epoch: attempt, executorId } = claim
        acknowledged.push({ executionId: execution.id, attempt, executorId, status: outcome.status })
      }
    },
  }
}

/**
 * Commands whose acknowledged results are remembered. A process that is to freeze with a result in hand does so here, on the
 * way to the database.
 */
export function observedCommands(
  commands: ExecutionCommands,
  {
    process,
    faults,
    effects,
  }: { readonly process: SimulatedProcess; readonly faults: Faults; readonly effects: Effects },
): ExecutionCommands {
  return {
    ...commands,
    async finish(finished) {
      if (faults.freezesAtResult()) process.freeze()
      await commands.finish(finished)
      if (process.state === 'running') effects.acknowledge(finished)
    },
  }
}

/** Tasks whose begin and end are remembered. One that was told to end has ended. */
export function observedTasks(
  runTask: ExecutorPorts['tasks']['runTask'],
  process: SimulatedProcess,
  effects: Effects,
): ExecutorPorts['tasks']['runTask'] {
  return async (task, params, context, ending) => {
    const end = effects.begin(context, process)
    context.signal.addEventListener('abort', end, { once: true })
    try {
      return await runTask(task, params, context, ending)
    } finally {
      end()
    }
  }
}
