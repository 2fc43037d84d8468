import { DomainError, invariant, isDomainError } from '#platform/domain'
import { keepAnswers, retryConflicts, VersionConflictError } from '#platform/event-store'
import { type Caller, signedIn } from '#platform/identity'
import type { Gathered } from '#platform/lifecycle'
import { currentTraceparent } from '#platform/telemetry'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { loadJobs } from '../projections/job-rows.ts'
import { type CheckedCreation, checkCreations } from './check-creations.ts'
import type { CreateJobInput } from './job-input.ts'
import { type NewJob, type Origin, recordJobs } from './record-jobs.ts'
import { inputErrors, refusalOf } from './refusals.ts'
import { answersOf, jobIdsOf, wantedJobs } from './wanted-jobs.ts'

/** A call that creates one job. */
export interface Creation {
  readonly workspaceId: string
  readonly input: CreateJobInput
  readonly origin: Origin
}

const INPUTS_MAX = 10_000
const ERRORS_TOLD_MAX = 100

/**
 * Creates one job; or gives the one that was created under its `idempotencyKey`, as it is now.
 *
 * @throws {DomainError} INVALID_SCHEDULE, INVALID_TIME_ZONE, UNKNOWN_JOB_TYPE, INVALID_PARAMS, UNKNOWN_CALENDAR,
 *   JOB_NOT_FOUND and JOB_ARCHIVED for the one that it is to follow, LIMIT_EXCEEDED, IDEMPOTENCY_KEY_REUSED, BAD_USER_INPUT; the last one with `errors: [{path, code, message}]` when more
 *   than one thing is wrong
 */
export async function createJob(
  parts: JobsParts,
  caller: Caller | null,
  input: CreateJobInput,
  correlationId: string = parts.clock.newId(),
): Promise<Job> {
  const { ownerId, workspaceId } = ownerOf(caller)
  const origin = { ownerId, correlationId, traceparent: currentTraceparent() ?? null }
  return parts.creations.add(workspaceId, { workspaceId, input, origin })
}

/**
 * Creates up to 10,000 jobs, all or none, in the order of the inputs. In place of an input whose `idempotencyKey` was used
 * for the same before stands the job of then.
 *
 * @throws {DomainError} BAD_USER_INPUT with `errors: [{index, path, code, message}]`, LIMIT_EXCEEDED
 */
export async function createJobs(
  parts: JobsParts,
  caller: Caller | null,
  inputs: readonly CreateJobInput[],
  correlationId: string = parts.clock.newId(),
): Promise<readonly Job[]> {
  const { ownerId, workspaceId } = ownerOf(caller)
  if (inputs.length === 0) throw new DomainError('BAD_USER_INPUT', 'there is no input')
  if (inputs.length > INPUTS_MAX) {
    throw new DomainError('LIMIT_EXCEEDED', `at most ${INPUTS_MAX} jobs are created at once`, { limit: INPUTS_MAX })
  }
  const origin = { ownerId, correlationId }
  const creations = inputs.map((input) => ({ workspaceId, input, origin }))
  const created = await createOnce(parts, workspaceId, creations, (checked) => refuseAll(checked, inputs.length))
  return created.map((each) => {
    if ('error' in each) throw each.error
    return each.value
  })
}

/**
 * Creates jobs of one workspace that were asked for by calls of their own, in one unit. What is wrong with one does not
 * touch the others: each is answered as if it had come alone. Never throws.
 */
export async function createEach(parts: JobsParts, creations: readonly Creation[]): Promise<readonly Gathered<Job>[]> {
  const [first] = creations
  if (!first) return []
  const { now, later } = withoutRepeatedKeys(creations)
  if (later.length > 0) {
    const answers = [...(await createEach(parts, now)), ...(await createEach(parts, later))]
    const answerOf = new Map([...now, ...later].map((each, index) => [each, answers[index]]))
    return creations.map((each) => answerOf.get(each) ?? { error: new Error('nothing came of it') })
  }
  try {
    return await createOnce(parts, first.workspaceId, creations)
  } catch (error) {
    // Of other failures it is not known whether the jobs are there: once more might make them twice.
    const isUndone = isDomainError(error) || error instanceof VersionConflictError
    if (creations.length === 1 || !isUndone) return creations.map(() => ({ error }))
  }
  const half = creations.length >> 1
  return [...(await createEach(parts, creations.slice(0, half))), ...(await createEach(parts, creations.slice(half)))]
}

/** Who asks under a key that another one of them has asked under is told what came of that, as if they had come later. */
function withoutRepeatedKeys(creations: readonly Creation[]) {
  const keys = new Set<string>()
  const [now, later]: [Creation[], Creation[]] = [[], []]
  for (const creation of creations) {
    const { idempotencyKey: key } = creation.input
    if (key != null && keys.has(key)) later.push(creation)
    else now.push(creation)
    if (key != null) keys.add(key)
  }
  return { now, later }
}

function ownerOf(caller: Caller | null) {
  const { userId, workspaceIds } = signedIn(caller, 'create')
  const [workspaceId] = workspaceIds
  if (workspaceId === undefined) throw new DomainError('FORBIDDEN', 'you are in no workspace')
  return { ownerId: userId, workspaceId }
}

/**
 * Creates what was not created under the same keys before. Whoever is first with a key keeps it in the unit that creates;
 * the other one finds that out there, and looks again. `refuse` may throw at what it sees, and then there is nothing new.
 */
function createOnce(
  parts: JobsParts,
  workspaceId: string,
  creations: readonly Creation[],
  refuse: (checked: readonly CheckedCreation[]) => void = () => undefined,
): Promise<readonly Gathered<Job>[]> {
  const inputs = creations.map(({ input }) => input)
  return retryConflicts(async () => {
    const wanted = await wantedJobs(parts.database.reader, workspaceId, inputs)
    const checked = await checkCreations(parts, workspaceId, wanted)
    refuse(checked)
    const good = checked.flatMap((each) => newJob(each, creations))
    const made = new Set(good.map(({ jobId }) => jobId))
    const answered = answersOf(
      wanted,
      checked.filter(({ jobId }) => made.has(jobId)),
    )
    const ids = jobIdsOf(wanted, checked)
    const refusals = refusalsOf(checked)
    const originals = ids.filter((id) => !made.has(id) && !refusals.has(id))
    if (good.length === 0 && originals.length === 0) return ids.map((id) => ({ error: refusals.get(id) }))
    return parts.database.unit([`workspace-${workspaceId}`], async (unit) => {
      await keepAnswers(unit, answered)
      const created = good.length === 0 ? [] : await recordJobs(unit, parts, workspaceId, good)
      const jobs = new Map(created.map((each) => [each.id, each]))
      for (const [id, { state }] of await loadJobs(unit, 'jobs', workspaceId, originals)) jobs.set(id, state)
      return ids.map((id) => {
        const refusal = refusals.get(id)
        if (refusal) return { error: refusal }
        const value = jobs.get(id)
        invariant(value, `${id} is there`)
        return { value }
      })
    })
  })
}

function newJob({ index, jobId, outcome }: CheckedCreation, creations: readonly Creation[]): readonly NewJob[] {
  const creation = creations[index]
  return creation && 'job' in outcome ? [{ ...outcome.job, jobId, origin: creation.origin }] : []
}

function refusalsOf(checked: readonly CheckedCreation[]): ReadonlyMap<string, DomainError> {
  return new Map(
    checked.flatMap(({ jobId, outcome }) => ('refusals' in outcome ? [[jobId, refusalOf(outcome.refusals)]] : [])),
  )
}

/** @throws {DomainError} when one is wrong, with what is wrong in each, as far as a person reads it */
function refuseAll(checked: readonly CheckedCreation[], inputCount: number): void {
  const bad = checked.flatMap(({ index, outcome }) => ('refusals' in outcome ? [{ index, ...outcome }] : []))
  if (bad.length === 0) return
  const errors: object[] = []
  for (const { index, refusals } of bad) {
    if (errors.length >= ERRORS_TOLD_MAX) break
    for (const error of refusals.flatMap(inputErrors)) errors.push({ index, ...error })
  }
  const message = `${bad.length} of ${inputCount} inputs are wrong, so none was taken`
  throw new DomainError('BAD_USER_INPUT', message, { errors: errors.slice(0, ERRORS_TOLD_MAX) })
}
