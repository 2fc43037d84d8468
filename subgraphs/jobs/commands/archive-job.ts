import type { Caller } from '#platform/identity'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { changeJob } from './change-job.ts'

/**
 * Ends a job for good. Its history stays, and executions that are open go on. A repetition changes nothing.
 *
 * @throws {DomainError} JOB_NOT_FOUND, VERSION_CONFLICT
 */
export function archiveJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, expectedVersion }: { readonly jobId: string; readonly expectedVersion?: number | null | undefined },
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  return changeJob(parts, caller, { jobId, action: 'change', correlationId }, (now) => {
    return { type: 'ArchiveJob', expectedVersion: expectedVersion ?? null, now }
  })
}
