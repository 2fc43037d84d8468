import type { Value } from '#platform/database'
import type { StreamHead } from '#platform/event-store'
import { defaultTimingOptions, type TimingOptions, tzdbVersion } from '#platform/schedule'
import type { Backfill, JobChange, JobState, Skip, Timetable } from '#platform/timetable'

/** A row of the timetable: what is known of a job, and how far its streams are. */
export interface TimetableEntry {
  readonly timetable: Timetable
  /** The end of the job's own stream. */
  readonly head: StreamHead
  /** How many times it has fired, and what was open ended: the version of the stream of its executions. */
  readonly fireCount: number
  /** When it was to be looked at. */
  readonly next: Date | null
  /** It could not be decided or written, and fires no more until it changes. */
  readonly isParked: boolean
  /** Why something of the row could not be read; it is left out then. */
  readonly unreadable: unknown
}

/** A timetable row as it is stored. */
export interface TimetableRow {
  readonly job_id: string
  readonly workspace_id: string
  readonly job_version: number
  readonly job_type: string
  readonly schedule: string
  readonly timing: string | null
  readonly params: string
  readonly policy: string | null
  readonly state: JobState
  readonly paused_until: number | null
  readonly pause_note: string | null
  readonly scheduled_since: number
  readonly decided_through: number
  readonly last_nominal_at: number | null
  readonly schedule_fires: number
  readonly backlog_as_of: number | null
  readonly last_skip: string | null
  readonly next_fire_at: number | null
  readonly waiting: string | null
  readonly backfills: string | null
  readonly tzdb_version: string
  readonly stream_version: number
  readonly stream_hash: string | null
  readonly fire_count: number
  /** When `parked_jobs` was joined. */
  readonly parked_at?: number | null
}

/** What time alone changes of a row. */
export const MOVING_COLUMNS = [
  'state',
  'paused_until',
  'pause_note',
  'decided_through',
  'last_nominal_at',
  'schedule_fires',
  'backlog_as_of',
  'last_skip',
  'next_fire_at',
  'waiting',
  'backfills',
  'tzdb_version',
  'stream_version',
  'stream_hash',
  'fire_count',
] as const

/** The whole of a row. */
export const COLUMNS = [
  'job_id',
  'workspace_id',
  'job_version',
  'job_type',
  'schedule',
  'timing',
  'params',
  'policy',
  'scheduled_since',
  ...MOVING_COLUMNS,
] as const

/** What is written of an entry. */
export type SavedEntry = Pick<TimetableEntry, 'timetable' | 'head' | 'fireCount' | 'next'>

const NO_POLICY = '{}'
const DEFAULT_TIMING = JSON.stringify(defaultTimingOptions)
const TIMINGS_LENGTH_MAX = 4_000_000
const timings = new Map<string, TimingOptions>()
let timingsLength = 0

/** Reads a row. */
export function entryOf(row: TimetableRow): TimetableEntry {
  const { read, unreadable } = readTexts(row)
  return {
    timetable: {
      jobId: row.job_id,
      workspaceId: row.workspace_id,
      jobVersion: row.job_version,
      jobType: row.job_type,
      schedule: row.schedule,
      params: row.params,
      policy: row.policy ?? NO_POLICY,
      state: row.state,
      pausedUntil: dateOf(row.paused_until),
      pauseNote: row.pause_note ?? '',
      scheduledSince: new Date(row.scheduled_since),
      decidedThrough: new Date(row.decided_through),
      lastNominal: new Date(row.last_nominal_at ?? row.decided_through),
      scheduleFires: row.schedule_fires,
      backlogAsOf: dateOf(row.backlog_as_of),
      timing: read.timing,
      waiting: read.waiting,
      backfills: read.backfills,
      lastSkip: read.lastSkip,
    },
    head: { stream: `schedule-${row.job_id}`, version: row.stream_version, hash: row.stream_hash },
    fireCount: row.fire_count,
    next: dateOf(row.next_fire_at),
    isParked: typeof row.parked_at === 'number',
    unreadable,
  }
}

/** The row of an entry, by `COLUMNS`. */
export function rowOf(entry: SavedEntry): Value[] {
  const { jobId, workspaceId, jobVersion, jobType, schedule, timing, params, policy, scheduledSince } = entry.timetable
  const row = [jobId, workspaceId, jobVersion, jobType, schedule, timingText(timing), params]
  row.push(policy === NO_POLICY ? null : policy, scheduledSince.getTime())
  return withMovingPart(row, entry)
}

/** The row of an entry of which nothing changed but what time changes: the rest is not sent again. */
export function movedRowOf(entry: SavedEntry): Value[] {
  const { jobId, workspaceId, jobVersion, jobType, scheduledSince } = entry.timetable
  const row = [jobId, workspaceId, jobVersion, jobType, '', null, '', null, scheduledSince.getTime()]
  return withMovingPart(row, entry)
}

function withMovingPart(row: Value[], { timetable, head, fireCount, next }: SavedEntry): Value[] {
  const { state, pausedUntil, pauseNote, decidedThrough, lastNominal, scheduleFires } = timetable
  const { backlogAsOf, lastSkip, timing, waiting, backfills } = timetable
  row.push(state, pausedUntil?.getTime() ?? null, pauseNote === '' ? null : pauseNote)
  row.push(decidedThrough.getTime(), lastNominal.getTime(), scheduleFires, backlogAsOf?.getTime() ?? null)
  row.push(lastSkip && JSON.stringify(lastSkip), next?.getTime() ?? null, listText(waiting), listText(backfills))
  row.push(next === null || timing.timeZone === 'UTC' ? '' : tzdbVersion(), head.version, head.hash, fireCount)
  return row
}

type Read = Pick<Timetable, 'waiting' | 'backfills' | 'lastSkip' | 'timing'>

const NOTHING_READ: Read = { timing: defaultTimingOptions, waiting: [], backfills: [], lastSkip: null }

function readTexts({ waiting, backfills, last_skip, timing }: TimetableRow) {
  try {
    const read: Read = {
      timing: timing === null ? defaultTimingOptions : timingOf(timing),
      waiting: waiting === null ? [] : changesOf(waiting),
      backfills: backfills === null ? [] : (JSON.parse(backfills) as readonly Backfill[]),
      lastSkip: last_skip === null ? null : skipOf(last_skip),
    }
    return { read, unreadable: null }
  } catch (error) {
    return { read: NOTHING_READ, unreadable: error }
  }
}

function timingText(timing: TimingOptions): string | null {
  if (timing === defaultTimingOptions) return null
  const text = JSON.stringify(timing)
  return text === DEFAULT_TIMING ? null : text
}

/** What was read is kept: most jobs say the same, and what calendars work out is kept with their rules. */
function timingOf(text: string): TimingOptions {
  const known = timings.get(text)
  if (known) return known
  const timing = { ...defaultTimingOptions, ...(JSON.parse(text) as Partial<TimingOptions>) }
  timingsLength += text.length
  if (timingsLength > TIMINGS_LENGTH_MAX) {
    timings.clear()
    timingsLength = text.length
  }
  timings.set(text, timing)
  return timing
}

/** Changes as they were written, with instants instead of their text. Older ones lack what came later. */
function changesOf(json: string): readonly JobChange[] {
  return (JSON.parse(json) as readonly (Partial<JobChange> & Pick<JobChange, 'version'>)[]).map((stored) => {
    const { trigger = null, backfill = null, pausedUntil = null } = stored
    return {
      timing: defaultTimingOptions,
      policy: NO_POLICY,
      pauseNote: '',
      ...stored,
      scheduledSince: revived(stored.scheduledSince),
      changedAt: revived(stored.changedAt),
      pausedUntil: pausedUntil && revived(pausedUntil),
      trigger: trigger && { ...trigger, triggeredAt: revived(trigger.triggeredAt) },
      backfill:
        backfill?.kind === 'REQUEST'
          ? { ...backfill, from: revived(backfill.from), to: revived(backfill.to) }
          : backfill,
    } as JobChange
  })
}

function skipOf(json: string): Skip {
  const stored = JSON.parse(json) as Skip
  return { ...stored, from: revived(stored.from), through: revived(stored.through) }
}

/** JSON has made a text of it. */
function revived(instant: Date | undefined): Date {
  return new Date(instant ?? Number.NaN)
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms)
}

function listText(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list)
}
