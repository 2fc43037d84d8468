import { type Connection, connection, pageOf } from '#platform/graphql'
import { signedIn } from '#platform/identity'
import { backfill } from '../commands/backfill.ts'
import { cancelBackfill } from '../commands/cancel-backfill.ts'
import { type Backfill, backfillCause, backfillTimes, type DryRun } from '../domain/backfill.ts'
import { definitionOfVersion } from '../domain/definition.ts'
import type { Job } from '../domain/job.ts'
import type { Occurrence } from '../domain/occurrence.ts'
import { backfillsOf } from '../projections/backfills.ts'
import { countCause, occurrencesOfCause } from '../projections/find-occurrences.ts'
import type { JobsContext } from './context.ts'
import { found } from './found.ts'
import type { OccurrenceList } from './occurrence-list.ts'
import type { BackfillResolvers, JobResolvers, MutationResolvers } from './schema.generated.ts'

interface PageArguments {
  readonly first: number
  readonly after?: string | null | undefined
}

/** What is asked of backfills. */
export const backfillMutation: Pick<MutationResolvers, 'backfill' | 'cancelBackfill'> = {
  backfill: (_parent, args, { parts, caller, correlationId }) => backfill(parts, caller, args, correlationId),
  cancelBackfill: (_parent, { id: backfillId }, { parts, caller, correlationId }) =>
    cancelBackfill(parts, caller, { backfillId }, correlationId),
}

/** The backfills of a job. */
export const backfillsOfJob: Pick<JobResolvers<JobsContext, Job>, 'backfills'> = {
  async backfills({ id }, args, { parts, caller }) {
    const page = pageOf(args)
    const beforeId = page.after === null ? null : String(page.after[0])
    const read = { beforeId, limit: page.first + 1 }
    const backfills = await backfillsOf(parts.database.reader, signedIn(caller).workspaceIds, id, read)
    return connection(page, backfills, ({ id: place }) => [place ?? ''])
  },
}

const resolvers: BackfillResolvers<JobsContext, Backfill | DryRun> = {
  job: ({ jobId }, _args, { jobs }) => found(jobs.load(jobId)),
  async expectedCount(parent, _args, { definitions }) {
    if ('times' in parent) return parent.times.length + parent.leftOutCount
    const { jobId, jobVersion, from, to } = parent
    const { job } = await found(Promise.resolve(definitionOfVersion(await found(definitions.load(jobId)), jobVersion)))
    return backfillTimes(job, from, to).length
  },
  occurrences: (parent, args, context) =>
    'times' in parent ? imagined(parent, args) : happened(context, parent, args),
}

/** The types of backfills. */
export const backfillTypes = { Backfill: resolvers }

async function happened(
  { parts, caller }: JobsContext,
  { id, jobId }: Backfill,
  args: PageArguments,
): Promise<OccurrenceList> {
  const page = pageOf(args)
  const { reader } = parts.database
  const { workspaceIds } = signedIn(caller)
  const line = { jobId, cause: backfillCause(id ?? '') }
  const beforeMs = page.after === null ? Number.MAX_SAFE_INTEGER : Number(page.after[0])
  const records = await occurrencesOfCause(reader, workspaceIds, line, { beforeMs, limit: page.first + 1 })
  const count = (): Promise<number> => countCause(reader, workspaceIds, line)
  return { ...placed(page, records), count }
}

async function imagined(dryRun: DryRun, args: PageArguments): Promise<OccurrenceList> {
  const page = pageOf(args)
  const afterMs = page.after === null ? Number.MIN_SAFE_INTEGER : Number(page.after[0])
  const start = dryRun.times.findIndex((time) => time.getTime() > afterMs)
  const times = start === -1 ? [] : dryRun.times.slice(start, start + page.first + 1)
  const records = times.map((time) => imaginedAt(dryRun, time))
  return { ...placed(page, records), count: async () => dryRun.times.length }
}

function placed(page: Parameters<typeof connection>[0], records: readonly Occurrence[]): Connection<Occurrence> {
  return connection(page, records, ({ scheduledFor }) => [scheduledFor.getTime()])
}

function imaginedAt({ workspaceId, jobId, jobVersion }: DryRun, time: Date): Occurrence {
  return {
    workspaceId,
    jobId,
    cause: 'backfill:',
    scheduledFor: time,
    through: time,
    count: 1,
    wallTime: null,
    outcome: 'PENDING',
    reason: 'DRY_RUN',
    detail: '',
    isLate: false,
    effectiveAt: null,
    decidedAt: null,
    jobVersion,
    tzdbVersion: '',
    executionId: null,
  }
}
