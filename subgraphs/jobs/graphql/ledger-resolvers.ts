import { DomainError } from '#platform/domain'
import { wallTimeOf } from '#platform/schedule'
import { type Definition, definitionOfVersion } from '../domain/definition.ts'
import type { Explanation } from '../domain/explain.ts'
import type { Job } from '../domain/job.ts'
import { timesOf } from '../domain/nominal-run.ts'
import { lateByMs, type Occurrence } from '../domain/occurrence.ts'
import type { JobsContext } from './context.ts'
import { explainJob } from './explain-job.ts'
import { found } from './found.ts'
import { occurrenceLedger, occurrencesOf } from './occurrence-list.ts'
import type {
  ExplanationResolvers,
  JobResolvers,
  OccurrenceConnectionResolvers,
  OccurrenceResolvers,
  QueryResolvers,
} from './schema.generated.ts'

const TIMES_MAX = 1_000

/** The queries of the ledger. */
export const ledgerQuery: Pick<QueryResolvers, 'occurrenceLedger'> = {
  occurrenceLedger: (_parent, args, context) => occurrenceLedger(context, args),
}

/** What the ledger says of a job. */
export const ledgerOfJob: Pick<JobResolvers<JobsContext, Job>, 'occurrences' | 'explain'> = {
  occurrences: (job, args, context) => occurrencesOf(context, job, args),
  explain: (job, { at }, context) => explainJob(context, job, at),
}

const occurrence: OccurrenceResolvers<JobsContext, Occurrence> = {
  job: ({ jobId }, _args, { jobs }) => found(jobs.load(jobId)),
  async wallTime(record, _args, context) {
    if (record.wallTime !== null) return record.wallTime
    const { timeZone } = (await definitionOf(context, record)).job.timing
    return wallTimeOf(record.scheduledFor, timeZone)
  },
  lateBy: (record) => lateByMs(record),
  execution: ({ executionId: id }) => (id === null ? null : { __typename: 'Execution', id }),
  async times(record, { first, after }, context) {
    if (!Number.isInteger(first) || first < 1 || first > TIMES_MAX) {
      throw new DomainError('BAD_USER_INPUT', `first must be from 1 to ${TIMES_MAX}`, { argument: 'first' })
    }
    return [...timesOf(record, await definitionOf(context, record), after ?? null, first)]
  },
}

const occurrenceConnection: OccurrenceConnectionResolvers = {
  totalCount: (list) => list.count(),
}

const explanation: ExplanationResolvers<JobsContext, Explanation> = {
  wallTime: ({ at, timeZone }) => wallTimeOf(at, timeZone),
}

/** The types of the ledger. */
export const ledgerTypes = {
  Occurrence: occurrence,
  OccurrenceConnection: occurrenceConnection,
  Explanation: explanation,
}

/** The job as it was by the version that a record belongs to. */
async function definitionOf(
  { definitions }: JobsContext,
  { jobId, jobVersion }: Pick<Occurrence, 'jobId' | 'jobVersion'>,
): Promise<Definition> {
  const all = await found(definitions.load(jobId))
  return found(Promise.resolve(definitionOfVersion(all, jobVersion) ?? all.at(-1) ?? null))
}
