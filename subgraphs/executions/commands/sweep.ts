import type { Database } from '#platform/database'
import { deleteLogs, insertRetention, retentionRows, type Spans } from '../projections/retention.ts'
import { deleteExecutions } from './delete-executions.ts'
import { EXECUTIONS_A_UNIT, sweepWorkspace } from './sweep-workspace.ts'

/** How long it stays known that an execution was deleted: far beyond what any topic keeps. */
export const TOMBSTONE_MS = 366 * 24 * 3_600_000

const WORKSPACES_A_ROUND = 50

/** Goes through all workspaces, some of them a round. */
export interface Sweep {
  /** One round. @returns how many executions it took in hand; 0 when there was nothing to do in it */
  run(): Promise<number>
}

/** Opens a sweep over a database. Any number of processes may sweep: a workspace is in the hand of one of them. */
export function openSweep(database: Database, system: Spans): Sweep {
  let reached = ''
  return {
    async run() {
      let taken = await sweepDue(database, 'executions', deleteExecutions)
      taken += await sweepDue(database, 'logs', deleteLogs)
      taken += await deleteTombstones(database)
      const workspaceIds = await workspacesAfter(database, reached)
      reached = workspaceIds.length < WORKSPACES_A_ROUND ? '' : (workspaceIds.at(-1) ?? '')
      const known = await retentionRows(database.reader, workspaceIds)
      const fresh = workspaceIds.filter((workspaceId) => !known.has(workspaceId))
      if (fresh.length > 0) await database.unit(['retention'], (unit) => insertRetention(unit, fresh))
      for (const row of known.values()) taken += await sweepWorkspace(database, row, system)
      return taken + fresh.length
    },
  }
}

/** Those that have executions, one look into the index each. */
async function workspacesAfter({ reader }: Database, after: string): Promise<readonly string[]> {
  const found: string[] = []
  for (let last = after; found.length < WORKSPACES_A_ROUND; ) {
    const sql = 'select workspace_id from executions where workspace_id > ? order by workspace_id limit 1'
    const row = await reader.get<{ workspace_id: string }>(sql, [last])
    if (!row) break
    last = row.workspace_id
    found.push(last)
  }
  return found
}

/** Those whose jobs have spans of their own. What does not fit into a unit stays due. */
async function sweepDue(
  database: Database,
  what: 'executions' | 'logs',
  remove: (...args: Parameters<typeof deleteLogs>) => Promise<boolean>,
): Promise<number> {
  const sql = `select execution_id from kept_apart where ${what}_due <= ? order by ${what}_due limit ?`
  const params = [(await database.now()).getTime(), EXECUTIONS_A_UNIT]
  // A look costs no transaction.
  if (!(await database.reader.get(sql, params))) return 0
  return database.claim<{ execution_id: string }, number>({ sql, params }, async (unit, rows) => {
    await remove(
      unit,
      rows.map((row) => row.execution_id),
    )
    return rows.length
  })
}

async function deleteTombstones(database: Database): Promise<number> {
  const sql = 'select execution_id from tombstones where deleted_at <= ? order by deleted_at limit ?'
  const before = (await database.now()).getTime() - TOMBSTONE_MS
  const old = await database.reader.all<{ execution_id: string }>(sql, [before, EXECUTIONS_A_UNIT])
  if (old.length === 0) return 0
  const ids = old.map((row) => row.execution_id)
  const marks = ids.map(() => '?').join(', ')
  return database.unit(['tombstones'], (unit) =>
    unit.run(`delete from tombstones where execution_id in (${marks})`, ids),
  )
}
