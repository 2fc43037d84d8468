import type { BackfillRequest, JobChange, JobChanged, JobLifecycle, JobTrigger, OpenCancelOrder, Timing } from '#avro'
import type { TimingOptions } from '#platform/schedule'
import type { Job, JobState } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'

/** What other services are told of a change: the job as it stands after it, whole. */
export function jobChanged(change: JobChange, event: JobEvent, after: Job): JobChanged {
  const { id: jobId, workspaceId, ownerId, version, name, jobType, schedule, params, scheduledSince } = after
  const trigger = triggerOf(event)
  const backfill = backfillOf(event)
  return {
    jobId,
    workspaceId,
    ownerId,
    version,
    change,
    name,
    jobType,
    schedule,
    params,
    state: LIFECYCLES[after.state],
    scheduledSince,
    trigger,
    timing: timingRecord(after.timing),
    pausedUntil: after.pause?.until ?? null,
    pauseNote: after.pause?.note ?? '',
    policy: after.policy,
    backfill,
    cancelsOpen: cancelOf(event),
    recordedAt: trigger?.triggeredAt ?? backfill?.requestedAt ?? after.updatedAt,
  }
}

// A completed job is as active as before for a scheduler, which finds nothing more to fire.
const LIFECYCLES: { readonly [State in JobState]: JobLifecycle } = {
  ACTIVE: 'ACTIVE',
  PAUSED: 'PAUSED',
  COMPLETED: 'ACTIVE',
  ARCHIVED: 'ARCHIVED',
}

function triggerOf(event: JobEvent): JobTrigger | null {
  if (event.type !== 'JobTriggered') return null
  const { executionId, key, params, follows = null, overlap = null, triggeredAtMs } = event
  return { executionId, key, params, triggeredAt: new Date(triggeredAtMs), follows, overlap }
}

function cancelOf(event: JobEvent): OpenCancelOrder | null {
  if (event.type !== 'JobArchived' || event.executions !== 'CANCEL') return null
  return { by: event.by ?? '' }
}

function backfillOf(event: JobEvent): BackfillRequest | null {
  if (event.type === 'JobBackfillRequested') {
    const { backfillId, fromMs, toMs, rerun, firesPerMinuteMax, overlap = null, requestedAtMs } = event
    const range = { from: new Date(fromMs), to: new Date(toMs) }
    return { backfillId, ...range, rerun, firesPerMinuteMax, overlap, requestedAt: new Date(requestedAtMs) }
  }
  if (event.type !== 'JobBackfillCancelled') return null
  // Of one that is cancelled only the id says something.
  const at = new Date(event.cancelledAtMs)
  const terms = { rerun: false, firesPerMinuteMax: 1, overlap: null }
  return { backfillId: event.backfillId, from: at, to: at, ...terms, requestedAt: at }
}

function timingRecord({ startAtMs, endAtMs, calendars, ...rest }: TimingOptions): Timing {
  return {
    ...rest,
    startAt: startAtMs === null ? null : new Date(startAtMs),
    endAt: endAtMs === null ? null : new Date(endAtMs),
    calendars: calendars.map(({ name, version, on, rules }) => ({ name, version, on, rules: JSON.stringify(rules) })),
  }
}
