import { invariant } from '#platform/domain'
import { abortedError } from '../aborted.ts'
import { type TaskContext, TaskError, type TaskResult } from '../task.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** One task on its way through a process. */
export interface TaskRun {
  readonly result: Promise<TaskResult>
  receive(message: FromWorker): void
  /** Its process is gone. */
  crashed(error: TaskError): void
}

/** What a run needs of the process that it is in. */
export interface TaskRunOptions {
  readonly runId: number
  readonly context: TaskContext
  readonly limits: { readonly timeLimitMs: number; readonly graceMs: number }
  send(message: ToWorker): void
  kill(): void
}

const HISTORY_CALLS_MAX = 1000

/** Follows one run to its end: by its own answer, by its time limit, by its signal, or by the death of its process. */
export function openTaskRun({ runId, context, limits, send, kill }: TaskRunOptions): TaskRun {
  const { promise, resolve, reject } = Promise.withResolvers<TaskResult>()
  // It may end before anybody waits for it; whoever does then still gets the error.
  promise.catch(() => undefined)
  const over = new AbortController()
  let stoppedBy: TaskError | undefined
  let historyCalls = 0

  void context.clock.sleep(limits.timeLimitMs, over.signal).then(() => {
    return stop(new TaskError('TASK_TIMED_OUT', `the task took longer than ${limits.timeLimitMs} ms`))
  })
  context.signal.addEventListener('abort', () => void stop(abortedError()), { signal: over.signal })
  if (context.signal.aborted) void stop(abortedError())

  async function stop(error: TaskError): Promise<void> {
    if (over.signal.aborted || stoppedBy !== undefined) return
    stoppedBy = error
    send({ type: 'abort', runId })
    await context.clock.sleep(limits.graceMs, over.signal)
    if (!over.signal.aborted) kill()
  }

  /** Whoever stopped it has the last word, however the task then ended. */
  function end(error: TaskError | undefined, result?: TaskResult): void {
    over.abort()
    const failure = stoppedBy ?? error
    if (failure !== undefined) {
      reject(failure)
      return
    }
    invariant(result, 'a run ends with an error or a result')
    resolve(result)
  }

  async function answerHistory({ callId, from, to }: Extract<FromWorker, { type: 'history' }>): Promise<void> {
    historyCalls += 1
    try {
      if (historyCalls > HISTORY_CALLS_MAX)
        throw new Error(`the history was asked more than ${HISTORY_CALLS_MAX} times`)
      send({ type: 'history', callId, rows: await context.history.summary(context.workspaceId, from, to) })
    } catch (error) {
      send({ type: 'historyFailed', callId, message: error instanceof Error ? error.message : String(error) })
    }
  }

  return {
    result: promise,
    receive(message) {
      if (message.runId !== runId) return
      switch (message.type) {
        case 'log':
          for (const { level, message: text } of message.lines) context.log(level, text)
          return
        case 'history':
          void answerHistory(message)
          return
        case 'done':
          return end(undefined, message.result)
        case 'failed':
          return end(new TaskError(message.code, message.message))
      }
    },
    crashed: end,
  }
}
