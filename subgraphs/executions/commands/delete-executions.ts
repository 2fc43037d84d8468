import type { Unit } from '#platform/database'
import { rowsIn, runIn } from '../projections/bulk.ts'
import { streamOf } from '../projections/executions.ts'
import { deleteLogs } from '../projections/retention.ts'

interface Ended {
  readonly id: string
  readonly workspace_id: string
  readonly job_id: string
  readonly status: string
}

const TOMBSTONE = ['execution_id', 'workspace_id', 'job_id', 'status', 'deleted_at']

/**
 * Deletes executions that have ended, with all that is theirs, and leaves a tombstone of each: whatever comes later under
 * its id is dropped, and it never runs again. Open ones are left alone.
 *
 * @returns whether that was all; a long log takes several units, and goes first
 */
export async function deleteExecutions(unit: Unit, executionIds: readonly string[]): Promise<boolean> {
  // Held until the commit, so that a result that comes late for one of them finds it whole, or gone.
  const ended = await rowsIn<Ended>(
    unit,
    'select id, workspace_id, job_id, status from executions where id',
    executionIds,
    { sql: `and finished_at is not null${unit.dialect.lockRows}`, params: [] },
  )
  const ids = ended.map(({ id }) => id)
  if (!(await deleteLogs(unit, ids))) return false
  const deletedAtMs = unit.now.getTime()
  const stones = ended.map(({ id, workspace_id, job_id, status }) => [id, workspace_id, job_id, status, deletedAtMs])
  if (stones.length > 0) await unit.insertMany('tombstones', TOMBSTONE, stones)
  await runIn(unit, 'delete from artefacts where execution_id', ids)
  await runIn(unit, 'delete from execution_progress where execution_id', ids)
  // Who repeated it is told by their own origin.
  await runIn(unit, 'delete from repeats where origin_id', ids)
  await runIn(unit, 'delete from kept_apart where execution_id', ids)
  await runIn(unit, 'delete from events where stream', ids.map(streamOf))
  await runIn(unit, 'delete from executions where id', ids)
  return true
}
