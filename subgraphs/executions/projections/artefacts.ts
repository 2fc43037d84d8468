import { hash } from 'node:crypto'
import type { Reader, Unit } from '#platform/database'
import { rowsIn } from './bulk.ts'

/** A file that an execution made. */
export interface Artefact {
  readonly executionId: string
  readonly name: string
  readonly mediaType: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly content: string
}

/** A file as a task hands it over. */
export interface NewArtefact {
  readonly executionId: string
  readonly workspaceId: string
  readonly name: string
  readonly mediaType: string
  readonly content: string
}

interface ArtefactRow {
  readonly execution_id: string
  readonly name: string
  readonly media_type: string
  readonly size_bytes: number
  readonly sha256: string
  readonly content: string
}

const COLUMNS = ['execution_id', 'name', 'workspace_id', 'media_type', 'size_bytes', 'sha256', 'content']

/** Writes the files of executions that have just ended. */
export async function insertArtefacts(unit: Unit, artefacts: readonly NewArtefact[]): Promise<void> {
  if (artefacts.length === 0) return
  const rows = artefacts.map(({ executionId, name, workspaceId, mediaType, content }) => {
    const sha256 = hash('sha256', content, 'hex')
    return [executionId, name, workspaceId, mediaType, Buffer.byteLength(content), sha256, content]
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
  const rows = await rowsIn<ArtefactRow>(reader, 'select * from artefacts where execution_id', executionIds, {
    sql: `and workspace_id in (${workspaceIds.map(() => '?').join(', ')}) order by name`,
    params: workspaceIds,
  })
  return rows.map((row) => ({
    executionId: row.execution_id,
    name: row.name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    content: row.content,
  }))
}
