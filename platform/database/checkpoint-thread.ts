import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { parentPort } from 'node:worker_threads'
import type { CheckpointOrder } from './checkpointer.ts'

const LOOK_EVERY_MS = 200
const LOG_BYTES_MIN = 8 * 1024 * 1024
// A log that is written without a pause is never copied to its end. Beyond this its writer waits, once, until it is.
const LOG_BYTES_MAX = 512 * 1024 * 1024

const connections = new Map<string, DatabaseSync>()

parentPort?.on('message', ({ kind, path }: CheckpointOrder) => {
  if (kind === 'leave') {
    connections.get(path)?.close()
    connections.delete(path)
  } else if (!connections.has(path)) {
    connections.set(path, new DatabaseSync(path, { timeout: LOOK_EVERY_MS }))
  }
})

setInterval(() => {
  for (const [path, connection] of connections) {
    const bytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (bytes < LOG_BYTES_MIN) continue
    try {
      connection.exec(`pragma wal_checkpoint(${bytes > LOG_BYTES_MAX ? 'truncate' : 'passive'})`)
    } catch {
      // Somebody else is at it; there is a next time.
    }
  }
}, LOOK_EVERY_MS)
