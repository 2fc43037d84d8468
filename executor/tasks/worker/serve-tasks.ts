import { Worker } from 'node:worker_threads'
import { systemClock } from '#platform/clock'
import { invariant } from '#platform/domain'
import { asTaskError, limitedLog, withinLimits } from '../limits.ts'
import type { ExecutionCount, ExecutionHistory, Task } from '../task.ts'
import { batchedLog } from './batched-log.ts'
import type { FromWorker, ToWorker } from './messages.ts'

type RunMessage = Extract<ToWorker, { type: 'run' }>

const clock = systemClock()

/** Makes this process a worker: it runs what the executor that forked it sends, one task at a time, until the executor goes. */
export function serveTasks(taskNamed: (name: string) => Task | undefined): void {
  const history = remoteHistory()
  let current: { readonly runId: number; readonly abort: AbortController } | undefined

  watch()
  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'run':
        current = { runId: message.runId, abort: new AbortController() }
        void runTask(taskNamed(message.taskName), message, current.abort.signal, history.of(message.runId))
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
  task: Task | undefined,
  message: RunMessage,
  signal: AbortSignal,
  history: ExecutionHistory,
): Promise<void> {
  const { runId, params, execution } = message
  const log = batchedLog(clock, (lines) => send({ type: 'log', runId, lines }))
  let outcome: FromWorker
  try {
    if (task === undefined) throw new Error(`there is no task ${message.taskName}`)
    const context = { ...execution, signal, clock, history, log: limitedLog(log.write) }
    outcome = { type: 'done', runId, result: withinLimits(await task.run(params, context)) }
  } catch (error) {
    const failure = asTaskError(error)
    outcome = { type: 'failed', runId, code: failure.code, message: failure.message }
  }
  log.flush()
  send(outcome)
}

interface RemoteHistory {
  of(runId: number): ExecutionHistory
  receive(message: Extract<ToWorker, { callId: number }>): void
}

// The executor knows whose execution it is: the workspace is not sent, so that a task cannot ask for another's.
function remoteHistory(): RemoteHistory {
  const calls = new Map<number, PromiseWithResolvers<readonly ExecutionCount[]>>()
  let callId = 0
  return {
    of: (runId) => ({
      summary(_workspaceId, from, to) {
        callId += 1
        const call = Promise.withResolvers<readonly ExecutionCount[]>()
        calls.set(callId, call)
        send({ type: 'history', runId, callId, from, to })
        return call.promise
      },
    }),
    receive(message) {
      const call = calls.get(message.callId)
      calls.delete(message.callId)
      if (message.type === 'history') call?.resolve(message.rows)
      else call?.reject(new Error(message.message))
    },
  }
}

function watch(): void {
  const [executorPid, memoryBytesMax] = process.argv.slice(2).map(Number)
  new Worker(new URL('./watchdog.ts', import.meta.url), { workerData: { executorPid, memoryBytesMax } }).unref()
  process.on('disconnect', () => process.exit())
  // Ctrl-C reaches the whole process group, but it is the executor that decides when running work ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
}

function send(message: FromWorker): void {
  invariant(process.send, 'a worker is forked with a channel')
  process.send(message)
}
