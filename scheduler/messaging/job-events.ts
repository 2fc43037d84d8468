import type { JobChanged } from '#avro'
import type { Unit } from '#platform/database'
import { isDomainError } from '#platform/domain'
import { type Apply, type Delivery, PoisonError } from '#platform/messaging'
import type { ReceivedChange } from '../commands/apply-job-changes.ts'
import { parsedSchedule } from '../domain/parsed-schedule.ts'

// What a key column of the ledger holds.
const CAUSE_LENGTH_MAX = 191

/** Takes `job-events`: hands the changes of jobs to `apply`, a whole batch at once. */
export function jobEvents(apply: (unit: Unit, changes: readonly ReceivedChange[]) => Promise<void>): Apply {
  return (unit, deliveries) => apply(unit, deliveries.map(receivedChange))
}

/** @throws {PoisonError} when a record says what no job can be */
function receivedChange(delivery: Delivery): ReceivedChange {
  if (delivery.name !== 'carillon.jobs.JobChanged') throw new PoisonError(`job-events carries no ${delivery.name}`)
  const { value, stream, version, correlationId, traceparent } = delivery
  if (value.state === 'UNKNOWN') throw new PoisonError(`the state of job ${value.jobId} is none that is known here`)
  checkSchedule(value)
  if (value.trigger && `trigger:${value.trigger.key}`.length > CAUSE_LENGTH_MAX) {
    throw new PoisonError(`the key of a trigger of job ${value.jobId} is too long`)
  }
  return {
    jobId: value.jobId,
    workspaceId: value.workspaceId,
    change: {
      version: value.version,
      jobType: value.jobType,
      schedule: value.schedule,
      params: value.params,
      state: value.state,
      scheduledSince: value.scheduledSince,
      changedAt: value.recordedAt,
      trigger: value.trigger,
      ...(value.trigger && traceparent !== undefined && { traceparent }),
    },
    correlationId,
    traceparent,
    causationId: `${stream}@${version}`,
  }
}

function checkSchedule({ jobId, schedule }: JobChanged): void {
  try {
    parsedSchedule(schedule)
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw new PoisonError(`the schedule of job ${jobId} cannot be read: ${error.message}`, { cause: error })
  }
}
