import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import { retryConflicts } from '#platform/event-store'
import { type Action, authorize, type Caller, signedIn } from '#platform/identity'
import { type Job, type JobCommand, job, jobStream } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { findJob } from '../projections/find-jobs.ts'
import { loadJobs } from '../projections/job-rows.ts'
import { appendChanges } from './append-changes.ts'
import { changesOf, projectChanges } from './project-changes.ts'

/** What somebody wants to do with which job. */
export interface Wish {
  readonly jobId: string
  readonly action: Action
  readonly correlationId: string
}

/** A job that may be changed, in the unit in which it will be. */
export interface Changeable {
  readonly unit: Unit
  /** Decides on a command and records what follows. @returns the job as it stands then */
  record(command: JobCommand): Promise<Job>
}

/** One command on one job, which is a job of the caller's. @throws {DomainError} JOB_NOT_FOUND and what the job refuses */
export async function changeJob(
  parts: JobsParts,
  caller: Caller | null,
  wish: Wish,
  command: (now: Date, seen: Job) => JobCommand,
): Promise<Job> {
  return withJob(parts, caller, wish, ({ unit, record }, seen) => record(command(unit.now, seen)))
}

/**
 * Works on a job in one unit, once the caller was found to be one who may; anew when another writer was first.
 *
 * @throws {DomainError} JOB_NOT_FOUND, for another's job as for none
 */
export async function withJob<Result>(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, action, correlationId }: Wish,
  work: (changeable: Changeable, seen: Job) => Promise<Result>,
): Promise<Result> {
  const { userId: actor, workspaceIds } = signedIn(caller, action)
  const seen = authorize(caller, action, await findJob(parts.database.reader, workspaceIds, jobId), 'JOB_NOT_FOUND')
  const { workspaceId } = seen
  const context = { workspaceId, actor, correlationId, causationId: correlationId }
  return retryConflicts(() =>
    parts.database.unit([jobStream(jobId)], (unit) =>
      work({ unit, record: (command) => recordChange(parts, unit, jobId, command, context) }, seen),
    ),
  )
}

async function recordChange(
  parts: JobsParts,
  unit: Unit,
  jobId: string,
  command: JobCommand,
  context: { workspaceId: string; actor: string; correlationId: string; causationId: string },
): Promise<Job> {
  // The row is written with the events, so it stands for all of them, however many there are.
  const saved = (await loadJobs(unit, 'jobs', context.workspaceId, [jobId])).get(jobId)
  invariant(saved, `the job ${jobId} was seen and is gone`)
  const changes = changesOf(saved.state, job.decide(command, saved.state))
  if (changes.length > 0) {
    const appended = await appendChanges(unit, [{ ...context, head: saved.head, changes }])
    await projectChanges(unit, parts, appended, context.correlationId)
  }
  return changes.at(-1)?.after ?? saved.state
}
