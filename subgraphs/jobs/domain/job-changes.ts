import { policyOf } from '#platform/policy'
import { durationText } from '#platform/schedule'
import type { Archive, Job, Pause } from './job.ts'
import type { JobEvent } from './job-event.ts'

/** A field of a job, as the graph names it, with its values as the graph writes them. */
export interface FieldChange {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** What kind of change an event is, for people. */
export const CHANGE_TYPES = {
  JobCreated: 'CREATED',
  JobUpdated: 'UPDATED',
  JobPaused: 'PAUSED',
  JobResumed: 'RESUMED',
  JobArchived: 'ARCHIVED',
  JobCompleted: 'COMPLETED',
  JobTriggered: 'TRIGGERED',
  JobBackfillRequested: 'BACKFILL_REQUESTED',
  JobBackfillCancelled: 'BACKFILL_CANCELLED',
  JobCalendarsChanged: 'CALENDARS_CHANGED',
} as const satisfies { readonly [Type in JobEvent['type']]: string }

/** The fields in which a job differs from what it was; none for a new one, of which all is new. */
export function fieldChanges(before: Job | 'absent', after: Job): readonly FieldChange[] {
  if (before === 'absent') return []
  return Object.entries(FIELDS).flatMap(([field, read]) => {
    const [was, is] = [read(before), read(after)]
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ field, before: was, after: is }]
  })
}

/** When something happened, as the event says. */
export function happenedAt(event: JobEvent): Date {
  return new Date(happenedAtMs(event))
}

const FIELDS: { readonly [field: string]: (job: Job) => unknown } = {
  name: ({ name }) => name,
  schedule: ({ schedule }) => schedule,
  params: ({ params }) => JSON.parse(params) as unknown,
  timeZone: ({ timing }) => timing.timeZone,
  dstGap: ({ timing }) => timing.dstGap,
  dstOverlap: ({ timing }) => timing.dstOverlap,
  startAt: ({ timing }) => instant(timing.startAtMs),
  endAt: ({ timing }) => instant(timing.endAtMs),
  firesMax: ({ timing }) => timing.firesMax,
  jitter: ({ timing }) => durationText(timing.jitterMs),
  catchup: ({ timing }) => timing.catchup,
  catchupWindow: ({ timing }) => durationText(timing.catchupWindowMs),
  catchupMax: ({ timing }) => timing.catchupMax,
  lateAfter: ({ timing }) => durationText(timing.lateAfterMs),
  calendars: ({ timing }) => timing.calendars.map(({ name, version, on }) => ({ name, version, on })),
  pauseOnFailures: ({ pauseOnFailures }) => pauseOnFailures,
  retry: ({ policy }) => retryText(policy),
  timeouts: ({ policy }) => timeoutsText(policy),
  onUnknown: ({ policy }) => policyOf(policy).onUnknown,
  cancelGrace: ({ policy }) => durationText(policyOf(policy).cancelGraceMs),
  retention: ({ policy }) => retentionText(policy),
  priority: ({ policy }) => policyOf(policy).priority,
  concurrencyKey: ({ policy }) => policyOf(policy).concurrencyKey,
  concurrencyMax: ({ policy }) => policyOf(policy).concurrencyMax,
  rate: ({ policy }) => policyOf(policy).rate,
  unique: ({ policy }) => uniqueText(policy),
  afterJob: ({ afterJob }) => afterJob,
  overlap: ({ policy }) => policyOf(policy).overlap,
  bufferMax: ({ policy }) => policyOf(policy).bufferMax,
  state: ({ state }) => state,
  pause: ({ pause }) => pause && pauseText(pause),
  archive: ({ archive }) => archive && archiveText(archive),
}

function pauseText({ since, until, note, by, reason }: Pause): object {
  return { since: since.toISOString(), until: until?.toISOString() ?? null, note, by, reason }
}

function uniqueText(policy: string): object | null {
  const { unique } = policyOf(policy)
  return unique && { key: unique.key, window: durationText(unique.windowMs) }
}

function archiveText({ at, by, executions, openCount }: Archive): object {
  return { at: at.toISOString(), by, executions, openCount }
}

function retryText(policy: string): object {
  const { attemptsMax, backoffMs, backoffMsMax, nonRetryable } = policyOf(policy)
  return { attemptsMax, backoff: durationText(backoffMs), backoffMax: durationText(backoffMsMax), nonRetryable }
}

function timeoutsText(policy: string): object {
  const { scheduleToStartMs, startToCloseMs, scheduleToCloseMs, heartbeatMs } = policyOf(policy)
  return {
    scheduleToStart: span(scheduleToStartMs),
    startToClose: span(startToCloseMs),
    scheduleToClose: span(scheduleToCloseMs),
    heartbeat: span(heartbeatMs),
  }
}

function retentionText(policy: string): object {
  const { executionsKeptMs, logsKeptMs } = policyOf(policy)
  return { executions: span(executionsKeptMs), logs: span(logsKeptMs) }
}

function span(ms: number | null): string | null {
  return ms === null ? null : durationText(ms)
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function happenedAtMs(event: JobEvent): number {
  switch (event.type) {
    case 'JobCreated':
      return event.createdAtMs
    case 'JobUpdated':
      return event.updatedAtMs
    case 'JobPaused':
      return event.pausedAtMs
    case 'JobResumed':
      return event.resumedAtMs
    case 'JobArchived':
      return event.archivedAtMs
    case 'JobCompleted':
      return event.completedAtMs
    case 'JobTriggered':
      return event.triggeredAtMs
    case 'JobBackfillRequested':
      return event.requestedAtMs
    case 'JobBackfillCancelled':
      return event.cancelledAtMs
    case 'JobCalendarsChanged':
      return event.changedAtMs
  }
}
