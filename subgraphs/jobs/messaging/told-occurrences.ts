import type { ExecutionChanged, Fire, ScheduleAdvanced, Skip } from '#avro'
import { type Delivery, PoisonError } from '#platform/messaging'
import type { Occurrence } from '../domain/occurrence.ts'
import type { UnrunFire, UnrunReason } from '../domain/unrun-fire.ts'
import type { ToldProgress } from '../projections/backfills.ts'

/**
 * The records of the ledger that a delivery tells, in the order of their nominal times.
 *
 * @throws {PoisonError} for an outcome that is not known here
 */
export function toldRecords(delivery: Delivery): readonly Occurrence[] {
  return delivery.name === 'carillon.scheduler.ScheduleAdvanced' ? occurrencesOf(delivery.value) : []
}

/** The executions of which a delivery tells that they were never run. */
export function toldUnrunFires({ name, value }: Delivery): readonly UnrunFire[] {
  if (name !== 'carillon.executions.ExecutionChanged') return []
  const reason = unrunReason(value)
  if (reason === null) return []
  const { workspaceId, jobId, cause, scheduledFor, jobVersion, executionId, blockedBy, changedAt: at } = value
  return [{ workspaceId, jobId, cause, scheduledFor, jobVersion, executionId, blockedBy, reason, at }]
}

function unrunReason({ status, previousStatus, errorCode, hadWaited }: ExecutionChanged): UnrunReason | null {
  if (status === 'EXPIRED') return 'SCHEDULE_TO_START'
  if (status !== 'SKIPPED') return null
  if (errorCode === 'SKIPPED_OVERLAP') return 'EXECUTION_OPEN'
  if (errorCode === 'DUPLICATE') return 'DUPLICATE'
  if (errorCode !== 'DROPPED_BUFFER') return null
  // What waited already was replaced by a newer one; what never did found no room.
  return hadWaited || previousStatus === 'WAITING' ? 'REPLACED' : 'BUFFER_FULL'
}

/** What a delivery tells of backfills. */
export function toldProgress(delivery: Delivery): readonly ToldProgress[] {
  if (delivery.name !== 'carillon.scheduler.ScheduleAdvanced') return []
  const { jobId, backfills } = delivery.value
  return backfills.map((progress) => ({ jobId, progress }))
}

function occurrencesOf(advanced: ScheduleAdvanced): readonly Occurrence[] {
  const skipped = advanced.skipped.map((skip) => skippedOccurrence(advanced, skip))
  const fired = advanced.fired.map((fire) => firedOccurrence(advanced, fire))
  // What the clocks jumped over comes before what fires at the first instant after them: the sort is stable.
  return [...skipped, ...fired].sort((one, other) => one.scheduledFor.getTime() - other.scheduledFor.getTime())
}

function firedOccurrence({ appliedVersion, ...advanced }: ScheduleAdvanced, fire: Fire): Occurrence {
  return {
    workspaceId: advanced.workspaceId,
    jobId: advanced.jobId,
    cause: fire.cause,
    scheduledFor: fire.scheduledFor,
    through: fire.scheduledFor,
    count: 1,
    wallTime: fire.wallTime || null,
    outcome: 'FIRED',
    reason: firedReason(fire),
    detail: '',
    isLate: fire.isLate,
    effectiveAt: fire.effectiveAt ?? fire.scheduledFor,
    decidedAt: advanced.decidedAt,
    // Before fires named their version, a record held those of one version alone.
    jobVersion: fire.jobVersion || appliedVersion,
    tzdbVersion: advanced.tzdbVersion,
    executionId: fire.executionId,
  }
}

function firedReason({ cause, isLate }: Fire): string {
  if (cause.startsWith('trigger:')) return 'TRIGGERED'
  if (cause.startsWith('chain:')) return 'CHAINED'
  if (cause.startsWith('backfill:')) return 'BACKFILLED'
  return isLate ? 'LATE' : 'ON_TIME'
}

function skippedOccurrence({ appliedVersion, ...advanced }: ScheduleAdvanced, skip: Skip): Occurrence {
  const { jobId, workspaceId } = advanced
  const { outcome, cause, reason, detail, wallTime } = skip
  if (outcome === 'UNKNOWN') throw new PoisonError(`a skip of job ${jobId} has an outcome that is not known here`)
  return {
    workspaceId,
    jobId,
    cause,
    scheduledFor: skip.from,
    through: skip.through,
    count: skip.count,
    wallTime,
    outcome,
    reason,
    detail,
    isLate: false,
    effectiveAt: null,
    decidedAt: advanced.decidedAt,
    jobVersion: skip.jobVersion || appliedVersion,
    tzdbVersion: advanced.tzdbVersion,
    executionId: null,
  }
}
