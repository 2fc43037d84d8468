import { decidedThroughAtStart, durationText, nextAfter } from '#platform/schedule'
import { timetableIn } from './definition.ts'
import type { Job } from './job.ts'
import type { JobStatus } from './job-status.ts'
import type { Missed } from './missed.ts'

// Long enough for a scheduler to restart, and for its word to come.
const SILENCE_MS_MAX = 30_000

/** What a job has to be looked at for. */
export type Awaited = Pick<
  JobStatus,
  'jobId' | 'workspaceId' | 'jobState' | 'scheduleVersion' | 'advancedVersion' | 'nextFireAt' | 'exhausted'
>

/** The nominal time of which the scheduler has to tell next; null when there is none. */
export function awaitedAt(
  job: Job,
  { jobState, scheduleVersion, advancedVersion, nextFireAt, exhausted }: Awaited,
): Date | null {
  if (jobState !== 'ACTIVE') return null
  if (advancedVersion >= scheduleVersion) return exhausted ? null : nextFireAt
  return nextAfter(timetableIn({ job }), decidedThroughAtStart(job.scheduledSince))
}

/** A nominal time of which nobody has told though it is late, and 30 s more have passed; null when there is none. */
export function overdue(job: Job, status: Awaited, now: Date): Omit<Missed, 'id'> | null {
  const due = awaitedAt(job, status)
  if (due === null) return null
  const { jitterMs, lateAfterMs } = job.timing
  const waitedMs = now.getTime() - due.getTime()
  if (waitedMs <= jitterMs + lateAfterMs + SILENCE_MS_MAX) return null
  return {
    workspaceId: status.workspaceId,
    jobId: status.jobId,
    kind: 'OVERDUE',
    cause: 'schedule',
    scheduledFor: due,
    through: due,
    count: 1,
    wallTime: null,
    reason: 'SCHEDULER_BEHIND',
    detail: `no scheduler has said anything of it for ${durationText(Math.floor(waitedMs / 1_000) * 1_000)}`,
    jobVersion: status.scheduleVersion,
    lateByMs: null,
    executionId: null,
    at: now,
  }
}
