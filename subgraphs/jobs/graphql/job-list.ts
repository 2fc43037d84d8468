import { type Connection, connection, pageOf } from '#platform/graphql'
import { signedIn } from '#platform/identity'
import type { Job } from '../domain/job.ts'
import { checkFilter, countJobs, type JobFilter, listJobs } from '../projections/find-jobs.ts'
import type { JobsContext } from './context.ts'

/** A page of jobs, and what it is a page of. */
export interface JobList extends Connection<Job> {
  /** Counts when it is asked for. */
  count(): Promise<number>
}

/** The caller's jobs, the newest first. */
export async function jobList(
  { parts, caller }: JobsContext,
  args: { filter?: JobFilter | null | undefined; first?: number | null | undefined; after?: string | null | undefined },
): Promise<JobList> {
  const { workspaceIds } = signedIn(caller)
  const page = pageOf(args)
  const filter = args.filter ?? {}
  checkFilter(filter)
  const afterId = page.after === null ? null : String(page.after[0])
  const jobs = await listJobs(parts.database, workspaceIds, filter, { afterId, limit: page.first + 1 })
  return {
    ...connection(page, jobs, (job) => [job.id]),
    count: () => countJobs(parts.database, workspaceIds, filter),
  }
}
