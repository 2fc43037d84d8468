import type { Unit } from '#platform/database'
import { DomainError, invariant } from '#platform/domain'
import { newStream } from '#platform/event-store'
import { type Job, job, jobStream } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { keepCalendars } from '../projections/calendars.ts'
import { jobCountIn } from '../projections/jobs.ts'
import { appendChanges } from './append-changes.ts'
import { checkChains } from './check-chains.ts'
import type { CheckedJob } from './job-input.ts'
import { changesOf, type DecidedChange, projectCreated } from './project-changes.ts'
import { calendarNames, resolveCalendars } from './timing-input.ts'

/** By whom and by which call a job is created. */
export interface Origin {
  readonly ownerId: string
  readonly correlationId: string
  /** The W3C trace context of the call; that of the unit when left out. */
  readonly traceparent?: string | null
}

/** A job to create, whose terms were checked. */
export type NewJob = CheckedJob & { readonly jobId: string; readonly origin: Origin }

/** Archived ones count, since their history stays. */
const WORKSPACE_JOBS_MAX = 1_000_000

/**
 * Creates jobs of one workspace, in the unit of the caller.
 *
 * @throws {DomainError} LIMIT_EXCEEDED, UNKNOWN_CALENDAR, JOB_NOT_FOUND, JOB_ARCHIVED when things have changed since the
 *   inputs were checked
 */
export async function recordJobs(
  unit: Unit,
  parts: Pick<JobsParts, 'schemas'>,
  workspaceId: string,
  inputs: readonly NewJob[],
): Promise<readonly Job[]> {
  const afterJobIds = Map.groupBy(inputs, ({ afterJob }) => afterJob?.jobId ?? null)
  const followings = [...afterJobIds].flatMap(([afterJobId, { length: added }]) =>
    afterJobId === null ? [] : [{ afterJobId, job: null, added }],
  )
  await checkChains(unit, workspaceId, followings)
  await checkRoom(unit, workspaceId, inputs.length)
  const resolved = await withCalendarsOfNow(unit, workspaceId, inputs)
  const changes = resolved.flatMap((input) => {
    const { origin, ...terms } = input
    const command = { type: 'CreateJob', workspaceId, ownerId: origin.ownerId, ...terms, now: unit.now } as const
    return changesOf(job.initial, job.decide(command, job.initial))
  })
  const origins = new Map(inputs.map(({ jobId, origin }) => [jobId, origin]))
  const originOf = ({ after }: DecidedChange): Origin => {
    const origin = origins.get(after.id)
    invariant(origin, `${after.id} was asked for`)
    return origin
  }
  const appended = await appendChanges(
    unit,
    changes.map((change) => {
      const { ownerId: actor, correlationId } = originOf(change)
      const context = { workspaceId, actor, correlationId, causationId: correlationId }
      return { ...context, head: newStream(jobStream(change.after.id)), changes: [change] }
    }),
  )
  await projectCreated(unit, parts, appended, originOf)
  return changes.map(({ after }) => after)
}

async function checkRoom(unit: Unit, workspaceId: string, added: number): Promise<void> {
  if ((await jobCountIn(unit, workspaceId)) + added <= WORKSPACE_JOBS_MAX) return
  const message = `a workspace has at most ${WORKSPACE_JOBS_MAX} jobs, archived ones included`
  throw new DomainError('LIMIT_EXCEEDED', message, { limit: WORKSPACE_JOBS_MAX })
}

/** A calendar may have been changed since the inputs were checked; from here on it stays. */
async function withCalendarsOfNow(
  unit: Unit,
  workspaceId: string,
  inputs: readonly NewJob[],
): Promise<readonly NewJob[]> {
  const names = calendarNames(inputs.map(({ timing }) => timing))
  if (names.length === 0) return inputs
  const calendars = await keepCalendars(unit, workspaceId, names)
  return inputs.map((input) => {
    const { timing } = input
    return { ...input, timing: { ...timing, calendars: resolveCalendars(timing.calendars, calendars) } }
  })
}
