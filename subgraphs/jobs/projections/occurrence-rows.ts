import type { Row, Unit, Value } from '#platform/database'
import { type DecidedOutcome, lineOf, type Occurrence, type OccurrenceOutcome } from '../domain/occurrence.ts'
import type { UnrunOutcome } from '../domain/unrun-fire.ts'

/** A record of the ledger as its row is stored. */
export interface OccurrenceRow extends Row {
  readonly job_id: string
  /** See `lineOf`. */
  readonly line: string
  readonly scheduled_for: number
  readonly cause: string
  readonly workspace_id: string
  /** See `shelfOf`. */
  readonly shelf: number
  readonly through: number
  readonly nominal_count: number
  readonly wall_time: string | null
  readonly outcome: DecidedOutcome
  readonly reason: string
  readonly detail: string
  readonly is_late: number
  readonly effective_at: number | null
  readonly decided_at: number
  readonly job_version: number
  readonly tzdb_version: string
  readonly execution_id: string | null
}

/** What makes a record the same one when it is told again. */
export const OCCURRENCE_KEY = ['job_id', 'line', 'scheduled_for'] as const

const COLUMNS = [
  ...OCCURRENCE_KEY,
  'cause',
  'workspace_id',
  'shelf',
  'through',
  'nominal_count',
  'wall_time',
  'outcome',
  'reason',
  'detail',
  'is_late',
  'effective_at',
  'decided_at',
  'job_version',
  'tzdb_version',
  'execution_id',
] as const satisfies readonly (keyof OccurrenceRow)[]

const DAY_MS = 86_400_000

/** The longest runs of each class, in milliseconds; the last one holds what is longer. */
export const SPANS_MS = [0, 2 * DAY_MS, 64 * DAY_MS, Number.POSITIVE_INFINITY] as const

/** The kinds of records that a filter tells apart. */
export const KINDS: readonly { readonly outcome: DecidedOutcome; readonly isLate: boolean }[] = [
  { outcome: 'FIRED', isLate: false },
  { outcome: 'FIRED', isLate: true },
  { outcome: 'SKIPPED_CATCHUP', isLate: false },
  { outcome: 'SKIPPED_PAUSED', isLate: false },
  { outcome: 'SKIPPED_CALENDAR', isLate: false },
  { outcome: 'SKIPPED_DST', isLate: false },
  { outcome: 'EXPIRED', isLate: false },
  { outcome: 'EXPIRED', isLate: true },
  { outcome: 'SKIPPED_OVERLAP', isLate: false },
  { outcome: 'SKIPPED_OVERLAP', isLate: true },
  { outcome: 'DROPPED_BUFFER', isLate: false },
  { outcome: 'DROPPED_BUFFER', isLate: true },
  { outcome: 'SKIPPED_DUPLICATE', isLate: false },
  { outcome: 'SKIPPED_DUPLICATE', isLate: true },
]

/** The outcomes of what fired, whether it was run or not: of single fires, never of a run. */
export const FIRES: readonly OccurrenceOutcome[] = [
  'FIRED',
  'EXPIRED',
  'SKIPPED_OVERLAP',
  'DROPPED_BUFFER',
  'SKIPPED_DUPLICATE',
]

/**
 * Where a record stands in the index: records of one kind, and with runs of about one length, stand together in the
 * order of their times. So a rare outcome is found without reading the common ones, and what reaches into a time from
 * before it is found without reading all that is older.
 */
export function shelfOf(kind: number, span: number): number {
  return kind * SPANS_MS.length + span
}

/** Where a fire stands once nothing came of it: it is never a run. */
export function shelvesOf(outcome: UnrunOutcome): { readonly onTime: number; readonly late: number } {
  return { onTime: shelfOf(kindOf(outcome, false), 0), late: shelfOf(kindOf(outcome, true), 0) }
}

/** Writes records, whether they are there or not: one may have grown. */
export async function saveOccurrences(unit: Unit, table: string, occurrences: readonly Occurrence[]): Promise<void> {
  await unit.upsertMany(table, OCCURRENCE_KEY, COLUMNS, occurrences.map(valuesOf))
}

/** A record out of its row. */
export function occurrenceFrom(row: OccurrenceRow): Occurrence {
  return {
    workspaceId: row.workspace_id,
    jobId: row.job_id,
    cause: row.cause,
    scheduledFor: new Date(row.scheduled_for),
    through: new Date(row.through),
    count: row.nominal_count,
    wallTime: row.wall_time,
    outcome: row.outcome,
    reason: row.reason,
    detail: row.detail,
    isLate: row.is_late === 1,
    effectiveAt: row.effective_at === null ? null : new Date(row.effective_at),
    decidedAt: new Date(row.decided_at),
    jobVersion: row.job_version,
    tzdbVersion: row.tzdb_version,
    executionId: row.execution_id,
  }
}

function valuesOf(occurrence: Occurrence): Value[] {
  const { outcome, isLate, scheduledFor, through } = occurrence
  const row: Record<(typeof COLUMNS)[number], Value> = {
    job_id: occurrence.jobId,
    line: lineOf(occurrence),
    cause: occurrence.cause,
    scheduled_for: scheduledFor.getTime(),
    workspace_id: occurrence.workspaceId,
    shelf: shelfOf(kindOf(outcome, isLate), spanOf(through.getTime() - scheduledFor.getTime())),
    through: through.getTime(),
    nominal_count: occurrence.count,
    wall_time: occurrence.wallTime,
    outcome,
    reason: occurrence.reason,
    detail: occurrence.detail,
    is_late: isLate ? 1 : 0,
    effective_at: occurrence.effectiveAt?.getTime() ?? null,
    decided_at: occurrence.decidedAt?.getTime() ?? null,
    job_version: occurrence.jobVersion,
    tzdb_version: occurrence.tzdbVersion,
    execution_id: occurrence.executionId,
  }
  return COLUMNS.map((column) => row[column])
}

function kindOf(outcome: OccurrenceOutcome, isLate: boolean): number {
  return KINDS.findIndex((kind) => kind.outcome === outcome && kind.isLate === isLate)
}

function spanOf(lengthMs: number): number {
  return SPANS_MS.findIndex((longestMs) => lengthMs <= longestMs)
}
