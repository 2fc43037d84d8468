import { authorize, signedIn } from '#platform/identity'
import { watch } from '#platform/projections'
import type { Missed, MissedKind } from '../domain/missed.ts'
import { findJob } from '../projections/find-jobs.ts'
import { missedIn, missedOfChange } from '../projections/missed.ts'
import type { JobsContext } from './context.ts'

/** One event of the subscription. */
export interface JobMissed {
  readonly jobMissed: Missed
}

/** Of what somebody wants to be told. */
export interface MissedFilter {
  readonly jobId?: string | null | undefined
  readonly kinds?: readonly MissedKind[] | null | undefined
}

/**
 * What is missed from now on, of one job or of all of the caller's.
 *
 * @throws {DomainError} JOB_NOT_FOUND, for another's job as for none
 */
export async function watchMissed(
  { parts, feed, caller }: JobsContext,
  { jobId, kinds }: MissedFilter,
): Promise<AsyncIterableIterator<JobMissed>> {
  const { workspaceIds } = signedIn(caller)
  if (jobId != null) {
    authorize(caller, 'read', await findJob(parts.database.reader, workspaceIds, jobId), 'JOB_NOT_FOUND')
  }
  const all = await watch<Missed>({
    feed,
    keys: workspaceIds.map(missedIn),
    // What was missed before is in the ledger.
    current: async () => [],
    parse: ({ state }) => missedOfChange(state),
  })
  return only(all, (missed) => (jobId == null || missed.jobId === jobId) && (!kinds || kinds.includes(missed.kind)))
}

/** Lets through what is wanted. Plain, as the iterator beneath it is: its `return()` must not wait for a `next()`. */
function only(
  all: AsyncIterableIterator<Missed>,
  isWanted: (missed: Missed) => boolean,
): AsyncIterableIterator<JobMissed> {
  const iterator: AsyncIterableIterator<JobMissed> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      for (;;) {
        const { done, value } = await all.next()
        if (done) return { done: true, value: undefined }
        if (isWanted(value)) return { done: false, value: { jobMissed: value } }
      }
    },
    async return() {
      await all.return?.()
      return { done: true, value: undefined }
    },
  }
  return iterator
}
