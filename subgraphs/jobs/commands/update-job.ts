import type { Caller } from '#platform/identity'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { keepCalendars } from '../projections/calendars.ts'
import { changeJob } from './change-job.ts'
import { checkChains } from './check-chains.ts'
import { type ChangeJobInput, inputChecker } from './job-input.ts'
import { calendarNames } from './timing-input.ts'

/** What is to change of which job. */
export interface UpdateJobInput extends ChangeJobInput {
  readonly jobId: string
  readonly expectedVersion?: number | null | undefined
}

/**
 * Changes a job. A new schedule, or anything else that says when it runs, counts from now.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, VERSION_CONFLICT, INVALID_SCHEDULE, INVALID_TIME_ZONE,
 *   INVALID_PARAMS, UNKNOWN_CALENDAR, CHAIN_CYCLE, LIMIT_EXCEEDED, BAD_USER_INPUT
 */
export function updateJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, expectedVersion, ...input }: UpdateJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  return changeJob(parts, caller, { jobId, action: 'change', correlationId }, async ({ unit }, current) => {
    const calendars = await keepCalendars(unit, current.workspaceId, calendarNames([input]))
    const changes = inputChecker(parts.jobTypes, unit.now, calendars).change(input, current)
    const { afterJob } = changes
    if (afterJob && afterJob.jobId !== current.afterJob?.jobId) {
      const following = { afterJobId: afterJob.jobId, job: current, added: 1 }
      await checkChains(unit, current.workspaceId, [following])
    }
    return { type: 'UpdateJob', ...changes, expectedVersion: expectedVersion ?? null, now: unit.now }
  })
}
