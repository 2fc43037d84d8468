import type { JobChange } from '#avro'
import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import { type OutgoingRecord, publish } from '#platform/outbox'
import { type Job, job, jobStream } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { statusFactOf } from '../domain/status-fact.ts'
import type { JobsParts } from '../parts.ts'
import { addBackfills, type BackfillEvent } from '../projections/backfills.ts'
import { type JobMove, saveJobCalendars } from '../projections/job-calendars.ts'
import type { SavedJob } from '../projections/job-rows.ts'
import { insertNewStatuses, type JobFact, saveAndTell, statusesAfter } from '../projections/job-status.ts'
import { saveJobChanges } from '../projections/jobs.ts'
import { jobChanged } from './job-changed.ts'

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
  await saveJobCalendars(unit, 'job_calendars', movesOf(changes))
  await addBackfills(unit, 'backfills', changes.map(backfillEvent))
  const facts = factsOf(changes)
  const statuses = await statusesAfter(unit, 'job_status', facts)
  await saveAndTell(unit, statuses.values())
  await publish(
    unit,
    parts.schemas,
    changes.flatMap((change) => outgoing(change, correlationId)),
  )
}

/** The same for jobs that were created, each by a call of its own. */
export async function projectCreated(
  unit: Unit,
  parts: Pick<JobsParts, 'schemas'>,
  { changes, jobs }: AppendedChanges,
  originOf: (change: DecidedChange) => Pick<OutgoingRecord, 'correlationId' | 'traceparent'>,
): Promise<void> {
  await saveJobChanges(unit, live, { created: jobs, changed: [] })
  await saveJobCalendars(unit, 'job_calendars', movesOf(changes))
  await insertNewStatuses(unit, factsOf(changes))
  await publish(
    unit,
    parts.schemas,
    changes.flatMap((change) => {
      const { correlationId, traceparent } = originOf(change)
      return outgoing(change, correlationId).map((record) => ({ ...record, traceparent }))
    }),
  )
}

function backfillEvent({ event, after }: DecidedChange): BackfillEvent {
  return { event, version: after.version, workspaceId: after.workspaceId }
}

/** Writes the jobs' own rows alone. */
export async function projectJobs(unit: Unit, jobs: readonly SavedJob[]): Promise<void> {
  await saveJobChanges(unit, live, { created: [], changed: jobs })
}

/** What all changes together made of each job. */
function movesOf(changes: readonly DecidedChange[]): readonly JobMove[] {
  const moves = new Map<string, JobMove>()
  for (const { before, after } of changes) {
    moves.set(after.id, { before: moves.get(after.id)?.before ?? before, after })
  }
  return [...moves.values()]
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
  JobBackfillRequested: 'BACKFILL_REQUESTED',
  JobBackfillCancelled: 'BACKFILL_CANCELLED',
  JobCalendarsChanged: 'CALENDARS_CHANGED',
  // It follows from what others told us.
  JobCompleted: null,
}

/** What other services are told of a change: nothing, or one record. */
export function outgoing({ event, before, after }: DecidedChange, correlationId: string): OutgoingRecord[] {
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
