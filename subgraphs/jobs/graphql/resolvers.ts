// The door to jobs: translates the graph into commands and queries.
// Never decides, and never lets a caller see another workspace's job.
import { dateTimeScalar, durationScalar, jsonScalar, type Resolvers, timeZoneScalar } from '#platform/graphql'
import { signedIn } from '#platform/identity'
import { archiveJob } from '../commands/archive-job.ts'
import { pauseJobs, resumeJobs } from '../commands/change-many-jobs.ts'
import { createJob, createJobs } from '../commands/create-jobs.ts'
import { pauseJob } from '../commands/pause-job.ts'
import { resumeJob } from '../commands/resume-job.ts'
import { triggerJob } from '../commands/trigger-job.ts'
import { updateJob } from '../commands/update-job.ts'
import type { Job } from '../domain/job.ts'
import { type JobStatus, phaseOf } from '../domain/job-status.ts'
import { jobAsOf } from '../projections/job-history.ts'
import { backfillMutation, backfillsOfJob, backfillTypes } from './backfill-resolvers.ts'
import { calendarChangeResolvers, calendarMutations, calendarQueries, calendarResolvers } from './calendars.ts'
import type { JobsContext } from './context.ts'
import { found } from './found.ts'
import { afterJobFields, archiveFields, historyFields, jobFields, pauseFields } from './job-fields.ts'
import { jobList } from './job-list.ts'
import { watchStatus } from './job-status-changed.ts'
import { ledgerOfJob, ledgerQuery, ledgerTypes } from './ledger-resolvers.ts'
import { missedSubscription, missedTypes } from './missed-resolvers.ts'
import { nextTimesOf } from './next-times.ts'
import type {
  JobConnectionResolvers,
  JobResolvers,
  JobStatusResolvers,
  MutationResolvers,
  QueryResolvers,
  SubscriptionResolvers,
  TriggerResolvers,
} from './schema.generated.ts'
import { simulationQuery, simulationTypes } from './simulation-resolvers.ts'
import { webhookMutation, webhookQuery, webhookTypes } from './webhook-resolvers.ts'

const query: QueryResolvers = {
  job: (_parent, { id, asOf }, context) => jobOf(context, id, asOf ?? null),
  jobs: (_parent, args, context) => jobList(context, args),
  ...calendarQueries,
  jobTypes: (_parent, _args, { caller, parts }) => signedIn(caller) && parts.jobTypes.describe(),
  ...webhookQuery,
  ...ledgerQuery,
  ...simulationQuery,
}

const mutation: MutationResolvers = {
  createJob: (_parent, { input }, { parts, caller, correlationId }) => createJob(parts, caller, input, correlationId),
  createJobs: (_parent, { inputs }, { parts, caller, correlationId }) =>
    createJobs(parts, caller, inputs, correlationId),
  updateJob: (_parent, { id: jobId, input, expectedVersion }, { parts, caller, correlationId }) =>
    updateJob(parts, caller, { jobId, ...input, expectedVersion }, correlationId),
  pauseJob: (_parent, { id: jobId, ...input }, { parts, caller, correlationId }) =>
    pauseJob(parts, caller, { jobId, ...input }, correlationId),
  resumeJob: (_parent, { id: jobId, ...input }, { parts, caller, correlationId }) =>
    resumeJob(parts, caller, { jobId, ...input }, correlationId),
  pauseJobs: (_parent, input, { parts, caller, correlationId }) => pauseJobs(parts, caller, input, correlationId),
  resumeJobs: (_parent, input, { parts, caller, correlationId }) => resumeJobs(parts, caller, input, correlationId),
  archiveJob: (_parent, { id: jobId, ...input }, { parts, caller, correlationId }) =>
    archiveJob(parts, caller, { jobId, ...input }, correlationId),
  triggerJob: (_parent, { id: jobId, ...input }, { parts, caller, correlationId }) =>
    triggerJob(parts, caller, { jobId, ...input }, correlationId),
  ...webhookMutation,
  ...calendarMutations,
  ...backfillMutation,
}

const subscription: SubscriptionResolvers = {
  jobStatusChanged: { subscribe: (_parent, { jobId }, context) => watchStatus(context, jobId) },
  ...missedSubscription,
}

const job: JobResolvers<JobsContext, Job> = {
  __resolveReference: ({ id }, { caller, jobs }) => signedIn(caller) && jobs.load(id),
  ...jobFields,
  ...ledgerOfJob,
  ...backfillsOfJob,
}

const jobStatus: JobStatusResolvers<JobsContext, JobStatus> = {
  job: ({ jobId }, _args, { jobs }) => found(jobs.load(jobId)),
  phase: (status) => phaseOf(status),
  consecutiveFailures: ({ failureTimesMs }) => failureTimesMs.length,
  // Until the scheduler has told of its decision, it is what it will decide: nobody should read that a new job never fires.
  async nextFireAt(status, _args, context) {
    if (status.nextFireAt !== null || status.advancedVersion >= status.scheduleVersion) return status.nextFireAt
    return (await nextTimesOf(context, await found(context.jobs.load(status.jobId)), 1))[0] ?? null
  },
  lastExecution: ({ lastExecutionId: id }) => (id === null ? null : { __typename: 'Execution', id }),
}

const trigger: TriggerResolvers = {
  execution: ({ executionId: id }) => ({ __typename: 'Execution', id }),
}

const jobConnection: JobConnectionResolvers = {
  totalCount: (list) => list.count(),
}

/** The resolvers of schemas/jobs.graphql. */
export const jobsResolvers: Resolvers = {
  DateTime: dateTimeScalar,
  Duration: durationScalar,
  JSON: jsonScalar,
  TimeZone: timeZoneScalar,
  Query: query,
  Mutation: mutation,
  Subscription: subscription,
  Job: job,
  AfterJob: afterJobFields,
  Archive: archiveFields,
  Pause: pauseFields,
  JobHistoryEntry: historyFields,
  JobStatus: jobStatus,
  Trigger: trigger,
  JobConnection: jobConnection,
  ...webhookTypes,
  Calendar: calendarResolvers,
  CalendarChange: calendarChangeResolvers,
  ...backfillTypes,
  ...ledgerTypes,
  ...missedTypes,
  ...simulationTypes,
}

/** A job as it is, or as it was. */
async function jobOf({ parts, caller, jobs }: JobsContext, id: string, asOf: Date | null): Promise<Job | null> {
  signedIn(caller)
  const current = await jobs.load(id)
  return current === null || asOf === null ? current : jobAsOf(parts.database.reader, id, asOf)
}
