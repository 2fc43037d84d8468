import type { Unit } from '#platform/database'
import { type Projection, recordChanges } from '#platform/projections'
import { JOB_STREAMS } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { applyStatus, initialStatus, type JobStatus } from '../domain/job-status.ts'
import { type StatusFact, statusFactOf } from '../domain/status-fact.ts'
import { addBackfills } from './backfills.ts'
import {
  insertStatuses,
  type JobStatusRow,
  loadStatuses,
  saveStatuses,
  statusFrom,
  statusRow,
} from './job-status-rows.ts'
import { OCCURRENCE_KEY } from './occurrence-rows.ts'

/** A fact about one job. */
export interface JobFact {
  readonly jobId: string
  readonly workspaceId: string
  readonly fact: StatusFact
}

/**
 * How jobs fare, as far as their own events say. The rest is told by other services, and all of the ledger is: see
 * `rebuildJobStatus`.
 */
export const jobStatusProjection: Projection<JobEvent> = {
  name: 'job-status',
  streamPrefix: JOB_STREAMS,
  tables: [
    { name: 'job_status', keyColumns: ['job_id'] },
    { name: 'occurrences', keyColumns: OCCURRENCE_KEY },
    { name: 'backfills', keyColumns: ['id'] },
  ],

  async apply(unit, events, into) {
    const facts = events.flatMap(({ event, version, workspaceId }) => {
      const fact = statusFactOf(event, version)
      return fact ? [{ jobId: event.jobId, workspaceId, fact }] : []
    })
    const statuses = await statusesAfter(unit, into('job_status'), facts)
    await saveStatuses(unit, into('job_status'), [...statuses.values()].map(statusRow))
    await addBackfills(unit, into('backfills'), events)
  },
}

/** The key under which watchers are told of a job's status. */
export function statusKey(jobId: string): string {
  return `job-status:${jobId}`
}

/** A status as a change carries it. */
export function statusOfChange(state: string): JobStatus {
  return statusFrom(JSON.parse(state) as JobStatusRow)
}

/** Writes the statuses of new jobs. Nobody is told: nobody can have watched them yet. */
export async function insertNewStatuses(unit: Unit, facts: readonly JobFact[]): Promise<void> {
  const rows = facts.map(({ jobId, workspaceId, fact }) =>
    statusRow(applyStatus(initialStatus(jobId, workspaceId), fact)),
  )
  await insertStatuses(unit, 'job_status', rows)
}

/**
 * The statuses of the facts' jobs after these facts, not written yet. A job that is not known is left out: whether
 * that is a bug or poison is the caller's to say.
 */
export async function statusesAfter(
  unit: Unit,
  table: string,
  facts: readonly JobFact[],
): Promise<Map<string, JobStatus>> {
  const statuses = await loadStatuses(unit, table, [...new Set(facts.map(({ jobId }) => jobId))])
  for (const { jobId, workspaceId, fact } of facts) {
    const isFirst = fact.kind === 'job' && fact.jobVersion === 1
    const status = isFirst ? initialStatus(jobId, workspaceId) : statuses.get(jobId)
    if (status) statuses.set(jobId, applyStatus(status, fact))
  }
  return statuses
}

/** Writes statuses and tells their watchers, one change for each however many facts it has of. */
export async function saveAndTell(unit: Unit, statuses: Iterable<JobStatus>): Promise<void> {
  const rows = [...statuses].map(statusRow)
  await saveStatuses(unit, 'job_status', rows)
  const changes = rows.map((row) => ({ key: statusKey(row.job_id), version: row.version, state: JSON.stringify(row) }))
  await recordChanges(unit, changes)
}
