import { DomainError } from '#platform/domain'
import type { Storages } from '#platform/storage'
import { type Artefact, contentInRow, objectKey } from '../projections/artefacts.ts'
import type { Context } from './context.ts'

const SLICE_BYTES_MAX = 256 * 1024
const CONTENT_BYTES_MAX = 1024 * 1024

/** The storage of a file is not configured in this process. */
class StorageUnknownError extends Error {
  override readonly name = 'StorageUnknownError'
}

/**
 * The whole of a small file, as text.
 *
 * @throws {DomainError} LIMIT_EXCEEDED when it is larger than 1 MiB: then it is to be downloaded
 */
export async function artefactText(context: Context, artefact: Artefact): Promise<string> {
  if (artefact.sizeBytes > CONTENT_BYTES_MAX) {
    const message = `The file is larger than ${CONTENT_BYTES_MAX} bytes: download it.`
    throw new DomainError('LIMIT_EXCEEDED', message, { sizeBytes: artefact.sizeBytes })
  }
  return Buffer.from(await bytesOf(context, artefact, 0, CONTENT_BYTES_MAX)).toString()
}

/**
 * A part of a file in base64: at most 256 KiB from a place on, and nothing beyond its end.
 *
 * @throws {DomainError} BAD_USER_INPUT when the place is negative
 */
export async function artefactSlice(context: Context, artefact: Artefact, from: number): Promise<string> {
  if (from < 0) throw new DomainError('BAD_USER_INPUT', 'from must not be negative.', { argument: 'from' })
  return Buffer.from(await bytesOf(context, artefact, from, SLICE_BYTES_MAX)).toString('base64')
}

async function bytesOf(
  { database, storages }: { readonly database: Context['database']; readonly storages: Storages },
  artefact: Artefact,
  from: number,
  length: number,
): Promise<Uint8Array> {
  if (artefact.storage === null) {
    const content = Buffer.from(await contentInRow(database.reader, artefact))
    return content.subarray(from, from + length)
  }
  const storage = storages.named(artefact.storage)
  if (!storage) throw new StorageUnknownError(`${artefact.storage} holds a file, and is not configured`)
  return storage.read(objectKey(artefact), from, length)
}
