import type { JobsParts } from '../parts.ts'
import { currentCalendars } from '../projections/calendars.ts'
import { findJobs } from '../projections/find-jobs.ts'
import { cannotFollow } from './check-chains.ts'
import { type CheckedInput, inputChecker } from './job-input.ts'
import { calendarNames } from './timing-input.ts'
import { isToCheck, type WantedJob } from './wanted-jobs.ts'

/** What checking said of an input, and the id that its job is to have. */
export interface CheckedCreation {
  readonly index: number
  readonly jobId: string
  readonly outcome: CheckedInput
}

/** Checks the inputs whose jobs are not there yet, with few queries for all. */
export async function checkCreations(
  { database, clock, jobTypes }: Pick<JobsParts, 'database' | 'clock' | 'jobTypes'>,
  workspaceId: string,
  wanted: readonly WantedJob[],
): Promise<readonly CheckedCreation[]> {
  const fresh = wanted.filter(isToCheck)
  const names = calendarNames(fresh.map(({ input }) => input))
  const calendars = await currentCalendars(database.reader, workspaceId, names)
  const checker = inputChecker(jobTypes, await database.now(), calendars)
  const afterJobIds = [...new Set(fresh.flatMap(({ input }) => input.afterJob?.jobId ?? []))]
  const followed = await findJobs(database.reader, [workspaceId], afterJobIds)
  return fresh.map(({ index, input, refusal }) => {
    const jobId = clock.newId()
    // Under a key that stands for another request it does not matter whether this one is good, and only the key can be mended.
    if (refusal?.code === 'IDEMPOTENCY_KEY_REUSED') return { index, jobId, outcome: { refusals: [refusal] } }
    const outcome = checker.job(input, jobId)
    const chain = input.afterJob ? cannotFollow(followed.get(input.afterJob.jobId)) : null
    const more = [refusal, chain].flatMap((each) => each ?? [])
    if (more.length === 0) return { index, jobId, outcome }
    return { index, jobId, outcome: { refusals: [...more, ...('refusals' in outcome ? outcome.refusals : [])] } }
  })
}
