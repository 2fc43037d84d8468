import { type Connection, connection, pageOf } from '#platform/graphql'
import { type ExecutionPolicy, policyOf } from '#platform/policy'
import { scheduleWarnings } from '#platform/schedule'
import type { AfterJob } from '../domain/after-job.ts'
import type { Archive, Job, Pause } from '../domain/job.ts'
import { CHANGE_TYPES, fieldChanges, happenedAt } from '../domain/job-changes.ts'
import { type JobStep, listSteps } from '../projections/job-history.ts'
import type { JobsContext } from './context.ts'
import { found } from './found.ts'
import { nextTimesOf } from './next-times.ts'
import type {
  AfterJobResolvers,
  ArchiveResolvers,
  JobHistoryEntryResolvers,
  JobResolvers,
  PauseResolvers,
} from './schema.generated.ts'

// The generated parents also allow for a bare reference, which `__resolveReference` has replaced by then.
/** The fields of a job that are not as it keeps them. */
export const jobFields: JobResolvers<JobsContext, Job> = {
  params: ({ params }) => JSON.parse(params) as unknown,
  owner: ({ ownerId }) => ({ __typename: 'User', id: ownerId }),
  timeZone: ({ timing }) => timing.timeZone,
  dstGap: ({ timing }) => timing.dstGap,
  dstOverlap: ({ timing }) => timing.dstOverlap,
  startAt: ({ timing }) => dateOf(timing.startAtMs),
  endAt: ({ timing }) => dateOf(timing.endAtMs),
  firesMax: ({ timing }) => timing.firesMax,
  jitter: ({ timing }) => timing.jitterMs,
  catchup: ({ timing }) => timing.catchup,
  catchupWindow: ({ timing }) => timing.catchupWindowMs,
  catchupMax: ({ timing }) => timing.catchupMax,
  lateAfter: ({ timing }) => timing.lateAfterMs,
  calendars: ({ timing }) => timing.calendars,
  retry: ({ policy }) => retryOf(policyOf(policy)),
  timeouts: ({ policy }) => timeoutsOf(policyOf(policy)),
  onUnknown: ({ policy }) => policyOf(policy).onUnknown,
  cancelGrace: ({ policy }) => policyOf(policy).cancelGraceMs,
  retention: ({ policy }) => retentionOf(policyOf(policy)),
  priority: ({ policy }) => policyOf(policy).priority,
  concurrencyKey: ({ policy }) => policyOf(policy).concurrencyKey,
  concurrencyMax: ({ policy }) => policyOf(policy).concurrencyMax,
  rate: ({ policy }) => policyOf(policy).rate,
  triggersJobs: async ({ id }, _args, { followers }) => (await followers.load(id)) ?? [],
  overlap: ({ policy }) => policyOf(policy).overlap,
  bufferMax: ({ policy }) => policyOf(policy).bufferMax,
  unique: ({ policy }) => uniqueOf(policyOf(policy)),
  appliedVersion: async ({ id }, _args, { statuses }) => (await found(statuses.load(id))).advancedVersion,
  async warnings({ id, schedule, timing }, _args, { parts }) {
    const warnings = scheduleWarnings({ ...timing, schedule }, await parts.database.now(), id)
    return warnings.map(({ code, message, position = null }) => ({ code, message, position }))
  },
  history: (parent, args, context) => jobHistory(context, parent, args),
  nextFireTimes: (parent, { count }, context) => nextTimesOf(context, parent, count),
  status: ({ id }, _args, { statuses }) => found(statuses.load(id)),
}

/** The fields of the job that another one follows. */
export const afterJobFields: AfterJobResolvers<JobsContext, AfterJob> = {
  job: ({ jobId }, _args, { jobs }) => found(jobs.load(jobId)),
}

/** The fields of an archive that are not as it keeps them. */
export const archiveFields: ArchiveResolvers<JobsContext, Archive> = {
  user: ({ by }) => userOf(by),
}

/** The fields of a pause that are not as it keeps them. */
export const pauseFields: PauseResolvers<JobsContext, Pause> = {
  user: ({ by }) => userOf(by),
}

/** The fields of an entry of a job's history. */
export const historyFields: JobHistoryEntryResolvers<JobsContext, JobStep> = {
  type: ({ event }) => CHANGE_TYPES[event.type],
  at: ({ event }) => happenedAt(event),
  user: ({ actor }) => userOf(actor),
  changes: ({ before, after }) => fieldChanges(before, after),
  note: ({ event }) => (event.type === 'JobPaused' ? (event.note ?? null) : null),
  job: ({ after }) => after,
}

// Who decides by itself; '' is a pause of before it was kept.
const NO_USERS: ReadonlySet<string> = new Set(['', 'clock', 'jobs'])

/** What was done to a job, the newest first. The job may be one of before: its history is that of now all the same. */
async function jobHistory(
  { parts, jobs }: JobsContext,
  { id }: Job,
  args: { readonly first: number; readonly after?: string | null | undefined },
): Promise<Connection<JobStep>> {
  const page = pageOf(args)
  const { version } = await found(jobs.load(id))
  const before = page.after === null ? version + 1 : Math.min(Number(page.after[0]) || 0, version + 1)
  const steps = await listSteps(parts.database.reader, id, { before, limit: page.first + 1 })
  return connection(page, steps, (step) => [step.version])
}

function userOf(id: string): { readonly __typename: 'User'; readonly id: string } | null {
  return NO_USERS.has(id) ? null : { __typename: 'User', id }
}

function retryOf({ attemptsMax, backoffMs, backoffMsMax, nonRetryable }: ExecutionPolicy) {
  return { attemptsMax, backoff: backoffMs, backoffMax: backoffMsMax, nonRetryable }
}

function uniqueOf({ unique }: ExecutionPolicy) {
  return unique && { key: unique.key, window: unique.windowMs }
}

function timeoutsOf({ scheduleToStartMs, startToCloseMs, scheduleToCloseMs, heartbeatMs }: ExecutionPolicy) {
  return {
    scheduleToStart: scheduleToStartMs,
    startToClose: startToCloseMs,
    scheduleToClose: scheduleToCloseMs,
    heartbeat: heartbeatMs,
  }
}

function retentionOf({ executionsKeptMs, logsKeptMs }: ExecutionPolicy) {
  return { executions: executionsKeptMs, logs: logsKeptMs }
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}
