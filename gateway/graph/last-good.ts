import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Log } from '#platform/telemetry'

const content = z.object({
  supergraphSdl: z.string().min(1),
  /** What it was composed of. */
  subgraphs: z.record(z.string(), z.string()),
})

/** A supergraph that was served, and the SDL of each subgraph in it. */
export type LastGood = z.output<typeof content>

/** What was kept; nothing when there is no such file, or it is no good. */
export async function readLastGood(path: string, log: Log): Promise<LastGood | undefined> {
  try {
    return content.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing) log.warn('gateway.last_good_supergraph_unreadable', { path, err: error })
    return undefined
  }
}

/** Writes it whole or not at all. */
export async function writeLastGood(path: string, lastGood: LastGood): Promise<void> {
  const beside = `${path}.${process.pid}.new`
  await writeFile(beside, JSON.stringify(lastGood))
  await rename(beside, path)
}
