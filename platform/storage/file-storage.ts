import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '#platform/clock'
import { checkKey, checkSize, ObjectMissingError, type ObjectStorage } from './storage.ts'

const BYTES_MAX = 64 * 1024 * 1024
/** Folders whose names begin alike lie in one, so that none has too many. */
const SHARD_CHARACTERS = 8
const PARTIAL = '.partial'
const PARTIAL_MS_MAX = 24 * 3_600_000

/** Objects as files of a folder, which all processes that read and write them must share. */
export function fileStorage(root: string, clock: Pick<Clock, 'now' | 'newId'>): ObjectStorage {
  const limits = { name: 'files', bytesMax: BYTES_MAX } as const
  const pathOf = (key: string): string => {
    checkKey(key)
    return join(root, key.slice(0, SHARD_CHARACTERS), key)
  }
  return {
    ...limits,
    async put(key, content) {
      const path = pathOf(key)
      checkSize(content, limits)
      const partial = join(root, PARTIAL, clock.newId())
      for (const folder of [dirname(path), dirname(partial)]) await mkdir(folder, { recursive: true, mode: 0o700 })
      // Whoever reads sees all of it or nothing, also after the power failed.
      await writeDurably(partial, content)
      await rename(partial, path)
      await syncFolder(dirname(path))
    },
    async read(key, from, length) {
      const file = await open(pathOf(key), 'r').catch(missing(key))
      try {
        const part = Buffer.alloc(Math.min(length, Math.max(0, (await file.stat()).size - from)))
        const { bytesRead } = await file.read(part, 0, part.length, from)
        return part.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    },
    async list(afterKey, limit) {
      if (afterKey === '') await dropPartials(join(root, PARTIAL), clock.now().getTime() - PARTIAL_MS_MAX)
      const keys: string[] = []
      for (const shard of await namesIn(root, afterKey.slice(0, SHARD_CHARACTERS))) {
        for (const folder of await namesIn(join(root, shard), afterKey.split('/')[0] ?? '')) {
          const found = (await namesIn(join(root, shard, folder), '')).map((name) => `${folder}/${name}`)
          keys.push(...found.filter((key) => key > afterKey))
          if (keys.length >= limit) return keys.slice(0, limit)
        }
      }
      return keys
    },
    async remove(keys) {
      for (const key of keys) {
        const path = pathOf(key)
        await rm(path, { force: true })
        await dropIfEmpty(dirname(path))
        await dropIfEmpty(dirname(dirname(path)))
      }
    },
    close: async () => undefined,
  }
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

/** The names in a folder from one on, in order; none when it is not there. */
async function namesIn(folder: string, fromName: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => name !== PARTIAL && name >= fromName).sort()
}

/** What a process that died left half written. */
async function dropPartials(folder: string, beforeMs: number): Promise<void> {
  for (const name of await namesIn(folder, '')) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && found.mtimeMs < beforeMs) await rm(path, { force: true })
  }
}

async function dropIfEmpty(folder: string): Promise<void> {
  if ((await namesIn(folder, '')).length > 0) return
  // Somebody may put something there at this moment: then the folder stays, or the put fails and is tried again.
  await rmdir(folder).catch(() => undefined)
}

function missing(key: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw error.code === 'ENOENT' ? new ObjectMissingError(`there is no object ${key}`, { cause: error }) : error
  }
}
