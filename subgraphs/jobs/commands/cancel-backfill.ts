import { DomainError, invariant } from '#platform/domain'
import { type Caller, signedIn } from '#platform/identity'
import type { Backfill } from '../domain/backfill.ts'
import type { JobsParts } from '../parts.ts'
import { findBackfill } from '../projections/backfills.ts'
import { withJob } from './change-job.ts'

/**
 * Leaves what a backfill has not run yet. One that is over stays as it is.
 *
 * @throws {DomainError} BACKFILL_NOT_FOUND, for another's backfill as for none
 */
export async function cancelBackfill(
  parts: JobsParts,
  caller: Caller | null,
  { backfillId }: { readonly backfillId: string },
  correlationId: string = parts.clock.newId(),
): Promise<Backfill> {
  const { workspaceIds } = signedIn(caller, 'run')
  const seen = await findBackfill(parts.database.reader, workspaceIds, backfillId)
  if (!seen) throw new DomainError('BACKFILL_NOT_FOUND', 'no such backfill')
  return withJob(parts, caller, { jobId: seen.jobId, action: 'run', correlationId }, async ({ unit, record }) => {
    const before = await findBackfill(unit, workspaceIds, backfillId)
    if (before?.state === 'REQUESTED' || before?.state === 'RUNNING') {
      await record({ type: 'CancelBackfill', backfillId, now: unit.now })
    }
    const after = await findBackfill(unit, workspaceIds, backfillId)
    invariant(after, 'a backfill that was seen is there')
    return after
  })
}
