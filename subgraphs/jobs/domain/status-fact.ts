import type { JobState } from './job.ts'
import type { JobEvent } from './job-event.ts'

/** Where an execution is, as the executions context tells it. */
export type ExecutionStage =
  | 'UNKNOWN'
  | 'NONE'
  | 'QUEUED'
  | 'RUNNING'
  | 'RETRYING'
  | 'HELD'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'WAITING'
  | 'SKIPPED'

/** Something that a status follows from. */
export type StatusFact =
  | {
      readonly kind: 'job'
      readonly jobVersion: number
      /** Null keeps it. */
      readonly jobState: JobState | null
      /** What the scheduler decided before is past. */
      readonly reschedules: boolean
      /** It fires again: what failed before counts no more. */
      readonly resumes?: boolean
      /** Left out keeps it. */
      readonly pauseOnFailures?: number | null | undefined
      readonly at: Date
    }
  | {
      readonly kind: 'schedule'
      readonly appliedVersion: number
      readonly fired: readonly { readonly executionId: string; readonly scheduledFor: Date }[]
      readonly nextFireAt: Date | null
      readonly exhausted: boolean
      readonly at: Date
    }
  | {
      readonly kind: 'execution'
      readonly executionId: string
      readonly previousStatus: ExecutionStage
      readonly status: ExecutionStage
      /** No scheduler fired it: it is run again on somebody's wish, and only the executions context tells of it. */
      readonly isRepeat?: boolean
      readonly scheduledFor: Date
      readonly at: Date
    }

/** What an event says of the status; null when it says nothing. */
export function statusFactOf(event: JobEvent, jobVersion: number): StatusFact | null {
  const keep = { kind: 'job', jobVersion, jobState: null, reschedules: false } as const
  switch (event.type) {
    case 'JobCreated':
      return { ...keep, reschedules: true, at: new Date(event.createdAtMs), pauseOnFailures: event.pauseOnFailures }
    case 'JobUpdated':
      return {
        ...keep,
        reschedules: event.rescheduled,
        at: new Date(event.updatedAtMs),
        pauseOnFailures: event.pauseOnFailures,
      }
    case 'JobPaused':
      return { ...keep, jobState: 'PAUSED', reschedules: true, at: new Date(event.pausedAtMs) }
    case 'JobResumed':
      return { ...keep, jobState: 'ACTIVE', reschedules: true, resumes: true, at: new Date(event.resumedAtMs) }
    case 'JobArchived':
      return { ...keep, jobState: 'ARCHIVED', reschedules: true, at: new Date(event.archivedAtMs) }
    case 'JobCompleted':
      return { ...keep, jobState: 'COMPLETED', at: new Date(event.completedAtMs) }
    case 'JobCalendarsChanged':
      return { ...keep, reschedules: event.rescheduled, at: new Date(event.changedAtMs) }
    case 'JobTriggered':
    case 'JobBackfillRequested':
    case 'JobBackfillCancelled':
      return null
  }
}
