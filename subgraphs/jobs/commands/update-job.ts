import { DomainError } from '#platform/domain'
import type { Caller } from '#platform/identity'
import { parseSchedule } from '#platform/schedule'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { changeJob } from './change-job.ts'
import { inputChecker } from './job-input.ts'

/** What is to change. What is left out, or null, stays. */
export interface UpdateJobInput {
  readonly jobId: string
  readonly name?: string | null | undefined
  readonly schedule?: string | null | undefined
  readonly params?: unknown
  readonly expectedVersion?: number | null | undefined
}

/**
 * Changes a job. A new schedule counts from now.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, VERSION_CONFLICT, INVALID_SCHEDULE, INVALID_PARAMS, BAD_USER_INPUT
 */
export function updateJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, name, schedule, params, expectedVersion }: UpdateJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  return changeJob(parts, caller, { jobId, action: 'change', correlationId }, (now, seen) => {
    const check = inputChecker(parts.jobTypes, now)
    const isNewSchedule = schedule != null && schedule.trim() !== seen.schedule
    return {
      type: 'UpdateJob',
      name: name == null ? null : check.name(name),
      // One that is over may stay: only a new one must have a future.
      schedule: isNewSchedule ? lyingAhead(check.schedule(schedule), now) : null,
      params: params == null ? null : check.params(seen.jobType, params),
      expectedVersion: expectedVersion ?? null,
      now,
    }
  })
}

/** A new job may be a little late for its `@at`; an edit counts from now, so an instant that has passed would never come. */
function lyingAhead(text: string, now: Date): string {
  const schedule = parseSchedule(text)
  if (schedule.kind !== 'at' || schedule.at > now) return text
  const message = `${schedule.at.toISOString()} has passed; an edit needs a time ahead, and triggerJob runs a job now`
  throw new DomainError('INVALID_SCHEDULE', message, { path: 'schedule', position: 0 })
}
