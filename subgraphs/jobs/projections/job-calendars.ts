import type { Reader, Unit, Value } from '#platform/database'
import type { Calendar } from '../domain/calendar.ts'
import type { Job } from '../domain/job.ts'
import { places } from './rows-by-id.ts'

/** A job before and after what was decided of it. */
export interface JobMove {
  readonly before: Job | 'absent'
  readonly after: Job
}

/** Which calendar, in whatever version. */
export type CalendarName = Pick<Calendar, 'workspaceId' | 'name'>

const COLUMNS = ['workspace_id', 'job_id', 'name', 'version'] as const
const IDS_A_DELETE = 500

/** Keeps which calendars a job uses, and by which version it goes. An archived one uses none any more. */
export async function saveJobCalendars(unit: Unit, table: string, moves: readonly JobMove[]): Promise<void> {
  const moved = moves.filter(({ before, after }) => textOf(before) !== textOf(after))
  const had = moved.filter(({ before }) => usesOf(before).size > 0).map(({ after }) => after)
  for (const workspaceId of new Set(had.map((job) => job.workspaceId))) {
    const ids = had.filter((job) => job.workspaceId === workspaceId).map(({ id }) => id)
    for (let start = 0; start < ids.length; start += IDS_A_DELETE) {
      const some = ids.slice(start, start + IDS_A_DELETE)
      await unit.run(`delete from ${table} where workspace_id = ? and job_id in (${places(some)})`, [
        workspaceId,
        ...some,
      ])
    }
  }
  const rows = moved.flatMap(({ after: { workspaceId, id }, after }): Value[][] =>
    [...usesOf(after)].map(([name, version]) => [workspaceId, id, name, version]),
  )
  if (rows.length > 0) await unit.insertLater(table, COLUMNS, rows)
}

/** How many jobs use a calendar; archived ones do no more. */
export async function countUsers(reader: Reader, { workspaceId, name }: CalendarName): Promise<number> {
  const row = await reader.get<{ job_count: number }>(
    'select count(*) as job_count from job_calendars where workspace_id = ? and name = ?',
    [workspaceId, name],
  )
  return Number(row?.job_count ?? 0)
}

/** How many jobs still go by an earlier version of each of these calendars, under `calendarKey`; none are left out. */
export async function countStale(
  reader: Reader,
  calendars: readonly CalendarName[],
): Promise<ReadonlyMap<string, number>> {
  const workspaceIds = [...new Set(calendars.map(({ workspaceId }) => workspaceId))]
  const names = [...new Set(calendars.map(({ name }) => name))]
  const rows = await reader.all<{ workspace_id: string; name: string; job_count: number }>(
    `select calendars.workspace_id, calendars.name, count(*) as job_count from calendars
     join job_calendars on job_calendars.workspace_id = calendars.workspace_id
       and job_calendars.name = calendars.name and job_calendars.version < calendars.version
     where calendars.workspace_id in (${places(workspaceIds)}) and calendars.name in (${places(names)})
     group by calendars.workspace_id, calendars.name`,
    [...workspaceIds, ...names],
  )
  return new Map(rows.map((row) => [calendarKey({ workspaceId: row.workspace_id, name: row.name }), row.job_count]))
}

/** A calendar's workspace and name as one text. */
export function calendarKey({ workspaceId, name }: CalendarName): string {
  return JSON.stringify([workspaceId, name])
}

/** The ids of jobs that go by an earlier version of a calendar than this one. */
export async function staleJobIds(
  reader: Reader,
  { workspaceId, name, version }: Calendar,
  limit: number,
): Promise<readonly string[]> {
  const rows = await reader.all<{ job_id: string }>(
    'select job_id from job_calendars where workspace_id = ? and name = ? and version < ? limit ?',
    [workspaceId, name, version, limit],
  )
  return rows.map(({ job_id }) => job_id)
}

/** The ids of jobs that use a calendar, the newest first, after an id. */
export async function listUsers(
  reader: Reader,
  { workspaceId, name }: CalendarName,
  { afterId, limit }: { readonly afterId: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const isAfter = afterId === null ? '' : 'and job_id < ?'
  const rows = await reader.all<{ job_id: string }>(
    `select job_id from job_calendars where workspace_id = ? and name = ? ${isAfter} order by job_id desc limit ?`,
    [workspaceId, name, ...(afterId === null ? [] : [afterId]), limit],
  )
  return rows.map(({ job_id }) => job_id)
}

/** The oldest version of each calendar that a job goes by, under its name. */
function usesOf(job: Job | 'absent'): ReadonlyMap<string, number> {
  const uses = new Map<string, number>()
  if (job === 'absent' || job.state === 'ARCHIVED') return uses
  for (const { name, version } of job.timing.calendars) uses.set(name, Math.min(version, uses.get(name) ?? version))
  return uses
}

function textOf(job: Job | 'absent'): string {
  return JSON.stringify([...usesOf(job)])
}
