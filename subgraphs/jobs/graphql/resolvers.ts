// The door to jobs: translates the graph into commands and queries.
// Never decides, and never lets a caller see another workspace's job.
import { DomainError } from '#platform/domain'
import { dateTimeScalar, jsonScalar, type Resolvers } from '#platform/graphql'
import { signedIn } from '#platform/identity'
import { archiveJob } from '../commands/archive-job.ts'
import { createJob, createJobs } from '../commands/create-jobs.ts'
import { pauseJob } from '../commands/pause-job.ts'
import { resumeJob } from '../commands/resume-job.ts'
import { triggerJob } from '../commands/trigger-job.ts'
import { updateJob } from '../commands/update-job.ts'
import type { Job } from '../domain/job.ts'
import { type JobStatus, phaseOf } from '../domain/job-status.ts'
import { nextFireTimes } from '../domain/next-fire-times.ts'
import type { JobsContext } from './context.ts'
import { jobList } from './job-list.ts'
import { watchStatus } from './job-status-changed.ts'
import type {
  JobConnectionResolvers,
  JobResolvers,
  JobStatusResolvers,
  MutationResolvers,
  QueryResolvers,
  SubscriptionResolvers,
  TriggerResolvers,
} from './schema.generated.ts'

const query: QueryResolvers = {
  job: (_parent, { id }, { caller, jobs }) => signedIn(caller) && jobs.load(id),
  jobs: (_parent, args, context) => jobList(context, args),
  jobTypes: (_parent, _args, { caller, parts }) => signedIn(caller) && parts.jobTypes.describe(),
}

const mutation: MutationResolvers = {
  createJob: (_parent, { input }, { parts, caller, correlationId }) => createJob(parts, caller, input, correlationId),
  createJobs: (_parent, { inputs }, { parts, caller, correlationId }) =>
    createJobs(parts, caller, inputs, correlationId),
  updateJob: (_parent, { id: jobId, input, expectedVersion }, { parts, caller, correlationId }) =>
    updateJob(parts, caller, { jobId, ...input, expectedVersion }, correlationId),
  pauseJob: (_parent, { id: jobId, expectedVersion }, { parts, caller, correlationId }) =>
    pauseJob(parts, caller, { jobId, expectedVersion }, correlationId),
  resumeJob: (_parent, { id: jobId, expectedVersion }, { parts, caller, correlationId }) =>
    resumeJob(parts, caller, { jobId, expectedVersion }, correlationId),
  archiveJob: (_parent, { id: jobId, expectedVersion }, { parts, caller, correlationId }) =>
    archiveJob(parts, caller, { jobId, expectedVersion }, correlationId),
  triggerJob: (_parent, { id: jobId, params, idempotencyKey }, { parts, caller, correlationId }) =>
    triggerJob(parts, caller, { jobId, params, idempotencyKey }, correlationId),
}

const subscription: SubscriptionResolvers = {
  jobStatusChanged: { subscribe: (_parent, { jobId }, context) => watchStatus(context, jobId) },
}

// The generated parents also allow for a bare reference, which `__resolveReference` has replaced by then.
const job: JobResolvers<JobsContext, Job> = {
  __resolveReference: ({ id }, { caller, jobs }) => signedIn(caller) && jobs.load(id),
  params: ({ params }) => JSON.parse(params) as unknown,
  owner: ({ ownerId }) => ({ __typename: 'User', id: ownerId }),
  nextFireTimes: async (parent, { count }, { parts }) => nextFireTimes(parent, await parts.database.now(), count),
  status: ({ id }, _args, { statuses }) => found(statuses.load(id)),
}

const jobStatus: JobStatusResolvers<JobsContext, JobStatus> = {
  job: ({ jobId }, _args, { jobs }) => found(jobs.load(jobId)),
  phase: (status) => phaseOf(status),
  // Until the scheduler has told of its decision, it is what it will decide: nobody should read that a new job never fires.
  async nextFireAt(status, _args, { parts, jobs }) {
    if (status.nextFireAt !== null || status.advancedVersion >= status.scheduleVersion) return status.nextFireAt
    return nextFireTimes(await found(jobs.load(status.jobId)), await parts.database.now(), 1)[0] ?? null
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
  JSON: jsonScalar,
  Query: query,
  Mutation: mutation,
  Subscription: subscription,
  Job: job,
  JobStatus: jobStatus,
  Trigger: trigger,
  JobConnection: jobConnection,
}

async function found<Found>(loading: Promise<Found | null>): Promise<Found> {
  const loaded = await loading
  if (loaded === null) throw new DomainError('JOB_NOT_FOUND', 'no such job')
  return loaded
}
