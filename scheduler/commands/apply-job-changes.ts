import type { Unit } from '#platform/database'
import { type JobChange, received } from '#platform/timetable'
import { timetableOf, unknownEntry } from '../projections/timetable.ts'
import { type DecidePorts, decideOrPark, type Outcome, type Undecided } from './decide-or-park.ts'
import { firesShare } from './fires-share.ts'

/** A change of a job, as it came. */
export interface ReceivedChange {
  readonly jobId: string
  readonly workspaceId: string
  readonly change: JobChange
  readonly correlationId: string
  readonly causationId: string
  readonly traceparent?: string | undefined
}

/**
 * Applies changes of jobs, and fires in the same unit what is due at once: `@now`, a late `@at`, a trigger, and what
 * was due before an edit.
 *
 * @param mayFire whether the executors keep up; else what is due stays due
 * @throws {ChangesWaitingError}
 */
export async function applyJobChanges(
  unit: Unit,
  ports: DecidePorts,
  changes: readonly ReceivedChange[],
  mayFire: boolean,
): Promise<Outcome> {
  const byJob = Map.groupBy(changes, ({ jobId }) => jobId)
  const known = await timetableOf(unit, [...byJob.keys()])
  const firesMax = mayFire ? firesShare(byJob.size) : 0
  const changed: Undecided[] = []
  for (const [jobId, ofJob] of byJob) {
    const [first] = ofJob
    if (!first) continue
    const before = known.get(jobId) ?? unknownEntry(jobId, first.workspaceId)
    const timetable = ofJob.reduce((reached, { change }) => received(reached, change, unit.now), before.timetable)
    if (timetable === before.timetable) continue
    const { correlationId, causationId, traceparent } = ofJob.at(-1) ?? first
    changed.push({ before, timetable, cause: { correlationId, causationId, traceparent } })
  }
  return decideOrPark(unit, ports, changed, firesMax)
}
