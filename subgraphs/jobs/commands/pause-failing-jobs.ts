import type { Unit } from '#platform/database'
import { publish } from '#platform/outbox'
import type { JobsParts } from '../parts.ts'
import type { JobFact } from '../projections/job-status.ts'
import { appendChanges } from './append-changes.ts'
import { decideAll, JOBS, type ToldJob } from './complete-jobs.ts'
import { factsOf, outgoing, projectJobs } from './project-changes.ts'

/**
 * Pauses jobs whose executions failed as often in a row as they let, by few statements, and tells the other services.
 *
 * @returns what it means for their statuses, which is the caller's to write
 */
export async function pauseFailingJobs(
  unit: Unit,
  { schemas }: Pick<JobsParts, 'schemas'>,
  failing: readonly ToldJob[],
): Promise<readonly JobFact[]> {
  const decided = await decideAll(unit, failing, ({ pauseOnFailures }) => ({
    type: 'PauseJob',
    until: null,
    note: pauseOnFailures === 1 ? '1 failure' : `${pauseOnFailures} failures in a row`,
    by: JOBS,
    reason: 'FAILURES',
    expectedVersion: null,
    now: unit.now,
  }))
  const { changes, jobs } = await appendChanges(unit, decided)
  await projectJobs(unit, jobs)
  const records = decided.flatMap((one) => one.changes.flatMap((change) => outgoing(change, one.correlationId)))
  await publish(unit, schemas, records)
  return factsOf(changes)
}
