import type { Job } from '../domain/job.ts'
import { nextFireTimes } from '../domain/next-fire-times.ts'
import { countFired } from '../projections/find-occurrences.ts'
import type { JobsContext } from './context.ts'

/**
 * The next times at which a job fires, as far as it is known how often it has.
 *
 * @throws {DomainError} BAD_USER_INPUT unless `count` is from 1 to 100
 */
export async function nextTimesOf(context: JobsContext, job: Job, count: number): Promise<readonly Date[]> {
  const { parts, statuses } = context
  const now = await parts.database.now()
  const { firesMax } = job.timing
  const status = await statuses.load(job.id)
  const isTold = status !== null && status.advancedVersion >= status.scheduleVersion
  const undecidedAt = isTold ? status.nextFireAt : null
  if (firesMax === null) return nextFireTimes(job, now, count, null, undecidedAt)
  const isOver = isTold && status.exhausted
  const firesLeft = isOver ? 0 : firesMax - (await firedOf(context, job, firesMax))
  return nextFireTimes(job, now, count, firesLeft, undecidedAt)
}

/** How often a job has fired by its schedule since it has this limit. */
async function firedOf({ parts, definitions }: JobsContext, { id }: Job, firesMax: number): Promise<number> {
  const known = (await definitions.load(id)) ?? []
  const before = known.findLastIndex((each) => each.job.timing.firesMax !== firesMax)
  const sinceVersion = known[before + 1]?.version ?? 1
  return countFired(parts.database.reader, id, sinceVersion, firesMax)
}
