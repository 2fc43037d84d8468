import type { DueExecution } from '../task.ts'
import { type FailureRun, failureRuns, longestOf } from './failure-runs.ts'
import { type Spread, spreadOf } from './spread.ts'

/** How some nominal times were kept. Each that became an execution is counted under exactly one of the six ends. */
export type SlaFigures = {
  /** Nominal times that became executions. */
  readonly due: number
  /** Succeeded, and had started within the limit. */
  readonly onTime: number
  /** Succeeded, and had started later than that. */
  readonly late: number
  /** Never run: expired, or skipped by admission. */
  readonly missed: number
  /** Failed or timed out. */
  readonly failed: number
  readonly cancelled: number
  /** Not yet over. */
  readonly open: number
  /** Succeeded of those that succeeded, failed or were missed; rounded down, so that 100 means all. */
  readonly availabilityPercent: number | null
  /** From the nominal time to the start of the first attempt, of all that started. */
  readonly latenessMs: Spread | null
  /** From the start of the first attempt to the end, retries included, of all that succeeded or failed. */
  readonly durationMs: Spread | null
  /** Failed or missed ones without a success between. */
  readonly longestFailureRun: FailureRun | null
  /** Mean time from the first nominal time of such a run to the success that ended it. */
  readonly recoveryMsAverage: number | null
}

/** One job's figures. */
export type JobSla = SlaFigures & { readonly jobId: string; readonly jobType: string }

/** The figures of all jobs, and of each. */
export type Sla = {
  readonly totals: SlaFigures
  /** The least available first. */
  readonly byJob: readonly JobSla[]
  /** Executions of the period with another cause: triggered, chained, backfilled, retried by hand. They keep no nominal time. */
  readonly otherExecutions: number
}

/** The parts of an execution that decide how it is counted. */
type End = 'onTime' | 'late' | 'missed' | 'failed' | 'cancelled' | 'open'

const FAILED = new Set(['FAILED', 'TIMED_OUT'])
const MISSED = new Set(['EXPIRED', 'SKIPPED'])

/** Judges the executions of a period; the same id may come twice, and then the first counts. */
export function slaOf(executions: Iterable<DueExecution>, lateAfterMs: number): Sla {
  const byId = new Map<string, DueExecution>()
  let otherExecutions = 0
  const others = new Set<string>()
  for (const execution of executions) {
    if (execution.cause === 'schedule') {
      if (!byId.has(execution.id)) byId.set(execution.id, execution)
    } else if (!others.has(execution.id)) {
      others.add(execution.id)
      otherExecutions += 1
    }
  }
  const jobs = Map.groupBy(byId.values(), ({ jobId }) => jobId)
  const runs: FailureRun[] = []
  const byJob = [...jobs].map(([jobId, due]): JobSla => {
    due.sort(byDue)
    const own = failureRuns(due, (execution) => kindOf(endOf(execution, lateAfterMs)))
    runs.push(...own)
    return { jobId, jobType: due.at(-1)?.jobType ?? '', ...figures(due, own, lateAfterMs) }
  })
  return { totals: figures([...byId.values()], runs, lateAfterMs), byJob: byJob.toSorted(worstFirst), otherExecutions }
}

/** How an execution is counted. */
function endOf({ status, dueAtMs, startedAtMs }: DueExecution, lateAfterMs: number): End {
  if (status === 'SUCCEEDED') return (startedAtMs ?? dueAtMs) - dueAtMs > lateAfterMs ? 'late' : 'onTime'
  if (FAILED.has(status)) return 'failed'
  if (MISSED.has(status)) return 'missed'
  return status === 'CANCELLED' ? 'cancelled' : 'open'
}

function kindOf(end: End): 'good' | 'bad' | 'neither' {
  if (end === 'onTime' || end === 'late') return 'good'
  return end === 'failed' || end === 'missed' ? 'bad' : 'neither'
}

function figures(due: readonly DueExecution[], runs: readonly FailureRun[], lateAfterMs: number): SlaFigures {
  const counts: Record<End, number> = { onTime: 0, late: 0, missed: 0, failed: 0, cancelled: 0, open: 0 }
  const lateness: number[] = []
  const durations: number[] = []
  for (const execution of due) {
    const { dueAtMs, startedAtMs, finishedAtMs } = execution
    const end = endOf(execution, lateAfterMs)
    counts[end] += 1
    if (startedAtMs === null) continue
    lateness.push(Math.max(startedAtMs - dueAtMs, 0))
    const isJudged = end === 'onTime' || end === 'late' || end === 'failed'
    if (isJudged && finishedAtMs !== null) durations.push(finishedAtMs - startedAtMs)
  }
  const recoveries = runs.map(({ recoveredAfterMs }) => recoveredAfterMs).filter((ms) => ms !== null)
  return {
    due: due.length,
    ...counts,
    availabilityPercent: availability(counts),
    latenessMs: spreadOf(lateness),
    durationMs: spreadOf(durations),
    longestFailureRun: longestOf(runs),
    recoveryMsAverage:
      recoveries.length === 0 ? null : Math.round(recoveries.reduce((sum, ms) => sum + ms, 0) / recoveries.length),
  }
}

function availability({ onTime, late, missed, failed }: Record<End, number>): number | null {
  const good = onTime + late
  const judged = good + missed + failed
  return judged === 0 ? null : Math.floor((good * 100_000) / judged) / 1_000
}

function byDue(a: DueExecution, b: DueExecution): number {
  return a.dueAtMs - b.dueAtMs || compare(a.id, b.id)
}

function worstFirst(a: JobSla, b: JobSla): number {
  const [one, other] = [a.availabilityPercent ?? 101, b.availabilityPercent ?? 101]
  return one - other || b.due - a.due || compare(a.jobId, b.jobId)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
