import type { ExecutionChanged } from '#avro'
import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import { append, type StreamHead } from '#platform/event-store'
import { type OutgoingRecord, publish } from '#platform/outbox'
import { policyOf, priorityRank } from '#platform/policy'
import { recordChanges } from '#platform/projections'
import { changeVersion, executionKey, jobGroup } from '../change-keys.ts'
import { type Execution, hasEnded } from '../domain/execution.ts'
import { nextTimer } from '../domain/timers.ts'
import { streamOf, writeExecutions } from '../projections/executions.ts'
import { tagsFor } from '../projections/fair-shares.ts'
import { dequeue, enqueue, NOBODY, type QueueRow, updateQueue } from '../projections/queue.ts'
import { keepApart } from '../projections/retention.ts'
import { decideNext } from './admission.ts'
import type { Decided } from './decided.ts'
import type { FlowConfig } from './flow-config.ts'
import type { CommandPorts } from './ports.ts'
import { releaseSlots } from './release-slots.ts'

const ACTOR = 'executions'

type RecordPorts = Pick<CommandPorts, 'schemas' | 'flow' | 'onQueued' | 'onInterrupted'>

/**
 * Writes what was decided, for many executions by few statements: events, history, queue, the records for other
 * services and the changes for subscribers. What happened to an execution in one unit is told once.
 *
 * What has waited for one that ended may run: that is decided and written in the same unit, so that nobody waits in vain.
 */
export async function record(unit: Unit, ports: RecordPorts, decisions: readonly Decided[]): Promise<void> {
  await write(unit, ports, decisions)
  await admitNext(
    unit,
    ports,
    decisions.filter(isOver).map(({ after }) => after.jobId),
  )
}

/** Lets run what nothing stands before any more. @returns how many */
export async function admitNext(unit: Unit, ports: RecordPorts, jobIds: readonly string[]): Promise<number> {
  if (jobIds.length === 0) return 0
  const admitted = await decideNext(unit, jobIds)
  await write(unit, ports, admitted)
  return admitted.length
}

/** Whether an execution has ended that others may have waited behind. */
function isOver({ state, after }: Decided): boolean {
  return state !== null && state.status !== 'WAITING' && !hasEnded(state) && hasEnded(after)
}

async function write(
  unit: Unit,
  { schemas, flow, onQueued, onInterrupted }: RecordPorts,
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
  await writeQueue(unit, flow, decisions, heads)
  await keepApart(
    unit,
    decisions.filter(({ state }) => !state || !hasEnded(state)).map(({ after }) => after),
  )
  const woken = await releaseSlots(unit, flow, decisions)
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
      version: changeVersion(after.version),
      state: JSON.stringify(after),
    })),
  )
  if (woken > 0 || decisions.some(({ after }) => after.status === 'QUEUED')) unit.afterCommit(onQueued)
  // Whoever runs it is to hear of its cancellation, or that it is no more its own.
  if (decisions.some(isForExecutors)) unit.afterCommit(onInterrupted)
}

async function writeQueue(
  unit: Unit,
  flow: FlowConfig,
  decisions: readonly Decided[],
  heads: readonly StreamHead[],
): Promise<void> {
  const tags = await newTags(unit, flow, decisions)
  const added: QueueRow[] = []
  const changed: QueueRow[] = []
  const ended: string[] = []
  for (const [index, decided] of decisions.entries()) {
    const { state, after } = decided
    if (state && hasEnded(state)) continue
    if (hasEnded(after)) ended.push(after.id)
    else (state ? changed : added).push(queueRow(decided, heads[index], tags.get(decided) ?? decided.fairTag ?? 0))
  }
  await enqueue(unit, added)
  await updateQueue(unit, changed)
  await dequeue(unit, ended)
}

/** What comes into the order of claims gets its place there. What was lost or held is no new work; a retry is. */
async function newTags(
  unit: Unit,
  flow: FlowConfig,
  decisions: readonly Decided[],
): Promise<ReadonlyMap<Decided, number>> {
  const queued = decisions.filter(({ after }) => after.status === 'QUEUED')
  if (queued.length === 0) return new Map()
  const arrivals = queued.map(({ state, after, place, fairTag }) => ({
    place,
    priorityRank: rankOf(after),
    workspaceId: after.workspaceId,
    heldTag: state && BACK.has(state.status) ? fairTag : null,
  }))
  const tags = await tagsFor(unit, arrivals, (workspaceId) => flow.weights.get(workspaceId) ?? 1)
  return new Map(queued.map((decided, index) => [decided, tags[index] ?? 0]))
}

/** What had a place before: it was lost, or an operator had it in hand. */
const BACK: ReadonlySet<Execution['status']> = new Set(['QUEUED', 'RUNNING', 'HELD'])

function rankOf({ policy }: Execution): number {
  return priorityRank(policyOf(policy))
}

function queueRow(decided: Decided, head: StreamHead | undefined, fairTag: number): QueueRow {
  const { after, place, sentVersion, correlationId, traceparent = null } = decided
  invariant(head?.hash && head.version === after.version, `${after.id} has another version than its stream`)
  return {
    execution_id: after.id,
    job_id: after.jobId,
    executor_id: executorOf(after),
    place,
    epoch: after.attempts.length,
    version: head.version,
    hash: head.hash,
    sent_version: isNews(decided) ? head.version : sentVersion,
    correlation_id: correlationId,
    trace_parent: traceparent,
    timer_at: nextTimer(after, null)?.atMs ?? null,
    cancel: after.cancellation && 'ASKED',
    priority_rank: rankOf(after),
    fair_tag: fairTag,
    waiting_since: after.status === 'WAITING' ? after.queuedAtMs : null,
  }
}

function executorOf({ status, attempts }: Execution): string {
  if (status === 'RUNNING') return attempts.at(-1)?.executorId ?? NOBODY
  return status === 'QUEUED' ? '' : NOBODY
}

/** Whether something happened to a running attempt that its executor did not do. */
function isForExecutors({ events }: Decided): boolean {
  return events.some(({ type }) => type === 'CancelRequested' || type === 'AttemptTimedOut')
}

function isNews({ state, after }: Decided): boolean {
  return state?.status !== after.status
}

function outgoing(
  { state, after, events, sentVersion, correlationId, traceparent = null }: Decided,
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
    blockedBy: after.blockedBy,
    hadWaited:
      after.status === 'SKIPPED' &&
      (state?.status === 'WAITING' || events.some(({ type }) => type === 'ExecutionBuffered')),
    cause: after.cause,
    jobVersion: after.jobVersion,
    changedAt: now,
  }
  const stream = streamOf(after.id)
  const place = { topic: 'execution-events', key: after.jobId, stream } as const
  return { ...place, value, version: after.version, previous: sentVersion, correlationId, traceparent }
}
