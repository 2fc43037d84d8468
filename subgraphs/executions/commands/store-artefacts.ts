import { hash } from 'node:crypto'
import { objectKey, orphansAmong, type StoredArtefact } from '../projections/artefacts.ts'
import type { CommandPorts } from './ports.ts'

/** A file as a task hands it over. */
export interface MadeArtefact {
  readonly name: string
  readonly mediaType: string
  readonly content: string
}

const OBJECTS_A_SWEEP = 500

/**
 * Stores what is in the files of an attempt, before its result refers to them. Repeating it changes nothing; when no result
 * follows, they are orphans, which `sweepArtefacts` removes.
 *
 * @throws {ObjectTooLargeError} when one is larger than its storage takes
 */
export async function storeArtefacts(
  { storages }: Pick<CommandPorts, 'storages'>,
  executionId: string,
  artefacts: readonly MadeArtefact[],
): Promise<readonly StoredArtefact[]> {
  const storage = storages.current
  const stored: StoredArtefact[] = []
  for (const { name, mediaType, content } of artefacts) {
    const bytes = Buffer.from(content)
    const sha256 = hash('sha256', bytes, 'hex')
    await storage.put(objectKey({ executionId, sha256 }), bytes)
    stored.push({ name, mediaType, sizeBytes: bytes.length, sha256, storage: storage.name })
  }
  return stored
}

/** Removes objects that no execution refers to, a bounded batch with each call, and begins anew after the last. */
export function artefactSweeper({ database, storages }: Pick<CommandPorts, 'database' | 'storages'>) {
  let reached = ''
  /** @returns how many were removed */
  return async (): Promise<number> => {
    const keys = await storages.current.list(reached, OBJECTS_A_SWEEP)
    const orphans = await orphansAmong(database.reader, keys)
    await storages.current.remove(orphans)
    reached = keys.length < OBJECTS_A_SWEEP ? '' : (keys.at(-1) ?? '')
    return orphans.length
  }
}
