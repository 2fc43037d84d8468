import type { Metrics } from '#platform/telemetry'
import type { Finished } from './result-writer.ts'

/** Counts attempts that ended, by how. */
export function countFinished(
  metrics: Metrics | undefined,
  running: () => number,
): (finished: readonly Finished[]) => void {
  if (!metrics) return () => undefined
  metrics.gauge('carillon_attempts_running', 'Attempts that this executor holds.', running)
  const total = metrics.counter('carillon_attempts_total', 'Attempts that ended here, by status.', ['status'])
  return (finished) => {
    for (const status of ['SUCCEEDED', 'FAILED', 'CANCELLED'] as const) {
      total.inc({ status }, finished.filter(({ outcome }) => outcome.status === status).length)
    }
  }
}
