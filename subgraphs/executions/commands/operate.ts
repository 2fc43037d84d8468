import { checkedNote, DomainError } from '#platform/domain'
import { type Caller, signedIn } from '#platform/identity'
import type { Execution } from '../domain/execution.ts'
import type { ExecutionCommand } from '../domain/execution-command.ts'
import type { Replay } from '../domain/replay.ts'
import type { DeadLetter } from '../projections/dead-letters.ts'
import { type ExecutionSelection, listExecutions, OPEN_STATUSES } from '../projections/execution-queries.ts'
import { streamOf } from '../projections/executions.ts'
import type { Spans } from '../projections/retention.ts'
import { commandAll, commandExecution } from './command-executions.ts'
import { type DecideDeadLetter, decideDeadLetter } from './decide-dead-letter.ts'
import type { CommandPorts } from './ports.ts'
import { type RetryRequest, retryExecution } from './retry-execution.ts'
import { setRetention } from './set-retention.ts'
import { stopReplay } from './stop-replay.ts'
import { type ReplayDryRun, type SubmitReplay, submitReplay } from './submit-replay.ts'

/** What people ask of executions. Plain data: it may come from another thread. */
export type OperatorRequest =
  | { readonly kind: 'cancel'; readonly caller: Caller | null; readonly executionId: string; readonly reason: string }
  | {
      readonly kind: 'cancelMany'
      readonly caller: Caller | null
      readonly jobId?: string | undefined
      readonly statuses?: ExecutionSelection['statuses']
      readonly reason: string
    }
  | { readonly kind: 'release'; readonly caller: Caller | null; readonly executionId: string }
  | { readonly kind: 'fail'; readonly caller: Caller | null; readonly executionId: string; readonly reason: string }
  | {
      readonly kind: 'setRetention'
      readonly caller: Caller | null
      readonly workspaceId: string | null
      readonly spans: Spans
    }
  | ({ readonly kind: 'retry' } & RetryRequest)
  | ({ readonly kind: 'replay' } & SubmitReplay)
  | { readonly kind: 'stopReplay'; readonly caller: Caller | null; readonly replayId: string }
  | ({ readonly kind: 'decide' } & DecideDeadLetter)

/** The executions, the replay or the dead letter that a request was about, as they are after it; executions the newest first. */
export interface OperatorAnswer {
  readonly executions: readonly Execution[]
  /** How many of them the request changed. */
  readonly changed: number
  readonly replay?: Replay | ReplayDryRun
  readonly deadLetter?: DeadLetter
}

/** Does what people ask. */
export type Operate = (request: OperatorRequest) => Promise<OperatorAnswer>

const REASON_LENGTH_MAX = 500
const EXECUTIONS_MAX = 10_000
const EXECUTIONS_A_UNIT = 200
const TOLD_MAX = 100

/**
 * Does what somebody asks of executions of theirs.
 *
 * @throws {DomainError} EXECUTION_NOT_FOUND and REPLAY_NOT_FOUND, for another's as for none; EXECUTION_NOT_HELD; EXECUTION_OPEN;
 *   BAD_USER_INPUT; LIMIT_EXCEEDED; IDEMPOTENCY_KEY_REUSED; JOB_NOT_FOUND; JOB_ARCHIVED; of dead letters FORBIDDEN,
 *   DEAD_LETTER_NOT_FOUND, DEAD_LETTER_DECIDED
 */
export async function operate(ports: CommandPorts, request: OperatorRequest): Promise<OperatorAnswer> {
  if ('reason' in request) checkReason(request.reason)
  switch (request.kind) {
    case 'cancelMany':
      return cancelMany(ports, request)
    case 'retry': {
      const { execution, isNew } = await retryExecution(ports, request)
      return { executions: [execution], changed: isNew ? 1 : 0 }
    }
    case 'replay':
      return { executions: [], changed: 1, replay: await submitReplay(ports, request) }
    case 'stopReplay':
      return { executions: [], changed: 1, replay: await stopReplay(ports, request) }
    case 'decide':
      return { executions: [], changed: 1, deadLetter: await decideDeadLetter(ports, request) }
    case 'setRetention':
      await setRetention(ports, request.caller, request.workspaceId, request.spans)
      return { executions: [], changed: 0 }
    default:
      return commandOne(ports, request)
  }
}

async function commandOne(ports: CommandPorts, request: SingleRequest): Promise<OperatorAnswer> {
  const { caller, executionId } = request
  const command = (atMs: number, userId: string): ExecutionCommand => commandOf(request, atMs, userId)
  return { executions: [await commandExecution(ports, caller, executionId, command)], changed: 1 }
}

type SingleRequest = Extract<OperatorRequest, { kind: 'cancel' | 'release' | 'fail' }>

function commandOf(request: SingleRequest, atMs: number, userId: string): ExecutionCommand {
  switch (request.kind) {
    case 'cancel':
      return { type: 'RequestCancel', by: { kind: 'USER', userId }, reason: request.reason, atMs }
    case 'release':
      return { type: 'ReleaseExecution', by: userId, atMs }
    case 'fail':
      return { type: 'FailExecution', by: userId, reason: request.reason, atMs }
  }
}

async function cancelMany(
  ports: CommandPorts,
  { caller, jobId, statuses = OPEN_STATUSES, reason }: Extract<OperatorRequest, { kind: 'cancelMany' }>,
): Promise<OperatorAnswer> {
  const { workspaceIds, userId } = signedIn(caller, 'run')
  const open = statuses.filter((status) => OPEN_STATUSES.includes(status))
  const selection = { workspaceIds, jobId, statuses: open }
  const found = await listExecutions(ports.database, selection, null, EXECUTIONS_MAX + 1)
  if (found.length > EXECUTIONS_MAX) {
    const message = `more than ${EXECUTIONS_MAX} executions are open: choose fewer`
    throw new DomainError('LIMIT_EXCEEDED', message, { limit: EXECUTIONS_MAX })
  }
  const told: Execution[] = []
  let changed = 0
  for (let start = 0; start < found.length; start += EXECUTIONS_A_UNIT) {
    const ids = found.slice(start, start + EXECUTIONS_A_UNIT).map(({ id }) => id)
    const after = await ports.database.unit(ids.map(streamOf), (unit) =>
      commandAll(unit, ports, ids, {
        type: 'RequestCancel',
        by: { kind: 'USER', userId },
        reason,
        atMs: unit.now.getTime(),
      }),
    )
    changed += after.length
    told.push(...after.slice(0, Math.max(0, TOLD_MAX - told.length)))
  }
  return { executions: told, changed }
}

function checkReason(reason: string): void {
  checkedNote(reason, { called: 'a reason', lengthMax: REASON_LENGTH_MAX, details: { argument: 'reason' } })
}
