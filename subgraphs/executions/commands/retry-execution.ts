import type { Unit } from '#platform/database'
import { checkedIdempotencyKey, DomainError } from '#platform/domain'
import { once } from '#platform/event-store'
import { authorize, type Caller } from '#platform/identity'
import { type Overlap, policyOf, withOverlap } from '#platform/policy'
import { type Execution, hasEnded } from '../domain/execution.ts'
import { findExecutions } from '../projections/execution-queries.ts'
import { executionOf, rowsOfExecutions, streamOf } from '../projections/executions.ts'
import { noteRepeats, openRepeats } from '../projections/replay-items.ts'
import type { CommandPorts } from './ports.ts'
import { repeatOf } from './repeat-execution.ts'
import { takeIn } from './take-in.ts'

/** Which execution is to be run again. */
export interface RetryRequest {
  readonly caller: Caller | null
  readonly executionId: string
  /** The same key gives the same execution again, however often it is sent. */
  readonly idempotencyKey?: string | undefined
  /** For this run, instead of what its job said. */
  readonly overlap?: Overlap | undefined
}

/**
 * Runs an execution that has ended again, as a new one with its params, policy and version; it passes admission as any other. Without a key a retry that
 * is open, and was asked for with the same `overlap` or with any, is given again, so that a click too many does nothing.
 *
 * @returns the new execution, and whether it was made by this request
 * @throws {DomainError} EXECUTION_NOT_FOUND, for another's as for none; EXECUTION_OPEN; BAD_USER_INPUT
 */
export async function retryExecution(
  ports: CommandPorts,
  { caller, executionId: originId, idempotencyKey, overlap }: RetryRequest,
): Promise<{ readonly execution: Execution; readonly isNew: boolean }> {
  const key =
    idempotencyKey === undefined ? undefined : checkedIdempotencyKey(idempotencyKey, { argument: 'idempotencyKey' })
  const { reader } = ports.database
  const found = (await findExecutions(reader, caller?.workspaceIds ?? [], [originId])).get(originId)
  const { workspaceId } = authorize(caller, 'run', found, 'EXECUTION_NOT_FOUND')
  return ports.database.unit([streamOf(originId)], async (unit) => {
    // Whoever comes second waits here, and then sees what the first has made.
    await unit.get(`select id from executions where id = ?${unit.dialect.lockRows}`, [originId])
    const origin = await ended(unit, originId)
    let isNew = false
    const made = (): Promise<string> => {
      isNew = true
      return queueRepeat(unit, ports, origin, overlap ?? null)
    }
    const executionId =
      key === undefined
        ? ((await openRetry(unit, originId, overlap)) ?? (await made()))
        : await once(unit, { commandId: `retry/${workspaceId}/${originId}/${key}`, request: overlap ?? null }, made)
    return { execution: await current(unit, executionId), isNew }
  })
}

/** The open retry that somebody who asks for `overlap` would make again: any, where that is left to the job. */
async function openRetry(unit: Unit, originId: string, overlap: Overlap | undefined): Promise<string | undefined> {
  const ids = await openRepeats(unit, originId)
  if (overlap === undefined) return ids[0]
  const open = (await rowsOfExecutions(unit, ids)).map(executionOf)
  return open.find(({ policy }) => policyOf(policy).overlap === overlap)?.id
}

async function ended(unit: Unit, executionId: string): Promise<Execution> {
  const origin = await current(unit, executionId)
  if (hasEnded(origin)) return origin
  throw new DomainError('EXECUTION_OPEN', `the execution is ${origin.status}: only what has ended is run again`)
}

async function queueRepeat(
  unit: Unit,
  ports: CommandPorts,
  origin: Execution,
  overlap: Overlap | null,
): Promise<string> {
  const executionId = ports.newId()
  const changed = (policy: string): string => withOverlap(policy, overlap)
  const repeat = { executionId, cause: `retry:${origin.id}`, policyOf: changed }
  await noteRepeats(unit, [{ originId: origin.id, executionId }])
  await takeIn(unit, ports, [repeatOf(origin, repeat)], undefined)
  return executionId
}

async function current(unit: Unit, executionId: string): Promise<Execution> {
  const [row] = await rowsOfExecutions(unit, [executionId])
  // Its time may be over since it was looked at.
  if (!row) throw new DomainError('EXECUTION_NOT_FOUND', `no execution ${executionId}`)
  return executionOf(row)
}
