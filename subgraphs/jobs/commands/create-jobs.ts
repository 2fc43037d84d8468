import type { Unit } from '#platform/database'
import { DomainError } from '#platform/domain'
import { newStream } from '#platform/event-store'
import { type Caller, signedIn } from '#platform/identity'
import { type Job, job, jobStream } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { jobCountIn } from '../projections/jobs.ts'
import { appendChanges } from './append-changes.ts'
import { type CheckedInput, type CheckedJob, type CreateJobInput, inputChecker, inputErrors } from './job-input.ts'
import { changesOf, projectCreated } from './project-changes.ts'

const INPUTS_MAX = 10_000
const ERRORS_TOLD_MAX = 100
/** Archived ones count, since their history stays. */
const WORKSPACE_JOBS_MAX = 1_000_000

/**
 * Creates one job.
 *
 * @throws {DomainError} INVALID_SCHEDULE, UNKNOWN_JOB_TYPE, INVALID_PARAMS, BAD_USER_INPUT, LIMIT_EXCEEDED
 */
export async function createJob(
  parts: JobsParts,
  caller: Caller | null,
  input: CreateJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  const owner = ownerOf(caller)
  const checked = inputChecker(parts.jobTypes, await parts.database.now()).job(input)
  if ('refusals' in checked) throw checked.refusals[0]
  const [created] = await recordJobs(parts, owner, [checked.job], correlationId)
  return created as Job
}

/**
 * Creates up to 10,000 jobs, all or none, in the order of the inputs.
 *
 * @throws {DomainError} BAD_USER_INPUT with `errors: [{index, path, code, message}]`, LIMIT_EXCEEDED
 */
export async function createJobs(
  parts: JobsParts,
  caller: Caller | null,
  inputs: readonly CreateJobInput[],
  correlationId: string = parts.clock.newId(),
): Promise<readonly Job[]> {
  const owner = ownerOf(caller)
  if (inputs.length === 0) throw new DomainError('BAD_USER_INPUT', 'there is no input')
  if (inputs.length > INPUTS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `at most ${INPUTS_MAX} jobs are created at once`, { limit: INPUTS_MAX })
  }
  const checker = inputChecker(parts.jobTypes, await parts.database.now())
  return recordJobs(parts, owner, allChecked(inputs.map((input) => checker.job(input))), correlationId)
}

interface Owner {
  readonly ownerId: string
  readonly workspaceId: string
}

function ownerOf(caller: Caller | null): Owner {
  const { userId, workspaceIds } = signedIn(caller, 'create')
  const [workspaceId] = workspaceIds
  if (workspaceId === undefined) throw new DomainError('FORBIDDEN', 'you are in no workspace')
  return { ownerId: userId, workspaceId }
}

/** @throws {DomainError} when one is wrong, with what is wrong in each, as far as a person reads it */
function allChecked(outcomes: readonly CheckedInput[]): readonly CheckedJob[] {
  const good: CheckedJob[] = []
  const errors: object[] = []
  let refused = 0
  for (const [index, outcome] of outcomes.entries()) {
    if ('job' in outcome) {
      good.push(outcome.job)
      continue
    }
    refused += 1
    if (errors.length >= ERRORS_TOLD_MAX) continue
    for (const error of outcome.refusals.flatMap(inputErrors)) errors.push({ index, ...error })
  }
  if (refused === 0) return good
  const message = `${refused} of ${outcomes.length} inputs are wrong, so none was taken`
  throw new DomainError('BAD_USER_INPUT', message, { errors: errors.slice(0, ERRORS_TOLD_MAX) })
}

function recordJobs(
  parts: JobsParts,
  owner: Owner,
  inputs: readonly CheckedJob[],
  correlationId: string,
): Promise<readonly Job[]> {
  const { database, clock } = parts
  const jobIds = inputs.map(() => clock.newId())
  const { ownerId: actor, workspaceId } = owner
  return database.unit([`workspace-${workspaceId}`], async (unit) => {
    await checkRoom(unit, workspaceId, inputs.length)
    const changes = inputs.flatMap((input, index) => {
      const jobId = jobIds[index] as string
      const command = { type: 'CreateJob', jobId, ...owner, ...input, now: unit.now } as const
      return changesOf(job.initial, job.decide(command, job.initial))
    })
    const context = { workspaceId, actor, correlationId, causationId: correlationId }
    const appended = await appendChanges(
      unit,
      changes.map((change) => ({ ...context, head: newStream(jobStream(change.after.id)), changes: [change] })),
    )
    await projectCreated(unit, parts, appended, correlationId)
    return changes.map(({ after }) => after)
  })
}

async function checkRoom(unit: Unit, workspaceId: string, added: number): Promise<void> {
  if ((await jobCountIn(unit, workspaceId)) + added <= WORKSPACE_JOBS_MAX) return
  const message = `a workspace has at most ${WORKSPACE_JOBS_MAX} jobs, archived ones included`
  throw new DomainError('LIMIT_EXCEEDED', message, { limit: WORKSPACE_JOBS_MAX })
}
