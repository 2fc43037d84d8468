import type { Unit, Value } from '#platform/database'
import type { StoredEvent } from '#platform/event-store'
import type { Projection } from '#platform/projections'
import type { ScheduleAdvanced } from '../domain/schedule-advanced.ts'

const COLUMNS = [
  'job_id',
  'cause',
  'nominal_at',
  'workspace_id',
  'outcome',
  'execution_id',
  'job_version',
  'decided_at',
] as const

/** What `occurrences` needs of an event. */
export type Advance = Pick<StoredEvent<ScheduleAdvanced>, 'event' | 'workspaceId' | 'recordedAt'>

/** The ledger: each nominal time that was decided, with what became of it. */
export const occurrences: Projection<ScheduleAdvanced> = {
  name: 'occurrences',
  tables: [{ name: 'occurrences', keyColumns: ['job_id', 'cause', 'nominal_at'] }],
  apply: (unit, events, into) => insertOccurrences(unit, events, into('occurrences')),
}

/** Writes down what fired. @throws {UniqueViolationError} when one of it was decided before */
export async function insertOccurrences(
  unit: Unit,
  advances: readonly Advance[],
  table = 'occurrences',
): Promise<void> {
  const rows: Value[][] = []
  for (const { event, workspaceId, recordedAt } of advances) {
    const decidedAtMs = recordedAt.getTime()
    for (const { cause, nominalAtMs, executionId, jobVersion } of event.fired) {
      rows.push([event.jobId, cause, nominalAtMs, workspaceId, 'FIRED', executionId, jobVersion, decidedAtMs])
    }
  }
  await unit.insertMany(table, COLUMNS, rows)
}
