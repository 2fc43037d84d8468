import { DomainError } from '#platform/domain'
import { type Connection, connection, type Page, pageOf } from '#platform/graphql'
import { signedIn } from '#platform/identity'
import { definitionOfVersion } from '../domain/definition.ts'
import type { Job } from '../domain/job.ts'
import { clipped, reachesOut } from '../domain/nominal-run.ts'
import type { Occurrence } from '../domain/occurrence.ts'
import { undecided } from '../domain/undecided.ts'
import {
  comparePlaces,
  countOccurrences,
  newest,
  type OccurrenceFilter,
  type OccurrencePlace,
  occurrencesOfJobs,
  occurrencesOfWorkspaces,
  placeOf,
} from '../projections/find-occurrences.ts'
import { ledgerFrom } from '../projections/ledger-horizon.ts'
import { lastRecords } from '../projections/occurrences.ts'
import type { JobsContext } from './context.ts'

/** A page of the ledger, and what it is a page of. */
export interface OccurrenceList extends Connection<Occurrence> {
  /** Counts when it is asked for. */
  count(): Promise<number>
}

/** Which records of which jobs; all jobs when none is named. */
export interface LedgerFilter extends OccurrenceFilter {
  readonly jobIds?: readonly string[] | null | undefined
}

interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

const FIRST_DEFAULT = 50
const JOB_IDS_MAX = 100
const UNDECIDED: ReadonlySet<string> = new Set(['PENDING', 'SKIPPED_PAUSED', 'SKIPPED_CALENDAR'])

/** What became of one job's nominal times, the newest first. */
export async function occurrencesOf(
  context: JobsContext,
  { id }: Pick<Job, 'id'>,
  { first, after, ...filter }: OccurrenceFilter & PageArguments,
): Promise<OccurrenceList> {
  return occurrenceLedger(context, { first, after, filter: { ...filter, jobIds: [id] } })
}

/** What became of nominal times over the caller's jobs, the newest first. */
export async function occurrenceLedger(
  context: JobsContext,
  { filter, ...args }: PageArguments & { readonly filter?: LedgerFilter | null | undefined },
): Promise<OccurrenceList> {
  const { parts, caller } = context
  const { reader } = parts.database
  const { workspaceIds } = signedIn(caller)
  const { jobIds: named, ...wanted } = filter ?? {}
  checkFilter(named ?? null, wanted)
  const jobIds = named ? await own(context, named) : null
  const page = pageOf({ ...args, first: args.first ?? FIRST_DEFAULT })
  const read = { after: placeAfter(page), limit: page.first + 1 }

  const open = jobIds ? await undecidedOf(context, jobIds, wanted) : []
  const decided = jobIds
    ? await occurrencesOfJobs(reader, workspaceIds, jobIds, wanted, read)
    : await occurrencesOfWorkspaces(reader, workspaceIds, wanted, read)
  const ahead = open.filter((each) => read.after === null || comparePlaces(placeOf(each), read.after) < 0)
  const listed = connection(page, newest([...decided, ...ahead], read.limit), (each) => Object.values(placeOf(each)))
  return {
    pageInfo: listed.pageInfo,
    edges: await clippedEdges(context, listed.edges, wanted),
    count: async () => open.length + (await countOccurrences(reader, workspaceIds, jobIds, wanted)),
  }
}

/** What of the jobs' nominal times is due and has no record, as far as a filter wants it. */
export async function undecidedOf(
  context: JobsContext,
  jobIds: readonly string[],
  { from = null, to = null, outcome, isLate }: OccurrenceFilter,
): Promise<readonly Occurrence[]> {
  if (isLate || (outcome && !outcome.some((each) => UNDECIDED.has(each)))) return []
  const { definitions, statuses, parts } = context
  const now = await parts.database.now()
  const lines = jobIds.map((jobId) => ({ jobId, line: 'schedule' }))
  const lasts = new Map(
    (await lastRecords(parts.database.reader, 'occurrences', lines)).map((last) => [last.jobId, last.through]),
  )
  // What was deleted had been decided.
  const horizon = await ledgerFrom(parts.database.reader)
  const found: Occurrence[] = []
  for (const jobId of jobIds) {
    const [known, status] = await Promise.all([definitions.load(jobId), statuses.load(jobId)])
    if (!known || !status) continue
    found.push(...undecided(known, { status, recordedThrough: lasts.get(jobId) ?? horizon }, now))
  }
  return found.filter(
    (each) =>
      (!outcome || outcome.includes(each.outcome)) &&
      (from === null || each.through > from) &&
      (to === null || each.scheduledFor <= to),
  )
}

/** What of a run lies outside of the time that was asked for is not told of; nor is a run with no time inside of it. */
async function clippedEdges(
  { definitions }: JobsContext,
  edges: Connection<Occurrence>['edges'],
  { from = null, to = null }: OccurrenceFilter,
): Promise<Connection<Occurrence>['edges']> {
  const found = await Promise.all(
    edges.map(async ({ cursor, node }) => {
      if (!reachesOut(node, from, to)) return { cursor, node }
      const definition = definitionOfVersion((await definitions.load(node.jobId)) ?? [], node.jobVersion)
      const part = definition && clipped(node, definition, from, to)
      return part && { cursor, node: part }
    }),
  )
  return found.filter((edge) => edge !== null)
}

/** Those of the ids that are jobs of the caller's, each once. */
async function own({ jobs }: JobsContext, ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all([...new Set(ids)].map((id) => jobs.load(id)))
  return found.flatMap((job) => (job === null ? [] : [job.id]))
}

function checkFilter(jobIds: readonly string[] | null, { from, to }: OccurrenceFilter): void {
  if ((jobIds?.length ?? 0) > JOB_IDS_MAX) {
    throw new DomainError('BAD_USER_INPUT', `at most ${JOB_IDS_MAX} jobs are named`, { argument: 'filter.jobIds' })
  }
  if (from && to && from > to) throw new DomainError('BAD_USER_INPUT', 'from is not after to', { argument: 'from' })
}

function placeAfter({ after }: Page): OccurrencePlace | null {
  if (after === null) return null
  const [scheduledForMs, jobId, line] = after
  return { scheduledForMs: Number(scheduledForMs), jobId: `${jobId}`, line: `${line}` }
}
