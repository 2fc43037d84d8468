import type { Caller } from '#platform/identity'
import type { Job } from '../domain/job.ts'
import type { OpenExecutions } from '../domain/job-event.ts'
import { openCount } from '../domain/job-status.ts'
import type { JobsParts } from '../parts.ts'
import { loadStatuses } from '../projections/job-status-rows.ts'
import { changeJob } from './change-job.ts'

/** What is archived, and what becomes of its executions that are open. */
export interface ArchiveJobInput {
  readonly jobId: string
  /** LET_FINISH when left out. */
  readonly executions?: OpenExecutions | null | undefined
  readonly expectedVersion?: number | null | undefined
}

/**
 * Ends a job for good. Its history stays. Executions that are open go on, or are cancelled with all that has fired by then.
 * A repetition changes nothing; who let them finish may still cancel them.
 *
 * @throws {DomainError} JOB_NOT_FOUND, VERSION_CONFLICT
 */
export function archiveJob(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, executions, expectedVersion }: ArchiveJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  return changeJob(parts, caller, { jobId, action: 'change', correlationId }, async ({ unit, actor: by }) => {
    const status = (await loadStatuses(unit, 'job_status', [jobId])).get(jobId)
    return {
      type: 'ArchiveJob',
      executions: executions ?? 'LET_FINISH',
      openCount: status ? openCount(status) : 0,
      by,
      expectedVersion: expectedVersion ?? null,
      now: unit.now,
    }
  })
}
