import { recordChanges } from '#platform/projections'
import { changeVersion, executionKey, jobGroup } from '../change-keys.ts'
import { executionOf, rowsOfExecutions, streamOf } from '../projections/executions.ts'
import { type OwnedProgress, type ProgressReport, writeProgress } from '../projections/progress.ts'
import { queueRows } from '../projections/queue.ts'
import { isHeld } from './fence.ts'
import type { Claim, CommandPorts } from './ports.ts'

/** What a running attempt says of its progress. */
export interface AttemptProgress {
  readonly claim: Claim
  readonly report: ProgressReport
  /** Grows with each report of the attempt: who watches is told of those that are newer than what they know. */
  readonly number: number
}

/** Writes down, behind the fence, how far attempts are, and tells who watches. */
export async function noteProgress({ database }: CommandPorts, reports: readonly AttemptProgress[]): Promise<void> {
  const ids = reports.map(({ claim }) => claim.execution.id)
  await database.unit(ids.map(streamOf), async (unit) => {
    const open = await queueRows(unit, ids)
    const held = new Map(
      reports
        .filter(({ claim }) => isHeld(open.get(claim.execution.id), claim))
        .map((progress) => [progress.claim.execution.id, progress]),
    )
    await writeProgress(unit, [...held.values()].map(ownedProgress))
    const rows = await rowsOfExecutions(unit, [...held.keys()])
    await recordChanges(
      unit,
      rows.map((row) => ({
        key: executionKey(row.id),
        group: jobGroup(row.workspace_id, row.job_id),
        version: changeVersion(row.version, held.get(row.id)?.number),
        state: JSON.stringify(executionOf(row)),
      })),
    )
  })
}

/** A report with whose it is. */
export function ownedProgress({ claim: { execution, epoch }, report }: Omit<AttemptProgress, 'number'>): OwnedProgress {
  return { executionId: execution.id, workspaceId: execution.workspaceId, attempt: epoch, report }
}
