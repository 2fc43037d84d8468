import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { EngineReport, EngineStart, FromEngine, ToEngine } from './engine-messages.ts'
import type { DatabaseName } from './ground.ts'

/** The engine as the thread of the doors sees it. */
export interface EngineClient {
  /** Opens it; resolves once jobs are fired and run. */
  open(): Promise<void>
  committed(database: DatabaseName): void
  /** How it does; null when it does not say within 2 s. */
  report(): Promise<EngineReport | null>
  /** Asks it to drop what it told before an instant. */
  prune(before: Date): void
  /** Finishes what is in hand. Safe to call twice. */
  stop(): Promise<void>
}

/** What comes from it unasked. */
export interface EngineEvents {
  onCommitted(database: DatabaseName): void
  /** It ended and was not told to: a bug, which ends the process. */
  onDeath(error: Error): void
}

const REPORT_MS_MAX = 2_000

/** Starts the engine's thread, which loads its code meanwhile and opens nothing yet. */
export function startEngine(start: EngineStart, { onCommitted, onDeath }: EngineEvents): EngineClient {
  const worker = new Worker(new URL('./engine-thread.ts', import.meta.url), { workerData: start })
  const reports = new Map<number, (report: EngineReport | null) => void>()
  const opened = Promise.withResolvers<void>()
  let asked = 0
  let stopping: Promise<void> | undefined

  const tell = (message: ToEngine): void => worker.postMessage(message)
  worker.on('message', (message: FromEngine) => {
    if (message.kind === 'committed') onCommitted(message.database)
    else if (message.kind === 'opened') opened.resolve()
    else if (message.kind === 'reported') {
      reports.get(message.id)?.(message.report)
      reports.delete(message.id)
    }
  })
  worker.on('error', (error: Error) => {
    opened.reject(error)
    onDeath(error)
  })
  worker.on('exit', (code) => {
    if (!stopping) onDeath(new Error(`the engine's thread ended with ${code}`))
  })

  return {
    async open() {
      tell({ kind: 'open' })
      await opened.promise
    },
    committed: (database) => tell({ kind: 'committed', database }),
    prune: (before) => tell({ kind: 'prune', before }),
    report: () =>
      new Promise((resolve) => {
        asked += 1
        const id = asked
        reports.set(id, resolve)
        setTimeout(() => {
          reports.delete(id)
          resolve(null)
        }, REPORT_MS_MAX).unref()
        tell({ kind: 'report', id })
      }),
    stop() {
      stopping ??= (async () => {
        const exited = once(worker, 'exit')
        tell({ kind: 'stop' })
        await exited
      })()
      return stopping
    },
  }
}
