import type { Unit } from '#platform/database'
import { newStream } from '#platform/event-store'
import { failPoint } from '#platform/fail-points'
import { isFlowLimited, policyOf, priorityRank } from '#platform/policy'
import type { ExecutionCommand } from '../domain/execution-command.ts'
import { rowsIn } from '../projections/bulk.ts'
import { streamOf } from '../projections/executions.ts'
import { isWaiting } from '../projections/queue.ts'
import { buried } from '../projections/retention.ts'
import { decideArrivals } from './admission.ts'
import { takeSharedSlots } from './admit-starts.ts'
import { type Decided, decideAll } from './decided.ts'
import { isTrusted } from './leases.ts'
import { type Claim, type CommandPorts, claimOf } from './ports.ts'
import { record } from './record.ts'

/** An occurrence that fired and is to be run. */
export interface ExecutionRequest {
  readonly executionId: string
  readonly workspaceId: string
  readonly jobId: string
  readonly jobVersion: number
  readonly jobType: string
  /** JSON text. */
  readonly params: string
  readonly cause: string
  /** The execution that it repeats or follows. */
  readonly originId?: string | null
  readonly scheduledAtMs: number
  /** JSON text of an `ExecutionPolicy`. */
  readonly policy: string
  readonly correlationId: string
  readonly causationId: string
  readonly traceparent?: string | undefined
}

/** An executor in this process, which may start at once what nobody else waits before. */
export interface LocalExecutor {
  id(): string
  /** How many more attempts it can run on its loop now. */
  freeSlots(): number
  /** Takes attempts that are committed. */
  start(claims: readonly Claim[]): void
  /** Something waits for a claim. */
  wake(): void
  /** Something may have happened to what it runs. */
  look(): void
}

/**
 * Queues executions, each once however often it is asked for: the key is its id. Whatever made it, it passes admission
 * here: it may run, waits behind others of its job, or is skipped.
 *
 * When nothing waits and the executor at hand has room, they are claimed for it in the same unit: half the writes, and
 * no wait. Only for tasks of the loop, where one too many does no harm: room is counted before the commit, so units
 * that share a commit may together take more than there is.
 *
 * @returns how many wait for a claim
 */
export async function takeIn(
  unit: Unit,
  ports: Omit<CommandPorts, 'database'>,
  requests: readonly ExecutionRequest[],
  executor: LocalExecutor | undefined,
): Promise<number> {
  const fresh = await withoutKnown(unit, requests)
  if (fresh.length === 0) return 0
  const { admissions, others } = await decideArrivals(unit, fresh)
  const free = fresh.filter(({ executionId }) => !admissions.has(executionId))
  const atOnce = await startingAtOnce(unit, ports, free, executor)
  const atMs = unit.now.getTime()
  const decisions: Decided[] = [...others]
  const claims: Claim[] = []
  for (const request of fresh) {
    const { executionId, correlationId, causationId, traceparent } = request
    const place = ports.placeOf(request.jobType)
    const admission = admissions.get(executionId) ?? []
    const commands: ExecutionCommand[] = [queueCommand(request, atMs), ...admission]
    const starts = executor !== undefined && atOnce.has(executionId)
    if (starts) commands.push({ type: 'StartAttempt', executorId: executor.id(), atMs })
    const head = newStream(streamOf(executionId))
    const context = { correlationId, causationId, traceparent }
    const decided = decideAll({ state: null, head, place, fairTag: null, sentVersion: 0, ...context }, commands)
    if (!decided) continue
    decisions.push(decided)
    if (starts) claims.push(claimOf(decided.after, 0, traceparent))
  }
  await record(unit, ports, decisions)
  unit.afterCommit(() => failPoint('executions.after-intake'))
  if (claims.length > 0) unit.afterCommit(() => executor?.start(claims))
  return decisions.filter(({ after }) => after.status === 'QUEUED').length
}

async function withoutKnown(unit: Unit, requests: readonly ExecutionRequest[]): Promise<readonly ExecutionRequest[]> {
  const byId = new Map<string, ExecutionRequest>()
  for (const request of requests) if (!byId.has(request.executionId)) byId.set(request.executionId, request)
  const known = await rowsIn<{ id: string }>(unit, 'select id from executions where id', [...byId.keys()])
  for (const { id } of known) byId.delete(id)
  // What has run and was deleted since must not run again, however late it is asked for once more.
  for (const id of await buried(unit, [...byId.keys()])) byId.delete(id)
  return [...byId.values()]
}

/** Which requests the executor at hand may start in this unit: those that no limit of their job concerns, by priority. */
async function startingAtOnce(
  unit: Unit,
  { flow, placeOf }: Pick<CommandPorts, 'flow' | 'placeOf'>,
  requests: readonly ExecutionRequest[],
  executor: LocalExecutor | undefined,
): Promise<ReadonlySet<string>> {
  const room = await slotsOf(unit, executor)
  if (room === 0) return new Set()
  const free = requests.filter(({ jobType, policy }) => placeOf(jobType) === 'loop' && !isFlowLimited(policyOf(policy)))
  const first = free.toSorted((one, other) => rankOf(one) - rankOf(other)).slice(0, room)
  return takeSharedSlots(unit, flow, first)
}

function rankOf({ policy }: ExecutionRequest): number {
  return priorityRank(policyOf(policy))
}

async function slotsOf(unit: Unit, executor: LocalExecutor | undefined): Promise<number> {
  const slots = executor?.freeSlots() ?? 0
  if (slots <= 0 || !executor) return 0
  // Whoever waits was first. And an executor that was declared lost while it was frozen must not be given anything.
  if (await isWaiting(unit, 'loop')) return 0
  return (await isTrusted(unit, executor.id())) ? slots : 0
}

function queueCommand(request: ExecutionRequest, atMs: number): ExecutionCommand {
  return {
    type: 'QueueExecution',
    executionId: request.executionId,
    workspaceId: request.workspaceId,
    jobId: request.jobId,
    jobVersion: request.jobVersion,
    jobType: request.jobType,
    params: request.params,
    cause: request.cause,
    originId: request.originId,
    scheduledAtMs: request.scheduledAtMs,
    policy: request.policy,
    atMs,
  }
}
