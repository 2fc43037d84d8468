import { Worker } from 'node:worker_threads'
import { systemClock } from '#platform/clock'
import { invariant } from '#platform/domain'
import type { CatalogueOptions } from '../catalogue.ts'
import { asTaskError, withinLimits } from '../limits.ts'
import { limitedLog } from '../log-limits.ts'
import { throttledProgress } from '../progress.ts'
import type { DuePage, ExecutionCount, ExecutionHistory, Task } from '../task.ts'
import { batchedLog } from './batched-log.ts'
import type { FromWorker, HistoryQuestion, ToWorker } from './messages.ts'

type RunMessage = Extract<ToWorker, { type: 'run' }>

const clock = systemClock()
const HEARTBEAT_MS = 100
// Out of the reach of tasks: what is sent here is believed.
const sendToExecutor = process.send?.bind(process)

/** Finds a task by its name. */
export type FindTask = (name: string) => Task | undefined | Promise<Task | undefined>

/**
 * Makes this process a worker: it runs what the executor that forked it sends, one task at a time, until the executor goes.
 *
 * @param open is told once what tasks there are
 */
export function serveTasks(open: (tasks: CatalogueOptions) => FindTask): void {
  const history = remoteHistory()
  let find: FindTask = open({})
  let current: { readonly runId: number; readonly abort: AbortController } | undefined

  watch()
  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'open':
        find = open(message.tasks)
        return
      case 'run':
        current = { runId: message.runId, abort: new AbortController() }
        void runTask(find, message, current.abort.signal, history.of(message.runId))
        return
      case 'abort':
        if (current?.runId === message.runId) current.abort.abort()
        return
      default:
        history.receive(message)
    }
  })
}

async function runTask(
  find: FindTask,
  message: RunMessage,
  signal: AbortSignal,
  history: ExecutionHistory,
): Promise<void> {
  const { runId, params, execution } = message
  const batched = batchedLog(clock, (lines) => send({ type: 'log', runId, lines }))
  const log = limitedLog(batched.write, clock)
  const { report: progress, end } = throttledProgress(clock, (report) => send({ type: 'progress', runId, report }))
  let outcome: FromWorker
  try {
    const task = await find(message.taskName)
    if (task === undefined) throw new Error(`there is no task ${message.taskName}`)
    const heartbeat = heartbeats(runId)
    const context = { ...execution, signal, clock, history, heartbeat, progress, log: log.write }
    outcome = { type: 'done', runId, result: withinLimits(await task.run(params, context)) }
  } catch (error) {
    const { code, message: text, retryAfterMs, isFinal } = asTaskError(error)
    outcome = { type: 'failed', runId, code, message: text, retryAfterMs, isFinal }
  }
  end()
  log.end()
  batched.flush()
  send(outcome)
}

/** A task may say as often as it likes that it is alive; the executor is not to be flooded. */
function heartbeats(runId: number): () => void {
  let saidMs = Number.NEGATIVE_INFINITY
  return () => {
    const nowMs = clock.monotonicMs()
    if (nowMs - saidMs < HEARTBEAT_MS) return
    saidMs = nowMs
    send({ type: 'heartbeat', runId })
  }
}

interface RemoteHistory {
  of(runId: number): ExecutionHistory
  receive(message: Extract<ToWorker, { callId: number }>): void
}

// The executor knows whose execution it is: the workspace is not sent, so that a task cannot ask for another's.
function remoteHistory(): RemoteHistory {
  const calls = new Map<number, PromiseWithResolvers<unknown>>()
  let callId = 0

  async function ask(runId: number, question: HistoryQuestion): Promise<unknown> {
    callId += 1
    const call = Promise.withResolvers<unknown>()
    calls.set(callId, call)
    send({ type: 'history', runId, callId, ...question })
    return await call.promise
  }

  return {
    // The executor answers what was asked.
    of: (runId) => ({
      summary: async (_workspaceId, from, to) =>
        (await ask(runId, { asks: 'summary', from, to })) as readonly ExecutionCount[],
      due: async (_workspaceId, from, to, after) => (await ask(runId, { asks: 'due', from, to, after })) as DuePage,
    }),
    receive(message) {
      const call = calls.get(message.callId)
      calls.delete(message.callId)
      if (message.type === 'history') call?.resolve(message.answer)
      else call?.reject(new Error(message.message))
    },
  }
}

function watch(): void {
  delete process.send
  const [executorPid, memoryBytesMax] = process.argv.slice(2).map(Number)
  new Worker(new URL('./watchdog.ts', import.meta.url), { workerData: { executorPid, memoryBytesMax } }).unref()
  process.on('disconnect', () => process.exit())
  // Ctrl-C reaches the whole process group, but it is the executor that decides when running work ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
}

function send(message: FromWorker): void {
  invariant(sendToExecutor, 'a worker is forked with a channel')
  sendToExecutor(message)
}
