import type { Unit } from '#platform/database'
import { type Apply, type Delivery, PoisonError } from '#platform/messaging'
import type { ReceivedChange } from '../commands/apply-job-changes.ts'
import { jobChange } from './job-change.ts'

/** Takes `job-events`: hands the changes of jobs to `apply`, a whole batch at once. */
export function jobEvents(apply: (unit: Unit, changes: readonly ReceivedChange[]) => Promise<void>): Apply {
  return (unit, deliveries) => apply(unit, deliveries.map(receivedChange))
}

/** @throws {PoisonError} when a record says what no job can be */
function receivedChange(delivery: Delivery): ReceivedChange {
  if (delivery.name !== 'carillon.jobs.JobChanged') throw new PoisonError(`job-events carries no ${delivery.name}`)
  const { value, stream, version, correlationId, traceparent } = delivery
  return {
    jobId: value.jobId,
    workspaceId: value.workspaceId,
    change: jobChange(value, traceparent),
    correlationId,
    traceparent,
    causationId: `${stream}@${version}`,
  }
}
