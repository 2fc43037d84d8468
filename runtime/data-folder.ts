import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Where an embedded system keeps everything. Held by one process at a time. */
export interface DataFolder {
  readonly path: string
  file(name: string): string
  release(): void
}

/** Another process holds the folder. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError'
}

/**
 * Makes the folder if it is not there, readable by its owner alone, and holds it until `release` or the end of the
 * process, however it ends: the lock is one of the operating system's, on a file that SQLite has open.
 *
 * @throws {DataFolderInUseError} when another process holds it
 */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(path, 'lock.sqlite'), { timeout: 0 })
  try {
    lock.exec('pragma journal_mode = delete')
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    throw new DataFolderInUseError(`another process is using ${path}`, { cause: error })
  }
  return {
    path,
    file: (name) => join(path, name),
    release: () => lock.close(),
  }
}
