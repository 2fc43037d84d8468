import type { Reader, Unit, Value } from '#platform/database'
import type { StoredEvent } from '#platform/event-store'
import { DEFAULT_POLICY } from '#platform/policy'
import type { Projection } from '#platform/projections'
import { type Attempt, type Cancellation, type Execution, execution } from '../domain/execution.ts'
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
  readonly origin_id: string | null
  /** JSON text; null is the default policy. */
  readonly policy: string | null
  readonly status: Execution['status']
  readonly scheduled_for: number
  readonly queued_at: number
  readonly started_at: number | null
  /** When the last attempt started. */
  readonly attempt_started_at: number | null
  readonly finished_at: number | null
  readonly retry_at: number | null
  readonly blocked_by: string | null
  readonly cancellation: string | null
  readonly attempts: string
  readonly result: string | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly version: number
}

// What changes after an execution was queued. The rest is never overwritten, so that its indexes are left alone.
const CHANGING = [
  'status',
  'retry_at',
  'blocked_by',
  'cancellation',
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
  'origin_id',
  'policy',
  'scheduled_for',
  'queued_at',
  ...CHANGING,
]

const STREAM = 'execution-'

/** The history of executions, made from their events. */
export const executionsProjection: Projection<ExecutionEvent> = {
  name: 'executions',
  streamPrefix: STREAM,
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
  async forget(unit, into) {
    await unit.run(`delete from ${into('executions')} where id in (select execution_id from tombstones)`)
  },
}

/** Writes executions as they are now: `added` have no row yet; `changed` may have one. */
export async function writeExecutions(
  unit: Unit,
  { added = [], changed = [] }: { readonly added?: readonly Execution[]; readonly changed?: readonly Execution[] },
  table = 'executions',
): Promise<void> {
  if (added.length > 0) await unit.insertLater(table, COLUMNS, added.map(valuesOf))
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
    originId: row.origin_id,
    policy: row.policy ?? DEFAULT_POLICY,
    status: row.status,
    scheduledAtMs: row.scheduled_for,
    queuedAtMs: row.queued_at,
    startedAtMs: row.started_at,
    finishedAtMs: row.finished_at,
    retryAtMs: row.retry_at,
    blockedBy: row.blocked_by,
    cancellation: jsonOf<Cancellation>(row.cancellation),
    attempts: JSON.parse(row.attempts) as readonly Attempt[],
    result: row.result,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    version: row.version,
  }
}

/** The rows of executions by their ids, whosever they are. */
export function rowsOfExecutions(reader: Reader, ids: readonly string[]): Promise<readonly ExecutionRow[]> {
  return rowsIn<ExecutionRow>(reader, 'select * from executions where id', ids)
}

/** Those of these executions that are there. Nobody deletes them until the unit commits. */
export async function lockExecutions(unit: Unit, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const tail = { sql: unit.dialect.lockRows, params: [] }
  const rows = await rowsIn<{ id: string }>(unit, 'select id from executions where id', ids, tail)
  return new Set(rows.map(({ id }) => id))
}

/** The stream of an execution's events. */
export function streamOf(executionId: string): string {
  return `${STREAM}${executionId}`
}

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
    state.originId ?? null,
    state.policy === DEFAULT_POLICY ? null : state.policy,
    state.scheduledAtMs,
    state.queuedAtMs,
    state.status,
    state.retryAtMs,
    state.blockedBy,
    state.cancellation && JSON.stringify(state.cancellation),
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

function jsonOf<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T)
}
