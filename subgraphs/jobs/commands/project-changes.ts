import type { JobChange, JobChanged, JobLifecycle, JobTrigger } from '#avro'
import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import { type OutgoingRecord, publish } from '#platform/outbox'
import { type Job, type JobState, job, jobStream } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { statusFactOf } from '../domain/status-fact.ts'
import type { JobsParts } from '../parts.ts'
import type { SavedJob } from '../projections/job-rows.ts'
import { insertNewStatuses, type JobFact, saveAndTell, statusesAfter } from '../projections/job-status.ts'
import { saveJobChanges } from '../projections/jobs.ts'

/** What one event made of a job. */
export interface DecidedChange {
  readonly event: JobEvent
  readonly before: Job | 'absent'
  readonly after: Job
}

/** What events make of a job, one by one. */
export function changesOf(before: Job | 'absent', events: readonly JobEvent[]): readonly DecidedChange[] {
  let reached = before
  return events.map((event) => {
    const from = reached
    const after = job.evolve(from, event)
    invariant(after !== 'absent', `${event.type} makes a job`)
    reached = after
    return { event, before: from, after }
  })
}

/** What was appended to the streams of jobs, and the jobs as they stand after it. */
export interface AppendedChanges {
  readonly changes: readonly DecidedChange[]
  readonly jobs: readonly SavedJob[]
}

const live = (table: string): string => table

/** Writes what new events mean for the rows, and tells other services, in the unit that appended them. */
export async function projectChanges(
  unit: Unit,
  parts: Pick<JobsParts, 'schemas'>,
  { changes, jobs }: AppendedChanges,
  correlationId: string,
): Promise<void> {
  await projectJobs(unit, jobs)
  const facts = factsOf(changes)
  const statuses = await statusesAfter(unit, 'job_status', facts)
  await saveAndTell(unit, statuses.values())
  await publish(
    unit,
    parts.schemas,
    changes.flatMap((change) => outgoing(change, correlationId)),
  )
}

/** The same for jobs that were created. */
export async function projectCreated(
  unit: Unit,
  parts: Pick<JobsParts, 'schemas'>,
  { changes, jobs }: AppendedChanges,
  correlationId: string,
): Promise<void> {
  await saveJobChanges(unit, live, { created: jobs, changed: [] })
  await insertNewStatuses(unit, factsOf(changes))
  await publish(
    unit,
    parts.schemas,
    changes.flatMap((change) => outgoing(change, correlationId)),
  )
}

/** Writes the jobs' own rows alone. */
export async function projectJobs(unit: Unit, jobs: readonly SavedJob[]): Promise<void> {
  await saveJobChanges(unit, live, { created: [], changed: jobs })
}

/** What events say of the statuses of their jobs. */
export function factsOf(changes: readonly DecidedChange[]): readonly JobFact[] {
  return changes.flatMap(({ event, after }) => {
    const fact = statusFactOf(event, after.version)
    return fact ? [{ jobId: after.id, workspaceId: after.workspaceId, fact }] : []
  })
}

const CHANGES: { readonly [Type in JobEvent['type']]: JobChange | null } = {
  JobCreated: 'CREATED',
  JobUpdated: 'UPDATED',
  JobPaused: 'PAUSED',
  JobResumed: 'RESUMED',
  JobArchived: 'ARCHIVED',
  JobTriggered: 'TRIGGERED',
  // It follows from what others told us.
  JobCompleted: null,
}

// A completed job is as active as before for a scheduler, which finds nothing more to fire.
const LIFECYCLES: { readonly [State in JobState]: JobLifecycle } = {
  ACTIVE: 'ACTIVE',
  PAUSED: 'PAUSED',
  COMPLETED: 'ACTIVE',
  ARCHIVED: 'ARCHIVED',
}

function outgoing({ event, before, after }: DecidedChange, correlationId: string): OutgoingRecord[] {
  const change = CHANGES[event.type]
  if (change === null) return []
  return [
    {
      topic: 'job-events',
      key: after.id,
      value: jobChanged(change, event, after),
      stream: jobStream(after.id),
      version: after.version,
      previous: before === 'absent' ? 0 : before.sentVersion,
      correlationId,
    },
  ]
}

function jobChanged(change: JobChange, event: JobEvent, after: Job): JobChanged {
  const { id: jobId, workspaceId, ownerId, version, name, jobType, schedule, params, state, scheduledSince } = after
  const trigger = triggerOf(event)
  return {
    jobId,
    workspaceId,
    ownerId,
    version,
    change,
    name,
    jobType,
    schedule,
    params,
    state: LIFECYCLES[state],
    scheduledSince,
    trigger,
    recordedAt: trigger?.triggeredAt ?? after.updatedAt,
  }
}

function triggerOf(event: JobEvent): JobTrigger | null {
  if (event.type !== 'JobTriggered') return null
  const { executionId, key, params, triggeredAtMs } = event
  return { executionId, key, params, triggeredAt: new Date(triggeredAtMs) }
}
