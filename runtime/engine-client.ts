import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { DomainError } from '#platform/domain'
import type { Operate } from '#services/executions'
import type { EngineReport, EngineStart, FromEngine, OperatorOutcome, ToEngine } from './engine-messages.ts'
import type { DatabaseName } from './ground.ts'

/** The engine as the thread of the doors sees it. */
export interface EngineClient {
  /** Opens it; resolves once jobs are fired and run. */
  open(): Promise<void>
  committed(database: DatabaseName): void
  /** How it does; null when it does not say within 2 s. */
  report(): Promise<EngineReport | null>
  /** Does what people ask of executions. @throws {DomainError} as the executions context does; {EngineSilentError} */
  readonly operate: Operate
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

/** The engine could not do what was asked, or did not say. It may have been done. */
class EngineSilentError extends Error {
  override readonly name = 'EngineSilentError'
  readonly outage = true
}

const REPORT_MS_MAX = 2_000
const OPERATE_MS_MAX = 30_000

/** Starts the engine's thread, which loads its code meanwhile and opens nothing yet. */
export function startEngine(start: EngineStart, { onCommitted, onDeath }: EngineEvents): EngineClient {
  const worker = new Worker(new URL('./engine-thread.ts', import.meta.url), { workerData: start })
  const reports = openAnswers<EngineReport>()
  const operations = openAnswers<NonNullable<OperatorOutcome>>()
  const opened = Promise.withResolvers<void>()
  let stopping: Promise<void> | undefined

  const tell = (message: ToEngine): void => worker.postMessage(message)
  worker.on('message', (message: FromEngine) => {
    if (message.kind === 'committed') onCommitted(message.database)
    else if (message.kind === 'opened') opened.resolve()
    else if (message.kind === 'reported') reports.answered(message.id, message.report)
    else operations.answered(message.id, message.outcome)
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
    report: () => reports.ask(REPORT_MS_MAX, (id) => tell({ kind: 'report', id })),
    async operate(request) {
      const outcome = await operations.ask(OPERATE_MS_MAX, (id) => tell({ kind: 'operate', id, request }))
      if (!outcome) throw new EngineSilentError('the engine does not answer')
      if ('answer' in outcome) return outcome.answer
      const { code, message, details } = outcome.refusal
      throw new DomainError(code, message, { ...details })
    },
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

/** Questions to the thread, each answered once, or with null when its time is over. */
function openAnswers<Answer>() {
  const waiting = new Map<number, (answer: Answer | null) => void>()
  let asked = 0
  return {
    ask(waitMsMax: number, send: (id: number) => void): Promise<Answer | null> {
      asked += 1
      const id = asked
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        setTimeout(() => this.answered(id, null), waitMsMax).unref()
        send(id)
      })
    },
    answered(id: number, answer: Answer | null): void {
      waiting.get(id)?.(answer)
      waiting.delete(id)
    },
  }
}
