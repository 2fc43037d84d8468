import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Where an embedded system keeps everything. Held by one process at a time. */
export interface DataFolder {
  readonly path: string
  file(name: string): string
  release(): void
}

// https://sqlite.org/rescode.html
const SQLITE_BUSY = 5

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
  if (!existsSync(path)) mkdirSync(path, { recursive: existsSync(dirname(path)) === false, mode: 0o700 })
  const lock = new DatabaseSync(join(path, 'lock.sqlite'), { timeout: 0 })
  try {
    lock.exec('pragma journal_mode = delete')
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    throw new DataFolderInUseError(`another process is using ${path}`, { cause: error })
  }
  return {
    path,
    file: (name) => join(path, name),
    release: () => lock.close(),
  }
}
