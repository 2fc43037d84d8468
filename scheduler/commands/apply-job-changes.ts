import type { Unit } from '#platform/database'
import { decide } from '../domain/decide.ts'
import { type JobChange, received } from '../domain/timetable.ts'
import { timetableOf, unknownEntry } from '../projections/timetable.ts'
import { firesShare } from './fires-share.ts'
import { type Decided, type RecordPorts, recordDecisions } from './record-decisions.ts'

/** A change of a job, as it came. */
export interface ReceivedChange {
  readonly jobId: string
  readonly workspaceId: string
  readonly change: JobChange
  readonly correlationId: string
  readonly causationId: string
}

/** What came of a batch of changes. */
export interface AppliedChanges {
  readonly fires: number
  /** When the first of these jobs fires next, or null. */
  readonly next: Date | null
}

/** More changes of one job wait than is kept: an outage until what is due before them has fired. */
class ChangesWaitingError extends Error {
  override readonly name = 'ChangesWaitingError'
}

const WAITING_MAX = 1_000

/**
 * Applies changes of jobs, and fires in the same unit what is due at once: `@now`, a late `@at`, a trigger, and what
 * was due before an edit.
 *
 * @param mayFire whether the executors keep up; else what is due stays due
 * @throws {ChangesWaitingError}
 */
export async function applyJobChanges(
  unit: Unit,
  ports: RecordPorts,
  changes: readonly ReceivedChange[],
  mayFire: boolean,
): Promise<AppliedChanges> {
  const byJob = Map.groupBy(changes, ({ jobId }) => jobId)
  const known = await timetableOf(unit, [...byJob.keys()])
  const firesMax = mayFire ? firesShare(byJob.size) : 0
  const decided: Decided[] = []
  let next: Date | null = null
  for (const [jobId, ofJob] of byJob) {
    const [first] = ofJob
    if (!first) continue
    const before = known.get(jobId) ?? unknownEntry(jobId, first.workspaceId)
    const timetable = ofJob.reduce((reached, { change }) => received(reached, change, unit.now), before.timetable)
    if (timetable === before.timetable) continue
    const decision = decide(timetable, unit.now, firesMax)
    if (decision.timetable.waiting.length > WAITING_MAX) {
      throw new ChangesWaitingError(`more than ${WAITING_MAX} changes of job ${jobId} wait`)
    }
    const { correlationId, causationId } = ofJob.at(-1) ?? first
    decided.push({ before, decision, cause: { correlationId, causationId } })
    if (decision.next && (!next || decision.next < next)) next = decision.next
  }
  return { fires: await recordDecisions(unit, ports, decided), next }
}
