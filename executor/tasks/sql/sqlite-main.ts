import { Worker } from 'node:worker_threads'
import { readSqlite } from './read-sqlite.ts'
import type { FromSqlite, ToSqlite } from './sqlite-messages.ts'

// The process of one query. Nothing else can end one: SQLite computes on the thread that asked, without hearing anything.
const MEMORY_BYTES_MAX = 256 * 1024 * 1024

new Worker(new URL('../worker/watchdog.ts', import.meta.url), {
  workerData: { executorPid: process.ppid, memoryBytesMax: MEMORY_BYTES_MAX },
}).unref()

process.once('message', ({ path, query }: ToSqlite) => {
  const answer: FromSqlite = readSqlite(path, query)
  process.send?.(answer, () => process.disconnect?.())
})
