import type { ExecutionChanged } from '#avro'
import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import { append, type StreamHead } from '#platform/event-store'
import { type OutgoingRecord, publish } from '#platform/outbox'
import { recordChanges } from '#platform/projections'
import { executionKey, jobGroup } from '../change-keys.ts'
import { type Execution, execution, hasEnded } from '../domain/execution.ts'
import type { ExecutionCommand } from '../domain/execution-command.ts'
import type { ExecutionEvent } from '../domain/execution-event.ts'
import { streamOf, writeExecutions } from '../projections/executions.ts'
import { dequeue, enqueue, type Place, type QueueRow, updateQueue } from '../projections/queue.ts'
import type { CommandPorts } from './ports.ts'

/** An execution before a command, with what writing on needs. */
export interface Loaded {
  readonly state: Execution | null
  readonly head: StreamHead
  readonly place: Place
  /** The version that was last sent to `execution-events`; 0 when none was. */
  readonly sentVersion: number
  readonly correlationId: string
  /** The W3C trace context of the commands, if any. */
  readonly traceparent?: string | null | undefined
  /** What led to the commands; the event before them when left out. */
  readonly causationId?: string
}

/** What commands made of an execution. */
export interface Decided extends Loaded {
  readonly events: readonly ExecutionEvent[]
  readonly after: Execution
}

/** An open execution as the commands want it. Its queue row holds the head of its stream. */
export function loadedOf(
  state: Execution,
  row: Pick<QueueRow, 'version' | 'hash' | 'place' | 'sent_version' | 'correlation_id' | 'trace_parent'>,
): Loaded {
  return {
    state,
    head: { stream: streamOf(state.id), version: row.version, hash: row.hash },
    place: row.place,
    sentVersion: row.sent_version,
    correlationId: row.correlation_id,
    traceparent: row.trace_parent,
  }
}

/** Decides some commands on one execution, each on what the one before left. */
export function decideAll(loaded: Loaded, commands: readonly ExecutionCommand[]): Decided | null {
  const events: ExecutionEvent[] = []
  let after = loaded.state
  for (const command of commands) {
    for (const event of execution.decide(command, after)) {
      events.push(event)
      after = execution.evolve(after, event)
    }
  }
  return after && events.length > 0 ? { ...loaded, events, after } : null
}

const ACTOR = 'executions'

/**
 * Writes what was decided, for many executions by few statements: events, history, queue, the records for other
 * services and the changes for subscribers. What happened to an execution in one unit is told once.
 */
export async function record(
  unit: Unit,
  { schemas, onQueued }: Pick<CommandPorts, 'schemas' | 'onQueued'>,
  decisions: readonly Decided[],
): Promise<void> {
  if (decisions.length === 0) return
  const heads = await append(
    unit,
    decisions.map(({ head, events, after, correlationId, causationId = `${head.stream}/${head.version}` }) => ({
      head,
      events,
      workspaceId: after.workspaceId,
      actor: ACTOR,
      correlationId,
      causationId,
    })),
  )
  await writeExecutions(unit, {
    added: decisions.filter(({ state }) => state === null).map(({ after }) => after),
    changed: decisions.filter(({ state }) => state !== null).map(({ after }) => after),
  })
  await writeQueue(unit, decisions, heads)
  await publish(
    unit,
    schemas,
    decisions.filter(isNews).map((decided) => outgoing(decided, unit.now)),
  )
  await recordChanges(
    unit,
    decisions.map(({ after }) => ({
      key: executionKey(after.id),
      group: jobGroup(after.workspaceId, after.jobId),
      version: after.version,
      state: JSON.stringify(after),
    })),
  )
  if (decisions.some(({ after }) => after.status === 'QUEUED')) unit.afterCommit(onQueued)
}

async function writeQueue(unit: Unit, decisions: readonly Decided[], heads: readonly StreamHead[]): Promise<void> {
  const added: QueueRow[] = []
  const changed: QueueRow[] = []
  const ended: string[] = []
  for (const [index, decided] of decisions.entries()) {
    const { state, after } = decided
    if (state && hasEnded(state)) continue
    if (hasEnded(after)) ended.push(after.id)
    else (state ? changed : added).push(queueRow(decided, heads[index]))
  }
  await enqueue(unit, added)
  await updateQueue(unit, changed)
  await dequeue(unit, ended)
}

function queueRow(decided: Decided, head: StreamHead | undefined): QueueRow {
  const { after, place, sentVersion, correlationId, traceparent = null } = decided
  invariant(head?.hash && head.version === after.version, `${after.id} has another version than its stream`)
  return {
    execution_id: after.id,
    executor_id: after.status === 'RUNNING' ? (after.attempts.at(-1)?.executorId ?? '') : '',
    place,
    epoch: after.attempts.length,
    version: head.version,
    hash: head.hash,
    sent_version: isNews(decided) ? head.version : sentVersion,
    correlation_id: correlationId,
    trace_parent: traceparent,
  }
}

function isNews({ state, after }: Decided): boolean {
  return state?.status !== after.status
}

function outgoing(
  { state, after, sentVersion, correlationId, traceparent = null }: Decided,
  now: Date,
): OutgoingRecord {
  const value: ExecutionChanged = {
    executionId: after.id,
    jobId: after.jobId,
    workspaceId: after.workspaceId,
    previousStatus: state?.status ?? 'NONE',
    status: after.status,
    attempt: after.attempts.length,
    scheduledFor: new Date(after.scheduledAtMs),
    errorCode: after.error?.code ?? null,
    changedAt: now,
  }
  const stream = streamOf(after.id)
  const place = { topic: 'execution-events', key: after.jobId, stream } as const
  return { ...place, value, version: after.version, previous: sentVersion, correlationId, traceparent }
}
