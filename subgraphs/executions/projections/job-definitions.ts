import type { Reader, Unit } from '#platform/database'
import { rowsIn } from './bulk.ts'

/** What a job runs, as far as this context must know it to run the job again by its latest version. */
export interface JobDefinition {
  readonly jobId: string
  readonly workspaceId: string
  readonly version: number
  readonly jobType: string
  /** JSON text. */
  readonly params: string
  /** JSON text of an `ExecutionPolicy`. */
  readonly policy: string
  readonly isArchived: boolean
}

interface DefinitionRow {
  readonly job_id: string
  readonly workspace_id: string
  readonly version: number
  readonly job_type: string
  readonly params: string
  readonly policy: string
  readonly is_archived: number
}

const COLUMNS = ['job_id', 'workspace_id', 'version', 'job_type', 'params', 'policy', 'is_archived'] as const

/** Keeps jobs as they are now. */
export async function saveDefinitions(unit: Unit, definitions: readonly JobDefinition[]): Promise<void> {
  const rows = definitions.map(({ jobId, workspaceId, version, jobType, params, policy, isArchived }) => [
    jobId,
    workspaceId,
    version,
    jobType,
    params,
    policy,
    isArchived ? 1 : 0,
  ])
  await unit.upsertMany('job_definitions', ['job_id'], COLUMNS, rows)
}

/** Jobs by their ids, those of one workspace only. */
export async function definitionsOf(
  reader: Reader,
  workspaceId: string,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, JobDefinition>> {
  const within = { sql: 'and workspace_id = ?', params: [workspaceId] }
  const rows = await rowsIn<DefinitionRow>(reader, 'select * from job_definitions where job_id', jobIds, within)
  return new Map(
    rows.map((row) => [
      row.job_id,
      {
        jobId: row.job_id,
        workspaceId: row.workspace_id,
        version: row.version,
        jobType: row.job_type,
        params: row.params,
        policy: row.policy,
        isArchived: row.is_archived === 1,
      },
    ]),
  )
}
