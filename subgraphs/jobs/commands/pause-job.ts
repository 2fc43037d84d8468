import type { Caller } from '#platform/identity'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { changeJob } from './change-job.ts'

/**
 * Stops firing until the job is resumed. Executions that are open go on. A repetition changes nothing.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, VERSION_CONFLICT
 */
export function pauseJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, expectedVersion }: { readonly jobId: string; readonly expectedVersion?: number | null | undefined },
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  return changeJob(parts, caller, { jobId, action: 'change', correlationId }, (now) => {
    return { type: 'PauseJob', expectedVersion: expectedVersion ?? null, now }
  })
}
