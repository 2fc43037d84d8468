import type { Dialect, Reader, Unit } from '#platform/database'
import { newStream } from '#platform/event-store'
import { unknownJob } from '#platform/timetable'
import {
  COLUMNS,
  entryOf,
  MOVING_COLUMNS,
  movedRowOf,
  rowOf,
  type SavedEntry,
  type TimetableEntry,
  type TimetableRow,
} from './timetable-row.ts'

/** The rows that are due, those that have waited longest first. Its parameters: now, and how many. */
export function dueRows({ alongIndex }: Dialect): string {
  return `select * from timetable${alongIndex('timetable_next_fire_at')} where next_fire_at <= ? order by next_fire_at limit ?`
}

/**
 * The rows whose next time was found by another tz database than a given one: an older or a newer. Its parameters: that
 * version, and how many.
 */
export function rowsOfOtherTzdb({ alongIndex }: Dialect, age: 'older' | 'newer'): string {
  const other = age === 'older' ? "tzdb_version > '' and tzdb_version < ?" : 'tzdb_version > ?'
  return `select * from timetable${alongIndex('timetable_tzdb_version')} where ${other} order by tzdb_version limit ?`
}

const JOBS_A_QUERY = 500

/** The timetable of each of these jobs that is known; where a unit reads it, held until that commits. */
export async function timetableOf(reader: Reader, jobIds: readonly string[]): Promise<Map<string, TimetableEntry>> {
  const found = new Map<string, TimetableEntry>()
  for (let start = 0; start < jobIds.length; start += JOBS_A_QUERY) {
    const some = jobIds.slice(start, start + JOBS_A_QUERY)
    const marks = some.map(() => '?').join(', ')
    const sql = `select t.*, p.parked_at from timetable t left join parked_jobs p on p.job_id = t.job_id
      where t.job_id in (${marks})${reader.dialect.lockRows}`
    const rows = await reader.all<TimetableRow>(sql, some)
    for (const row of rows) found.set(row.job_id, entryOf(row))
  }
  return found
}

/** The timetable of a job that was never heard of. */
export function unknownEntry(jobId: string, workspaceId: string): TimetableEntry {
  const head = newStream(`schedule-${jobId}`)
  const timetable = unknownJob(jobId, workspaceId)
  return { timetable, head, fireCount: 0, next: null, isParked: false, unreadable: null }
}

/** When the next row is due, or null when none ever is. */
export async function nextDueAt(reader: Reader): Promise<Date | null> {
  const row = await reader.get<{ next_fire_at: number }>(
    'select next_fire_at from timetable where next_fire_at is not null order by next_fire_at limit 1',
  )
  return row ? new Date(row.next_fire_at) : null
}

/** Writes entries as changes of their jobs left them, or new ones. */
export async function saveTimetable(unit: Unit, entries: readonly SavedEntry[]): Promise<void> {
  await unit.upsertMany('timetable', ['job_id'], COLUMNS, entries.map(rowOf))
}

/** Writes entries as time alone left them: what the job is stays as it was written. */
export async function moveTimetable(unit: Unit, entries: readonly SavedEntry[]): Promise<void> {
  await unit.upsertMany('timetable', ['job_id'], COLUMNS, entries.map(movedRowOf), MOVING_COLUMNS)
}
