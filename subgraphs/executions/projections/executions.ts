import type { Reader, Unit, Value } from '#platform/database'
import type { StoredEvent } from '#platform/event-store'
import type { Projection } from '#platform/projections'
import { type Attempt, type Execution, execution } from '../domain/execution.ts'
import type { ExecutionEvent } from '../domain/execution-event.ts'
import { overwriteMany, rowsIn } from './bulk.ts'

/** A row of `executions`. */
export interface ExecutionRow {
  readonly id: string
  readonly workspace_id: string
  readonly job_id: string
  readonly job_version: number
  readonly job_type: string
  readonly params: string
  readonly cause: string
  readonly status: Execution['status']
  readonly scheduled_for: number
  readonly queued_at: number
  readonly started_at: number | null
  /** When the last attempt started. */
  readonly attempt_started_at: number | null
  readonly finished_at: number | null
  readonly attempts: string
  readonly result: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly version: number
}

// What changes after an execution was queued. The rest is never overwritten, so that its indexes are left alone.
const CHANGING = [
  'status',
  'started_at',
  'attempt_started_at',
  'finished_at',
  'attempts',
  'result',
  'error_code',
  'error_message',
  'version',
]
const COLUMNS = [
  'id',
  'workspace_id',
  'job_id',
  'job_version',
  'job_type',
  'params',
  'cause',
  'scheduled_for',
  'queued_at',
  ...CHANGING,
]

/** The history of executions, made from their events. */
export const executionsProjection: Projection<ExecutionEvent> = {
  name: 'executions',
  tables: [{ name: 'executions', keyColumns: ['id'] }],
  async apply(unit, events, into) {
    const table = into('executions')
    const states = new Map<string, Execution | null>()
    for (const row of await rowsOf(unit, table, events)) states.set(row.id, executionOf(row))
    for (const { stream, event } of events) {
      const id = executionIdOf(stream)
      states.set(id, execution.evolve(states.get(id) ?? null, event))
    }
    await writeExecutions(unit, { changed: [...states.values()].filter((state) => state !== null) }, table)
  },
}

/** Writes executions as they are now: `added` have no row yet; `changed` may have one. */
export async function writeExecutions(
  unit: Unit,
  { added = [], changed = [] }: { readonly added?: readonly Execution[]; readonly changed?: readonly Execution[] },
  table = 'executions',
): Promise<void> {
  if (added.length > 0) await unit.insertMany(table, COLUMNS, added.map(valuesOf))
  if (changed.length === 0) return
  await overwriteMany(unit, { name: table, key: ['id'], columns: COLUMNS }, CHANGING, changed.map(valuesOf))
}

/** The execution of a row. */
export function executionOf(row: ExecutionRow): Execution {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    jobId: row.job_id,
    jobVersion: row.job_version,
    jobType: row.job_type,
    params: row.params,
    cause: row.cause,
    status: row.status,
    scheduledAtMs: row.scheduled_for,
    queuedAtMs: row.queued_at,
    startedAtMs: row.started_at,
    finishedAtMs: row.finished_at,
    attempts: JSON.parse(row.attempts) as readonly Attempt[],
    result: row.result,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    version: row.version,
  }
}

/** The stream of an execution's events. */
export function streamOf(executionId: string): string {
  return `${STREAM}${executionId}`
}

const STREAM = 'execution-'

function executionIdOf(stream: string): string {
  return stream.slice(STREAM.length)
}

async function rowsOf(
  reader: Reader,
  table: string,
  events: readonly StoredEvent<ExecutionEvent>[],
): Promise<readonly ExecutionRow[]> {
  const ids = new Set(events.map(({ stream }) => executionIdOf(stream)))
  return rowsIn<ExecutionRow>(reader, `select * from ${table} where id`, [...ids])
}

function valuesOf(state: Execution): readonly Value[] {
  return [
    state.id,
    state.workspaceId,
    state.jobId,
    state.jobVersion,
    state.jobType,
    state.params,
    state.cause,
    state.scheduledAtMs,
    state.queuedAtMs,
    state.status,
    state.startedAtMs,
    state.attempts.at(-1)?.startedAtMs ?? null,
    state.finishedAtMs,
    JSON.stringify(state.attempts),
    state.result,
    state.error?.code ?? null,
    state.error?.message ?? null,
    state.version,
  ]
}
