import { DomainError } from '#platform/domain'
import type { Edge } from '#platform/graphql'
import { authorize } from '#platform/identity'
import { type Change, watch } from '#platform/projections'
import { changeVersion, executionKey, jobGroup } from '../change-keys.ts'
import type { Execution } from '../domain/execution.ts'
import { jobSnapshot } from '../projections/execution-queries.ts'
import type { NumberedLine } from '../projections/logs.ts'
import type { Context } from './context.ts'
import { logEdge, seqOf } from './log-page.ts'
import { tailLog } from './tail-log.ts'

/** One execution of `executionChanged`. */
export interface ExecutionChangedEvent {
  readonly executionChanged: Execution
}

/** One line of `executionLog`. */
export interface ExecutionLogEvent {
  readonly executionLog: Edge<NumberedLine>
}

/**
 * One execution as it is now, or all that a job has open and its newest; then each change.
 *
 * @throws {DomainError} BAD_USER_INPUT unless exactly one id is given; EXECUTION_NOT_FOUND also for another's. Another's job
 *   is as silent as one that never ran.
 */
export async function subscribeToExecutions(
  context: Context,
  { jobId, executionId }: { readonly jobId?: string | null; readonly executionId?: string | null },
): Promise<AsyncIterableIterator<ExecutionChangedEvent>> {
  const { database, feed, caller, executions } = context
  const { workspaceIds } = caller()
  if (jobId != null && executionId == null) {
    return watch({
      feed,
      keys: workspaceIds.map((workspaceId) => jobGroup(workspaceId, jobId)),
      current: async () => (await jobSnapshot(database, workspaceIds, jobId)).map(currentState),
      parse,
    })
  }
  if (executionId == null || jobId != null) {
    throw new DomainError('BAD_USER_INPUT', 'Give either jobId or executionId.', {
      arguments: ['jobId', 'executionId'],
    })
  }
  const seen = authorize(caller(), 'read', await executions.load(executionId), 'EXECUTION_NOT_FOUND')
  return watch({
    feed,
    keys: [executionKey(seen.id)],
    async current() {
      // It may have changed before the subscription began.
      const now = await executions.clear(executionId).load(executionId)
      return now ? [currentState(now)] : []
    },
    parse,
  })
}

/**
 * The log of an execution from after a cursor, until it has ended.
 *
 * @throws {DomainError} EXECUTION_NOT_FOUND, also for another's
 */
export async function subscribeToLog(
  context: Context,
  { executionId, after }: { readonly executionId: string; readonly after?: string | null },
): Promise<AsyncIterableIterator<ExecutionLogEvent>> {
  const found = await context.executions.load(executionId)
  const execution = authorize(context.caller(), 'read', found, 'EXECUTION_NOT_FOUND')
  const lines = await tailLog(context, execution, seqOf(after))
  const events: AsyncIterableIterator<ExecutionLogEvent> = {
    [Symbol.asyncIterator]: () => events,
    async next() {
      const line = await lines.next()
      return line.done ? line : { done: false, value: { executionLog: logEdge(line.value) } }
    },
    async return() {
      await lines.return?.()
      return { done: true, value: undefined }
    },
  }
  return events
}

function currentState(execution: Execution) {
  const { id, version } = execution
  return { key: executionKey(id), version: changeVersion(version), state: { executionChanged: execution } }
}

function parse({ state }: Change): ExecutionChangedEvent {
  return { executionChanged: JSON.parse(state) as Execution }
}
