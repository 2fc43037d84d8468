import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { OUT_OF_MEMORY_MARK } from './messages.ts'

// A thread beside the task's, in the same process: it still runs when the task blocks its own. It kills the process when
// the executor is gone, which a blocked loop never learns, and when memory outside of the heap, such as buffers, grows
// past the limit, which V8 does not watch.
const CHECK_MS = 100
const STANDARD_ERROR = 2

const { executorPid, memoryBytesMax } = workerData as { executorPid: number; memoryBytesMax: number }

setInterval(() => {
  const isLarge = process.memoryUsage.rss() > memoryBytesMax
  if (isLarge) writeSync(STANDARD_ERROR, `${OUT_OF_MEMORY_MARK}\n`)
  if (isLarge || process.ppid !== executorPid) process.kill(process.pid, 'SIGKILL')
}, CHECK_MS)
