import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Log } from '#platform/telemetry'
import type { ServiceInstance } from './directory.ts'

const kept = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  startedAt: z.coerce.date().nullable(),
  lastHeartbeatAt: z.coerce.date().nullable(),
  version: z.string().nullable(),
})
const content = z.object({ instances: z.array(kept) })

/** The instances that were up when a directory last knew any. Nothing when there is no such file, or it is no good. */
export async function readLastKnown(path: string, log: Log): Promise<readonly ServiceInstance[]> {
  try {
    const { instances } = content.parse(JSON.parse(await readFile(path, 'utf8')))
    return instances.map((instance) => ({ ...instance, status: 'UP', isPreserved: false }))
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing) log.warn('directory.last_known_unreadable', { path, err: error })
    return []
  }
}

/** Writes it whole or not at all. */
export async function writeLastKnown(path: string, instances: readonly ServiceInstance[]): Promise<void> {
  const beside = `${path}.${process.pid}.new`
  await writeFile(beside, JSON.stringify({ instances }, undefined, 2))
  await rename(beside, path)
}
