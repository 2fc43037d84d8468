import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A folder that is filled once, whole or not at all: two that fill it at the same time end with the same one.
 *
 * @param fill fills the folder that it is handed, which takes the name afterwards
 */
export async function filledOnce(
  cacheDirectory: string,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheDirectory, name)
  if (existsSync(folder)) return folder
  mkdirSync(cacheDirectory, { recursive: true })
  const partial = mkdtempSync(join(cacheDirectory, `.${name}-`))
  try {
    await fill(partial)
    rename(partial, folder)
    return folder
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** Whoever comes second leaves the first one's. */
function rename(partial: string, folder: string): void {
  try {
    renameSync(partial, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}
