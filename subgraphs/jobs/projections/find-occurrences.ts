import type { Reader, Value } from '#platform/database'
import { lineOf, type Occurrence } from '../domain/occurrence.ts'
import { FIRES, KINDS, type OccurrenceRow, occurrenceFrom, SPANS_MS, shelfOf } from './occurrence-rows.ts'
import { places } from './rows-by-id.ts'

/** Which records; all when nothing is said. */
export interface OccurrenceFilter {
  /** Only what has a nominal time after this. */
  readonly from?: Date | null | undefined
  /** Only what has one at or before this. */
  readonly to?: Date | null | undefined
  readonly outcome?: readonly string[] | null | undefined
  readonly isLate?: boolean | null | undefined
}

/** The place of a record in a list: the newest first. */
export interface OccurrencePlace {
  readonly scheduledForMs: number
  readonly jobId: string
  readonly line: string
}

/** What of a list is read. */
export interface OccurrencePage {
  readonly after: OccurrencePlace | null
  readonly limit: number
}

/** The records of one job, the newest first. */
export async function occurrencesOfJob(
  reader: Reader,
  workspaceIds: readonly string[],
  jobId: string,
  filter: OccurrenceFilter,
  page: OccurrencePage,
): Promise<readonly Occurrence[]> {
  if (workspaceIds.length === 0) return []
  const where = { sql: `job_id = ? and workspace_id in (${places(workspaceIds)})`, params: [jobId, ...workspaceIds] }
  return newest(await read(reader, 'occurrences_of_job', where, filter, page), page.limit)
}

/** The records of many jobs, the newest first. */
export async function occurrencesOfJobs(
  reader: Reader,
  workspaceIds: readonly string[],
  jobIds: readonly string[],
  filter: OccurrenceFilter,
  page: OccurrencePage,
): Promise<readonly Occurrence[]> {
  const found: Occurrence[] = []
  // One statement a job: each finds its own few, and none sorts all that all of them ever did.
  for (const jobId of new Set(jobIds))
    found.push(...(await occurrencesOfJob(reader, workspaceIds, jobId, filter, page)))
  return newest(found, page.limit)
}

/** The records of all jobs of some workspaces, the newest first. */
export async function occurrencesOfWorkspaces(
  reader: Reader,
  workspaceIds: readonly string[],
  filter: OccurrenceFilter,
  page: OccurrencePage,
): Promise<readonly Occurrence[]> {
  const found: Occurrence[] = []
  for (const workspaceId of workspaceIds) {
    const where = { sql: 'workspace_id = ?', params: [workspaceId] }
    found.push(...(await read(reader, 'occurrences_of_workspace', where, filter, page)))
  }
  return newest(found, page.limit)
}

/** How many records a filter lets through, of some jobs or of all. */
export async function countOccurrences(
  reader: Reader,
  workspaceIds: readonly string[],
  jobIds: readonly string[] | null,
  { from = null, to = null, ...filter }: OccurrenceFilter,
): Promise<number> {
  const shelves = wantedShelves(filter).map(({ shelf }) => shelf)
  if (workspaceIds.length === 0 || shelves.length === 0 || jobIds?.length === 0) return 0
  const clauses = [`workspace_id in (${places(workspaceIds)})`, `shelf in (${places(shelves)})`]
  const params: Value[] = [...workspaceIds, ...shelves]
  if (jobIds) {
    clauses.push(`job_id in (${places(jobIds)})`)
    params.push(...jobIds)
  }
  if (from) {
    clauses.push('through > ?')
    params.push(from.getTime())
  }
  if (to) {
    clauses.push('scheduled_for <= ?')
    params.push(to.getTime())
  }
  const sql = `select count(*) as total from occurrences where ${clauses.join(' and ')}`
  return Number((await reader.get<{ total: number }>(sql, params))?.total ?? 0)
}

/** The first records of some in the order of a list. */
export function newest(occurrences: readonly Occurrence[], limit: number): readonly Occurrence[] {
  return [...occurrences].sort((one, other) => comparePlaces(placeOf(other), placeOf(one))).slice(0, limit)
}

/** The place of a record. */
export function placeOf(occurrence: Occurrence): OccurrencePlace {
  const { scheduledFor, jobId } = occurrence
  return { scheduledForMs: scheduledFor.getTime(), jobId, line: lineOf(occurrence) }
}

/** Less than 0 when one stands before the other in time. Texts are compared as the databases do, byte by byte. */
export function comparePlaces(one: OccurrencePlace, other: OccurrencePlace): number {
  return (
    one.scheduledForMs - other.scheduledForMs ||
    compareBytes(one.jobId, other.jobId) ||
    compareBytes(one.line, other.line)
  )
}

function compareBytes(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other))
}

interface Clause {
  readonly sql: string
  readonly params: readonly Value[]
}

const ORDER = 'scheduled_for desc, job_id desc, line desc'

/** Reads the first of each shelf by one statement: each part of it reads no more than it gives, in the order of the index. */
async function read(
  reader: Reader,
  index: string,
  where: Clause,
  { from = null, to = null, ...filter }: OccurrenceFilter,
  { after, limit }: OccurrencePage,
): Promise<readonly Occurrence[]> {
  const along = reader.dialect.alongIndex(index)
  const parts: string[] = []
  const params: Value[] = []
  for (const { shelf, spanMs } of wantedShelves(filter)) {
    for (const beyond of beyondPlace(after)) {
      const clauses = [where, { sql: 'shelf = ?', params: [shelf] }, ...within(from, to, spanMs), ...beyond]
      parts.push(`select * from (select * from occurrences${along} where ${clauses.map(({ sql }) => sql).join(' and ')}
        order by ${ORDER} limit ?) part_${parts.length}`)
      params.push(...clauses.flatMap((clause) => clause.params), limit)
    }
  }
  if (parts.length === 0) return []
  return (await reader.all<OccurrenceRow>(parts.join(' union all '), params)).map(occurrenceFrom)
}

function wantedShelves({ outcome, isLate }: Pick<OccurrenceFilter, 'outcome' | 'isLate'>) {
  return KINDS.flatMap((kind, index) => {
    if (outcome && !outcome.includes(kind.outcome)) return []
    if (isLate != null && isLate !== kind.isLate) return []
    const spans = FIRES.includes(kind.outcome) ? SPANS_MS.slice(0, 1) : SPANS_MS
    return spans.map((spanMs, span) => ({ shelf: shelfOf(index, span), spanMs }))
  })
}

/** What begins before `from` and reaches beyond it begins no earlier than the longest run of its shelf allows. */
function within(from: Date | null, to: Date | null, spanMs: number): Clause[] {
  const clauses: Clause[] = []
  if (from) {
    clauses.push({ sql: 'through > ?', params: [from.getTime()] })
    if (Number.isFinite(spanMs)) clauses.push({ sql: 'scheduled_for > ?', params: [from.getTime() - spanMs] })
  }
  if (to) clauses.push({ sql: 'scheduled_for <= ?', params: [to.getTime()] })
  return clauses
}

/**
 * What comes after a place: the rest of its instant, and what is older. In two parts, so that each is a range of the
 * index: thousands of jobs may share an instant.
 */
function beyondPlace(after: OccurrencePlace | null): Clause[][] {
  if (after === null) return [[]]
  const { scheduledForMs, jobId, line } = after
  const sql = 'scheduled_for = ? and job_id <= ? and (job_id < ? or line < ?)'
  return [
    [{ sql, params: [scheduledForMs, jobId, jobId, line] }],
    [{ sql: 'scheduled_for < ?', params: [scheduledForMs] }],
  ]
}

/** How often a job fired by its schedule from a version of it on, as far as a limit. For whoever may see the job. */
export async function countFired(reader: Reader, jobId: string, sinceVersion: number, limit: number): Promise<number> {
  const sql = `select count(*) as fired from (select 1 from occurrences
    where job_id = ? and line = 'schedule' and outcome in (${places(FIRES)}) and job_version >= ? limit ?) counted`
  return Number((await reader.get<{ fired: number }>(sql, [jobId, ...FIRES, sinceVersion, limit]))?.fired ?? 0)
}

const FIRED_TIMES_MAX = 100_000

/** The nominal times after `from` up to `to` that a job has fired, by its schedule or by a backfill. For whoever may see the job. */
export async function firedTimes(reader: Reader, jobId: string, from: Date, to: Date): Promise<ReadonlySet<number>> {
  const shelves = wantedShelves({ outcome: FIRES, isLate: null }).map(({ shelf }) => shelf)
  const sql = `select distinct scheduled_for from occurrences where job_id = ? and shelf in (${places(shelves)})
    and scheduled_for > ? and scheduled_for <= ? and (cause = 'schedule' or cause like 'backfill:%') limit ?`
  const params = [jobId, ...shelves, from.getTime(), to.getTime(), FIRED_TIMES_MAX]
  const rows = await reader.all<{ scheduled_for: number }>(sql, params)
  return new Set(rows.map(({ scheduled_for }) => scheduled_for))
}

/** What a cause that is no schedule came to, the newest first, before an instant. */
export async function occurrencesOfCause(
  reader: Reader,
  workspaceIds: readonly string[],
  { jobId, cause }: Pick<Occurrence, 'jobId' | 'cause'>,
  { beforeMs, limit }: { readonly beforeMs: number; readonly limit: number },
): Promise<readonly Occurrence[]> {
  if (workspaceIds.length === 0) return []
  const sql = `select * from occurrences${reader.dialect.alongIndex('primary')}
    where job_id = ? and line = ? and workspace_id in (${places(workspaceIds)})
    and scheduled_for < ? order by scheduled_for desc limit ?`
  return (await reader.all<OccurrenceRow>(sql, [jobId, cause, ...workspaceIds, beforeMs, limit])).map(occurrenceFrom)
}

/** How many records such a cause has. */
export async function countCause(
  reader: Reader,
  workspaceIds: readonly string[],
  { jobId, cause }: Pick<Occurrence, 'jobId' | 'cause'>,
): Promise<number> {
  if (workspaceIds.length === 0) return 0
  const sql = `select count(*) as total from occurrences
    where job_id = ? and line = ? and workspace_id in (${places(workspaceIds)})`
  return Number((await reader.get<{ total: number }>(sql, [jobId, cause, ...workspaceIds]))?.total ?? 0)
}
