import { Worker } from 'node:worker_threads'

/** Copies the write-ahead logs of this process's databases into their files, on a thread of its own. */
export interface Checkpointer {
  /** @returns how to stop, to be called before the database is closed */
  follow(path: string): () => void
}

/** What the thread is told. */
export interface CheckpointOrder {
  readonly kind: 'follow' | 'leave'
  readonly path: string
}

let worker: Worker | undefined
const followed = new Set<string>()

/**
 * The checkpointer of this process. A checkpoint writes and syncs pages by the thousand: on the thread that commits, each
 * one would hold up everybody (more than half of the time of all commits under load, as measured here).
 */
export const checkpointer: Checkpointer = {
  follow(path) {
    followed.add(path)
    tell({ kind: 'follow', path })
    return () => {
      followed.delete(path)
      tell({ kind: 'leave', path })
    }
  },
}

function tell(order: CheckpointOrder): void {
  worker ??= startWorker()
  worker.postMessage(order)
}

function startWorker(): Worker {
  const started = new Worker(new URL('./checkpoint-thread.ts', import.meta.url))
  // It must not keep the process alive, and what it leaves undone the next start does.
  started.unref()
  // Without it logs grow to where each commit looks after its own, so it is started again with what it had.
  started.on('error', () => {
    worker = followed.size > 0 ? startWorker() : undefined
  })
  for (const path of followed) started.postMessage({ kind: 'follow', path } satisfies CheckpointOrder)
  return started
}
