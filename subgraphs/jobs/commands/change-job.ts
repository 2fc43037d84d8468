import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import { retryConflicts } from '#platform/event-store'
import { type Action, authorize, type Caller, signedIn } from '#platform/identity'
import { type Job, type JobCommand, job, jobStream } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { findJob } from '../projections/find-jobs.ts'
import { loadJobs, type SavedJob } from '../projections/job-rows.ts'
import { appendChanges } from './append-changes.ts'
import { CLOCK } from './end-pauses.ts'
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
  /** The caller, as events name who did it. */
  readonly actor: string
  /** Decides on a command and records what follows. @returns the job as it stands then */
  record(command: JobCommand): Promise<Job>
}

/** One command on one job, which is a job of the caller's. @throws {DomainError} JOB_NOT_FOUND and what the job refuses */
export async function changeJob(
  parts: JobsParts,
  caller: Caller | null,
  wish: Wish,
  command: (changeable: Omit<Changeable, 'record'>, current: Job) => JobCommand | Promise<JobCommand>,
): Promise<Job> {
  return withJob(parts, caller, wish, async ({ record, ...rest }, current) => record(await command(rest, current)))
}

/**
 * Works on a job in one unit, once the caller was found to be one who may; anew when another writer was first.
 *
 * @param work is given the job as it is in the unit: nobody changes it meanwhile
 * @throws {DomainError} JOB_NOT_FOUND, for another's job as for none
 */
export async function withJob<Result>(
  parts: JobsParts,
  caller: Caller | null,
  { jobId, action, correlationId }: Wish,
  work: (changeable: Changeable, current: Job) => Promise<Result>,
): Promise<Result> {
  const { userId: actor, workspaceIds } = signedIn(caller, action)
  const seen = authorize(caller, action, await findJob(parts.database.reader, workspaceIds, jobId), 'JOB_NOT_FOUND')
  const { workspaceId } = seen
  const context = { workspaceId, actor, correlationId, causationId: correlationId }
  return retryConflicts(() =>
    parts.database.unit([jobStream(jobId)], async (unit) => {
      // The row is written with the events, so it stands for all of them, however many there are.
      let saved = (await loadJobs(unit, 'jobs', workspaceId, [jobId])).get(jobId)
      invariant(saved, `the job ${jobId} was seen and is gone`)
      // Whoever comes between the end of a pause and the clock that looks for it finds the job resumed, too.
      saved = await recordChange(parts, unit, saved, { type: 'EndPause', now: unit.now }, { ...context, actor: CLOCK })
      const record = async (command: JobCommand): Promise<Job> => {
        saved = await recordChange(parts, unit, saved as SavedJob, command, context)
        return saved.state
      }
      return work({ unit, actor, record }, saved.state)
    }),
  )
}

async function recordChange(
  parts: JobsParts,
  unit: Unit,
  saved: SavedJob,
  command: JobCommand,
  context: { workspaceId: string; actor: string; correlationId: string; causationId: string },
): Promise<SavedJob> {
  const changes = changesOf(saved.state, job.decide(command, saved.state))
  if (changes.length === 0) return saved
  const appended = await appendChanges(unit, [{ ...context, head: saved.head, changes }])
  await projectChanges(unit, parts, appended, context.correlationId)
  return appended.jobs[0] ?? saved
}
