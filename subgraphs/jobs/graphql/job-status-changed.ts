import { authorize, signedIn } from '#platform/identity'
import { watch } from '#platform/projections'
import type { JobStatus } from '../domain/job-status.ts'
import { findJob } from '../projections/find-jobs.ts'
import { statusKey, statusOfChange } from '../projections/job-status.ts'
import { findStatuses } from '../projections/job-status-rows.ts'
import type { JobsContext } from './context.ts'

/** One event of the subscription. */
export interface JobStatusChanged {
  readonly jobStatusChanged: JobStatus
}

/**
 * A job's status as it is now, then each change of it.
 *
 * @throws {DomainError} JOB_NOT_FOUND, for another's job as for none
 */
export async function watchStatus(
  { parts, feed, caller }: JobsContext,
  jobId: string,
): Promise<AsyncIterableIterator<JobStatusChanged>> {
  const { reader } = parts.database
  const { workspaceIds } = signedIn(caller)
  authorize(caller, 'read', await findJob(reader, workspaceIds, jobId), 'JOB_NOT_FOUND')
  const key = statusKey(jobId)
  return watch<JobStatusChanged>({
    feed,
    keys: [key],
    // Read past the loaders, which may remember an earlier state.
    async current() {
      const statuses = await findStatuses(reader, workspaceIds, [jobId])
      return [...statuses.values()].map((status) => ({
        key,
        version: status.version,
        state: { jobStatusChanged: status },
      }))
    },
    parse: ({ state }) => ({ jobStatusChanged: statusOfChange(state) }),
  })
}
