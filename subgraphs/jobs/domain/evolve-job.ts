import { DEFAULT_POLICY } from '#platform/policy'
import { defaultTimingOptions } from '#platform/schedule'
import type { Archive, Job, Pause } from './job.ts'
import type { JobEvent } from './job-event.ts'

/** The job that its first event makes. Where timing is not named, the default holds. */
export function newJob(event: Extract<JobEvent, { type: 'JobCreated' }>): Job {
  const { jobId: id, workspaceId, ownerId, name, jobType, schedule, params } = event
  const at = new Date(event.createdAtMs)
  return {
    id,
    workspaceId,
    ownerId,
    name,
    jobType,
    schedule,
    params,
    timing: event.timing ?? defaultTimingOptions,
    state: 'ACTIVE',
    pause: null,
    pauseOnFailures: event.pauseOnFailures ?? null,
    policy: event.policy ?? DEFAULT_POLICY,
    afterJob: event.afterJob ?? null,
    archive: null,
    scheduledSince: at,
    createdAt: at,
    updatedAt: at,
    version: 1,
    sentVersion: 1,
  }
}

/** The job after a later event, but for its version. */
export function changed(state: Job, event: Exclude<JobEvent, { type: 'JobCreated' }>): Job {
  switch (event.type) {
    case 'JobUpdated':
      return updated(state, event)
    case 'JobPaused':
      return { ...state, state: 'PAUSED', pause: pauseOf(state, event), updatedAt: new Date(event.pausedAtMs) }
    case 'JobResumed':
      return resumed(state, new Date(event.resumedAtMs))
    case 'JobArchived':
      return {
        ...state,
        state: 'ARCHIVED',
        pause: null,
        afterJob: null,
        archive: archiveOf(state, event),
        updatedAt: new Date(event.archivedAtMs),
      }
    case 'JobCompleted':
      return { ...state, state: 'COMPLETED', updatedAt: new Date(event.completedAtMs) }
    case 'JobCalendarsChanged': {
      const { calendars, rescheduled } = event
      const updatedAt = new Date(event.changedAtMs)
      const timing = { ...state.timing, calendars }
      return { ...state, timing, updatedAt, scheduledSince: rescheduled ? updatedAt : state.scheduledSince }
    }
    case 'JobTriggered':
    case 'JobBackfillRequested':
    case 'JobBackfillCancelled':
      return state
  }
}

function updated(state: Job, event: Extract<JobEvent, { type: 'JobUpdated' }>): Job {
  const { name, schedule, params, rescheduled } = event
  const updatedAt = new Date(event.updatedAtMs)
  const timing = event.timing ?? state.timing
  const pauseOnFailures = event.pauseOnFailures === undefined ? state.pauseOnFailures : event.pauseOnFailures
  const policy = event.policy ?? state.policy
  const afterJob = event.afterJob === undefined ? state.afterJob : event.afterJob
  const after = { ...state, name, schedule, params, timing, pauseOnFailures, policy, afterJob, updatedAt }
  if (!rescheduled) return after
  const again = state.state === 'COMPLETED' ? 'ACTIVE' : state.state
  return { ...after, state: again, scheduledSince: updatedAt }
}

function archiveOf({ archive }: Job, event: Extract<JobEvent, { type: 'JobArchived' }>): Archive | null {
  const { executions, openCount = 0, by = '', archivedAtMs } = event
  if (executions === undefined) return archive
  return { at: archive?.at ?? new Date(archivedAtMs), by, executions, openCount }
}

function pauseOf(state: Job, event: Extract<JobEvent, { type: 'JobPaused' }>): Pause {
  const { pausedAtMs, untilMs = null, note = null, by = '', reason = 'ASKED' } = event
  return {
    // Who changes the note of a pause does not begin another one.
    since: state.pause?.since ?? new Date(pausedAtMs),
    until: untilMs === null ? null : new Date(untilMs),
    note,
    by,
    reason,
  }
}

function resumed(state: Job, resumedAt: Date): Job {
  // A pause that has ended by itself may be found out after a later change, and takes nothing of that back.
  const latest = (one: Date, other: Date): Date => (one > other ? one : other)
  return {
    ...state,
    state: 'ACTIVE',
    pause: null,
    // What came during the pause is passed over.
    scheduledSince: latest(state.scheduledSince, resumedAt),
    updatedAt: latest(state.updatedAt, resumedAt),
  }
}
