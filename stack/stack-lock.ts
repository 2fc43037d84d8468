import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StackError } from './config.ts'

/**
 * Holds a stack until `release` or the end of this process, however it ends: the lock is the operating system's, on a
 * file that SQLite has open.
 *
 * @throws {StackError} when another command holds it
 */
export function holdStack(directory: string): { release(): void } {
  mkdirSync(directory, { recursive: true })
  const lock = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 })
  try {
    lock.exec('pragma journal_mode = delete')
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    throw new StackError(`another stack command is at work in ${directory}; wait for it to end`, { cause })
  }
  return { release: () => lock.close() }
}
