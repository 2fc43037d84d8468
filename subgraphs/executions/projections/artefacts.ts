import type { Reader, Unit } from '#platform/database'
import type { StorageName } from '#platform/storage'
import { rowsIn } from './bulk.ts'
import { buried } from './retention.ts'

/** A file that lies in a storage, under the key of `objectKey`. */
export interface StoredArtefact {
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly storage: StorageName
}

/** A file that an execution made. */
export interface Artefact extends Omit<StoredArtefact, 'storage'> {
  readonly executionId: string
  readonly workspaceId: string
  /** Null when it lies in its row: it was made before there were storages. */
  readonly storage: StorageName | null
}

/** A stored file with whose it is. */
export interface OwnedArtefact extends StoredArtefact {
  readonly executionId: string
  readonly workspaceId: string
}

interface ArtefactRow {
  readonly execution_id: string
  readonly name: string
  readonly workspace_id: string
  readonly media_type: string
  readonly size_bytes: number
  readonly sha256: string
  readonly storage: StorageName | null
}

const SHOWN = ['execution_id', 'name', 'workspace_id', 'media_type', 'size_bytes', 'sha256', 'storage']
const COLUMNS = [...SHOWN, 'content']

/** The key of a file's object: that of the same content of the same execution is the same. */
export function objectKey({ executionId, sha256 }: { readonly executionId: string; readonly sha256: string }): string {
  return `${executionId}/${sha256}`
}

/** Writes the files of executions that have just ended. What is in them is stored already. */
export async function insertArtefacts(unit: Unit, artefacts: readonly OwnedArtefact[]): Promise<void> {
  if (artefacts.length === 0) return
  const rows = artefacts.map(({ executionId, name, workspaceId, mediaType, sizeBytes, sha256, storage }) => {
    return [executionId, name, workspaceId, mediaType, sizeBytes, sha256, storage, '']
  })
  await unit.insertMany('artefacts', COLUMNS, rows)
}

/** The files of executions by execution and name, those of the given workspaces only. */
export async function artefactsOf(
  reader: Reader,
  workspaceIds: readonly string[],
  executionIds: readonly string[],
): Promise<readonly Artefact[]> {
  if (workspaceIds.length === 0) return []
  const rows = await rowsIn<ArtefactRow>(
    reader,
    `select ${SHOWN.join(', ')} from artefacts where execution_id`,
    executionIds,
    {
      sql: `and workspace_id in (${workspaceIds.map(() => '?').join(', ')}) order by name`,
      params: workspaceIds,
    },
  )
  return rows.map((row) => ({
    executionId: row.execution_id,
    workspaceId: row.workspace_id,
    name: row.name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    storage: row.storage,
  }))
}

/** What is in a file that lies in its row. */
export async function contentInRow(
  reader: Reader,
  { executionId, name, workspaceId }: Pick<Artefact, 'executionId' | 'name' | 'workspaceId'>,
): Promise<string> {
  const sql = 'select content from artefacts where execution_id = ? and name = ? and workspace_id = ?'
  const row = await reader.get<{ content: string }>(sql, [executionId, name, workspaceId])
  return row?.content ?? ''
}

/** Those of some objects, by key, to which no execution refers or may still refer: their executions have ended without them. */
export async function orphansAmong(reader: Reader, keys: readonly string[]): Promise<readonly string[]> {
  const executionIds = [...new Set(keys.map((key) => key.split('/')[0] ?? ''))]
  const ids = (found: readonly { readonly id: string }[]): ReadonlySet<string> => new Set(found.map(({ id }) => id))
  // First who is open, then what the others have: an end between the two is seen with its files. What this database has
  // never heard of is left alone: it may be another system's.
  const kept = ids(await rowsIn(reader, 'select id from executions where id', executionIds))
  const deleted = await buried(reader, executionIds)
  const open = ids(await rowsIn(reader, 'select execution_id as id from queue where execution_id', executionIds))
  const sql = 'select execution_id, sha256 from artefacts where execution_id'
  const rows = await rowsIn<{ execution_id: string; sha256: string }>(reader, sql, executionIds)
  const referred = new Set(rows.map(({ execution_id: executionId, sha256 }) => objectKey({ executionId, sha256 })))
  return keys.filter((key) => {
    const executionId = key.split('/')[0] ?? ''
    return (kept.has(executionId) || deleted.has(executionId)) && !open.has(executionId) && !referred.has(key)
  })
}
