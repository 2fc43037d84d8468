import type { Unit } from '#platform/database'
import { newStream } from '#platform/event-store'
import type { ExecutionCommand } from '../domain/execution-command.ts'
import { rowsIn } from '../projections/bulk.ts'
import { streamOf } from '../projections/executions.ts'
import { isWaiting } from '../projections/queue.ts'
import { isTrusted } from './leases.ts'
import { type Claim, type CommandPorts, claimOf } from './ports.ts'
import { type Decided, decideAll, record } from './record.ts'

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
  readonly scheduledAtMs: number
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
}

/**
 * Queues executions, each once however often it is asked for: the key is its id.
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
  let slots = await slotsOf(unit, executor)
  const atMs = unit.now.getTime()
  const decisions: Decided[] = []
  const claims: Claim[] = []
  for (const request of fresh) {
    const { executionId, correlationId, causationId, traceparent } = request
    const place = ports.placeOf(request.jobType)
    const commands: ExecutionCommand[] = [queueCommand(request, atMs)]
    const starts = executor !== undefined && place === 'loop' && slots-- > 0
    if (starts) commands.push({ type: 'StartAttempt', executorId: executor.id(), atMs })
    const head = newStream(streamOf(executionId))
    const context = { correlationId, causationId, traceparent }
    const decided = decideAll({ state: null, head, place, sentVersion: 0, ...context }, commands)
    if (!decided) continue
    decisions.push(decided)
    if (starts) claims.push(claimOf(decided.after, 0, traceparent))
  }
  await record(unit, ports, decisions)
  if (claims.length > 0) unit.afterCommit(() => executor?.start(claims))
  return decisions.length - claims.length
}

async function withoutKnown(unit: Unit, requests: readonly ExecutionRequest[]): Promise<readonly ExecutionRequest[]> {
  const byId = new Map<string, ExecutionRequest>()
  for (const request of requests) if (!byId.has(request.executionId)) byId.set(request.executionId, request)
  const known = await rowsIn<{ id: string }>(unit, 'select id from executions where id', [...byId.keys()])
  for (const { id } of known) byId.delete(id)
  return [...byId.values()]
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
    scheduledAtMs: request.scheduledAtMs,
    atMs,
  }
}
