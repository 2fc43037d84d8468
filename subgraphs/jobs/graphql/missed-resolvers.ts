import type { Missed } from '../domain/missed.ts'
import type { JobsContext } from './context.ts'
import { found } from './found.ts'
import { watchMissed } from './job-missed.ts'
import type { JobMissedResolvers, SubscriptionResolvers } from './schema.generated.ts'

/** The subscription to what is missed. */
export const missedSubscription: Pick<SubscriptionResolvers, 'jobMissed'> = {
  jobMissed: { subscribe: (_parent, args, context) => watchMissed(context, args) },
}

const jobMissed: JobMissedResolvers<JobsContext, Missed> = {
  job: ({ jobId }, _args, { jobs }) => found(jobs.load(jobId)),
  lateBy: ({ lateByMs }) => lateByMs,
  execution: ({ executionId: id }) => (id === null ? null : { __typename: 'Execution', id }),
}

/** The types of what is missed. */
export const missedTypes = { JobMissed: jobMissed }
