import type { Unit } from '#platform/database'
import { authorize, type Caller } from '#platform/identity'
import { type Execution, execution } from '../domain/execution.ts'
import type { ExecutionCommand } from '../domain/execution-command.ts'
import { findExecutions } from '../projections/execution-queries.ts'
import { executionOf, rowsOfExecutions, streamOf } from '../projections/executions.ts'
import { queueRows } from '../projections/queue.ts'
import { type Decided, decideAll, loadedOf } from './decided.ts'
import type { CommandPorts } from './ports.ts'
import { record } from './record.ts'

/**
 * Decides a command on one execution of the caller's.
 *
 * @returns the execution as it is then
 * @throws {DomainError} EXECUTION_NOT_FOUND, for another's as for none, and what the execution refuses
 */
export async function commandExecution(
  ports: CommandPorts,
  caller: Caller | null,
  executionId: string,
  command: (atMs: number, userId: string) => ExecutionCommand,
): Promise<Execution> {
  const { workspaceIds = [], userId = '' } = caller ?? {}
  const found = (await findExecutions(ports.database.reader, workspaceIds, [executionId])).get(executionId)
  const seen = authorize(caller, 'run', found, 'EXECUTION_NOT_FOUND')
  return ports.database.unit([streamOf(executionId)], async (unit) => {
    const asked = command(unit.now.getTime(), userId)
    const [after] = await commandAll(unit, ports, [executionId], asked)
    if (after) return after
    const [row] = await rowsOfExecutions(unit, [executionId])
    const current = row ? executionOf(row) : seen
    // What has ended has no row in the queue. Nothing follows there, but it may be refused.
    execution.decide(asked, current)
    return current
  })
}

/** Decides one command on many executions in one unit. @returns those that it changed, as they are then */
export async function commandAll(
  unit: Unit,
  ports: CommandPorts,
  executionIds: readonly string[],
  command: ExecutionCommand,
): Promise<readonly Execution[]> {
  // The rows of the queue are held first, as by all others: what is read after that stays so.
  const open = await queueRows(unit, executionIds)
  const decisions: Decided[] = []
  for (const row of await rowsOfExecutions(unit, executionIds)) {
    const held = open.get(row.id)
    const decided = held && decideAll(loadedOf(executionOf(row), held), [command])
    if (decided) decisions.push(decided)
  }
  await record(unit, ports, decisions)
  return decisions.map(({ after }) => after)
}
