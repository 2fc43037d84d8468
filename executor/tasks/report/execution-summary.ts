import type { ExecutionCount } from '../task.ts'
import { percent } from './sales.ts'

/** What came of some executions. Durations are in milliseconds, null when nothing has ended. */
export type Outcome = {
  readonly executions: number
  readonly succeeded: number
  readonly failed: number
  /** Other ends: cancelled, expired, skipped. */
  readonly otherwise: number
  /** Of those that succeeded or failed. */
  readonly successRatePercent: number | null
  readonly durationMsAverage: number | null
  readonly durationMsMax: number | null
}

/** The outcome of one job or job type. */
export type OutcomeOf = Outcome & { readonly jobType: string; readonly jobId: string | null }

/** What came of all executions of a period. */
export type ExecutionSummary = {
  readonly totals: Outcome
  readonly byStatus: Readonly<Record<string, number>>
  readonly byJobType: readonly OutcomeOf[]
  /** The busiest first. */
  readonly byJob: readonly OutcomeOf[]
}

const FAILURES = new Set(['FAILED', 'TIMED_OUT'])

/** Adds up the counts of the history. */
export function summarise(counts: readonly ExecutionCount[]): ExecutionSummary {
  const statuses = [...Map.groupBy(counts, ({ status }) => status)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    totals: outcome(counts),
    byStatus: Object.fromEntries(statuses.map(([status, rows]) => [status, sum(rows)])),
    byJobType: [...Map.groupBy(counts, ({ jobType }) => jobType)]
      .map(([jobType, rows]) => ({ jobType, jobId: null, ...outcome(rows) }))
      .toSorted(byActivity),
    // A job may have changed its type meanwhile: each type has a line of its own.
    byJob: [...Map.groupBy(counts, ({ jobId, jobType }) => JSON.stringify([jobId, jobType])).values()]
      .flatMap((rows) => rows.slice(0, 1).map(({ jobId, jobType }) => ({ jobType, jobId, ...outcome(rows) })))
      .toSorted(byActivity),
  }
}

function outcome(counts: readonly ExecutionCount[]): Outcome {
  const executions = sum(counts)
  const succeeded = sum(counts.filter(({ status }) => status === 'SUCCEEDED'))
  const failed = sum(counts.filter(({ status }) => FAILURES.has(status)))
  const durationMsTotal = counts.reduce((total, row) => total + row.durationMsTotal, 0)
  return {
    executions,
    succeeded,
    failed,
    otherwise: executions - succeeded - failed,
    successRatePercent: percent(succeeded, succeeded + failed),
    durationMsAverage: executions === 0 ? null : Math.round(durationMsTotal / executions),
    durationMsMax: executions === 0 ? null : counts.reduce((max, row) => Math.max(max, row.durationMsMax), 0),
  }
}

function sum(counts: readonly ExecutionCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0)
}

function byActivity(a: OutcomeOf, b: OutcomeOf): number {
  return b.executions - a.executions || compare(a.jobType, b.jobType) || compare(a.jobId ?? '', b.jobId ?? '')
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
