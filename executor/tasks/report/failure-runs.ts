import type { DueExecution } from '../task.ts'

/** Nominal times of one job in a row that were not kept. */
export type FailureRun = {
  readonly jobId: string
  readonly count: number
  /** The nominal time of the first, as ISO text. */
  readonly firstDueAt: string
  readonly lastDueAt: string
  /** From the first nominal time to the end of the success that followed; null while none has. */
  readonly recoveredAfterMs: number | null
}

/** The runs of one job's executions, which come in the order of their nominal times. What is neither good nor bad is passed over. */
export function failureRuns(
  due: readonly DueExecution[],
  kindOf: (execution: DueExecution) => 'good' | 'bad' | 'neither',
): readonly FailureRun[] {
  const runs: FailureRun[] = []
  let bad: DueExecution[] = []
  for (const execution of due) {
    const kind = kindOf(execution)
    if (kind === 'bad') bad.push(execution)
    else if (kind === 'good' && bad.length > 0) {
      runs.push(runOf(bad, execution.finishedAtMs))
      bad = []
    }
  }
  return bad.length > 0 ? [...runs, runOf(bad, null)] : runs
}

/** The longest, and of several the first. */
export function longestOf(runs: readonly FailureRun[]): FailureRun | null {
  return runs.reduce<FailureRun | null>(
    (longest, run) => (longest === null || isWorse(run, longest) ? run : longest),
    null,
  )
}

// Jobs come in the order of the history, on which a report must not depend.
function isWorse(run: FailureRun, than: FailureRun): boolean {
  if (run.count !== than.count) return run.count > than.count
  if (run.firstDueAt !== than.firstDueAt) return run.firstDueAt < than.firstDueAt
  return run.jobId < than.jobId
}

function runOf(bad: readonly DueExecution[], recoveredAtMs: number | null): FailureRun {
  const [first, last] = [bad[0], bad.at(-1)]
  const firstDueAtMs = first?.dueAtMs ?? 0
  return {
    jobId: first?.jobId ?? '',
    count: bad.length,
    firstDueAt: new Date(firstDueAtMs).toISOString(),
    lastDueAt: new Date(last?.dueAtMs ?? 0).toISOString(),
    recoveredAfterMs: recoveredAtMs === null ? null : recoveredAtMs - firstDueAtMs,
  }
}
