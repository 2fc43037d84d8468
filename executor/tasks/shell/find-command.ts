import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'

/** Where commands are looked for, and the PATH that they have. */
export const SHELL_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'

/** The file behind an absolute path or a name; undefined when there is none that can be run. */
export function findCommand(name: string): string | undefined {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined
  // What is relative would depend on the folder in which an executor was started.
  if (name.includes('/')) return undefined
  return SHELL_PATH.split(':')
    .map((folder) => join(folder, name))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
