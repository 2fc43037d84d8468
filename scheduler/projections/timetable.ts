import type { Dialect, Reader, Unit, Value } from '#platform/database'
import { newStream, type StreamHead } from '#platform/event-store'
import type { Decision } from '../domain/decide.ts'
import { type JobChange, type JobState, type Timetable, unknownJob } from '../domain/timetable.ts'

/** A row of the timetable: what is known of a job, and how far its streams are. */
export interface TimetableEntry {
  readonly timetable: Timetable
  /** The end of the job's own stream. */
  readonly head: StreamHead
  /** How many times it has fired: the version of the stream of its executions. */
  readonly fireCount: number
  /** It could not be decided or written, and fires no more until it changes. */
  readonly isParked: boolean
  /** Why what waits could not be read; it is left out then. */
  readonly unreadable: unknown
}

/** A timetable row as it is stored. */
export interface TimetableRow {
  readonly job_id: string
  readonly workspace_id: string
  readonly job_version: number
  readonly job_type: string
  readonly schedule: string
  readonly params: string
  readonly state: JobState
  readonly scheduled_since: number
  readonly decided_through: number
  readonly next_fire_at: number | null
  readonly waiting: string | null
  readonly stream_version: number
  readonly stream_hash: string | null
  readonly fire_count: number
  /** When `parked_jobs` was joined. */
  readonly parked_at?: number | null
}

const COLUMNS = [
  'job_id',
  'workspace_id',
  'job_version',
  'job_type',
  'schedule',
  'params',
  'state',
  'scheduled_since',
  'decided_through',
  'next_fire_at',
  'waiting',
  'stream_version',
  'stream_hash',
  'fire_count',
] as const

/** The rows that are due, those that have waited longest first. Its parameters: now, and how many. */
export function dueRows({ alongIndex }: Dialect): string {
  return `select * from timetable${alongIndex('timetable_next_fire_at')} where next_fire_at <= ? order by next_fire_at limit ?`
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
  return { timetable: unknownJob(jobId, workspaceId), head, fireCount: 0, isParked: false, unreadable: null }
}

/** When the next row is due, or null when none ever is. */
export async function nextDueAt(reader: Reader): Promise<Date | null> {
  const row = await reader.get<{ next_fire_at: number }>(
    'select next_fire_at from timetable where next_fire_at is not null order by next_fire_at limit 1',
  )
  return row ? new Date(row.next_fire_at) : null
}

/** What is written of an entry. */
export type SavedEntry = Pick<TimetableEntry, 'timetable' | 'head' | 'fireCount'>

/** Writes entries as decisions left them. */
export async function saveTimetable(
  unit: Unit,
  saved: readonly { readonly entry: SavedEntry; readonly next: Decision['next'] }[],
): Promise<void> {
  const rows = saved.map(({ entry, next }) => rowOf(entry, next))
  await unit.upsertMany('timetable', ['job_id'], COLUMNS, rows)
}

/** Reads a row. */
export function entryOf(row: TimetableRow): TimetableEntry {
  const { waiting, unreadable } = waitingOf(row.waiting)
  return {
    timetable: {
      jobId: row.job_id,
      workspaceId: row.workspace_id,
      jobVersion: row.job_version,
      jobType: row.job_type,
      schedule: row.schedule,
      params: row.params,
      state: row.state,
      scheduledSince: new Date(row.scheduled_since),
      decidedThrough: new Date(row.decided_through),
      waiting,
    },
    head: { stream: `schedule-${row.job_id}`, version: row.stream_version, hash: row.stream_hash },
    fireCount: row.fire_count,
    isParked: typeof row.parked_at === 'number',
    unreadable,
  }
}

function rowOf({ timetable, head, fireCount }: SavedEntry, next: Date | null): Value[] {
  return [
    timetable.jobId,
    timetable.workspaceId,
    timetable.jobVersion,
    timetable.jobType,
    timetable.schedule,
    timetable.params,
    timetable.state,
    timetable.scheduledSince.getTime(),
    timetable.decidedThrough.getTime(),
    next?.getTime() ?? null,
    timetable.waiting.length === 0 ? null : JSON.stringify(timetable.waiting),
    head.version,
    head.hash,
    fireCount,
  ]
}

function waitingOf(json: string | null): { readonly waiting: readonly JobChange[]; readonly unreadable: unknown } {
  try {
    return { waiting: json === null ? [] : changesOf(json), unreadable: null }
  } catch (error) {
    return { waiting: [], unreadable: error }
  }
}

/** Changes as they were written by `rowOf`, with instants instead of their text. */
function changesOf(json: string): readonly JobChange[] {
  type Stored = Omit<JobChange, 'scheduledSince' | 'changedAt' | 'trigger'> & {
    readonly scheduledSince: string
    readonly changedAt: string
    readonly trigger: (Omit<NonNullable<JobChange['trigger']>, 'triggeredAt'> & { readonly triggeredAt: string }) | null
  }
  return (JSON.parse(json) as readonly Stored[]).map((change) => ({
    ...change,
    scheduledSince: new Date(change.scheduledSince),
    changedAt: new Date(change.changedAt),
    trigger: change.trigger && { ...change.trigger, triggeredAt: new Date(change.trigger.triggeredAt) },
  }))
}
