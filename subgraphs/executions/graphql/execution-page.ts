import { DomainError } from '#platform/domain'
import { type Connection, connection, pageOf } from '#platform/graphql'
import type { Execution, ExecutionStatus } from '../domain/execution.ts'
import { countExecutions, type ExecutionSelection, listExecutions } from '../projections/execution-queries.ts'
import type { Context } from './context.ts'

/** A page of executions, and how to count them all if somebody asks. */
export interface ExecutionPage extends Connection<Execution> {
  countAll(): Promise<number>
}

/** The arguments of a field that lists executions. */
export interface ListArgs {
  readonly filter?: Filter | null | undefined
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

interface Filter {
  readonly jobId?: string | null | undefined
  readonly statuses?: readonly ExecutionStatus[] | null | undefined
}

/** Lists executions that the caller may see, the newest first. */
export async function executionPage(
  { database, caller }: Context,
  { filter, ...args }: ListArgs,
  jobId = filter?.jobId ?? undefined,
): Promise<ExecutionPage> {
  const page = pageOf(args)
  const { workspaceIds } = caller()
  const selection: ExecutionSelection = { workspaceIds, jobId, statuses: filter?.statuses ?? undefined }
  const rows = await listExecutions(database, selection, page.after && idOf(page.after), page.first + 1)
  return {
    ...connection(page, rows, ({ id }) => [id]),
    countAll: () => countExecutions(database, selection),
  }
}

function idOf([id]: readonly (string | number)[]): string {
  if (typeof id === 'string') return id
  throw new DomainError('BAD_USER_INPUT', 'after is not a cursor of this list.', { argument: 'after' })
}
