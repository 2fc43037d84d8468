import { invariant } from '#platform/domain'
import { abortedError } from '../aborted.ts'
import { type TaskContext, type TaskEnding, TaskError, type TaskResult } from '../task.ts'
import type { FromWorker, HistoryQuestion, ToWorker } from './messages.ts'

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
  /** Without a time limit it takes as long as its job says. */
  readonly limits: { readonly timeLimitMs: number | null; readonly graceMs: number }
  /** How a wish that it ends is waited for; as the limits say when left out. */
  readonly ending?: TaskEnding | undefined
  send(message: ToWorker): void
  kill(): void
}

const HISTORY_CALLS_MAX = 1000

/** Follows one run to its end: by its own answer, by its time limit, by its signal, or by the death of its process. */
export function openTaskRun({ runId, context, limits, ending, send, kill }: TaskRunOptions): TaskRun {
  const { promise, resolve, reject } = Promise.withResolvers<TaskResult>()
  // It may end before anybody waits for it; whoever does then still gets the error.
  promise.catch(() => undefined)
  const over = new AbortController()
  let stoppedBy: TaskError | undefined
  let isAskedToEnd = false
  let historyCalls = 0

  if (limits.timeLimitMs !== null) void stopAfter(limits.timeLimitMs)
  ending?.givenUp.addEventListener('abort', () => void giveUp(), { signal: over.signal })
  context.signal.addEventListener('abort', () => void abort(), { signal: over.signal })
  if (context.signal.aborted) void abort()

  async function stopAfter(timeLimitMs: number): Promise<void> {
    await context.clock.sleep(timeLimitMs, over.signal)
    await stop(new TaskError('TASK_TIMED_OUT', `the task took longer than ${timeLimitMs} ms`), limits.graceMs)
  }

  /** Whoever gives it up needs its place; whoever asks it to end lets it have its time. */
  function abort(): Promise<void> {
    const isAsked = ending !== undefined && !ending.givenUp.aborted
    if (isAsked && stoppedBy === undefined) isAskedToEnd = true
    return stop(abortedError(), isAsked ? ending.graceMs : limits.graceMs)
  }

  function giveUp(): Promise<void> {
    return stoppedBy === undefined ? abort() : killAfter(limits.graceMs)
  }

  async function stop(error: TaskError, graceMs: number): Promise<void> {
    if (over.signal.aborted || stoppedBy !== undefined) return
    stoppedBy = error
    send({ type: 'abort', runId })
    await killAfter(graceMs)
  }

  async function killAfter(graceMs: number): Promise<void> {
    await context.clock.sleep(graceMs, over.signal)
    if (!over.signal.aborted) kill()
  }

  /** Whoever stopped it has the last word; one that was only asked to end may still succeed while somebody waits for it. */
  function end(error: TaskError | undefined, result?: TaskResult): void {
    over.abort()
    const maySucceed = isAskedToEnd && !ending?.givenUp.aborted
    const failure = maySucceed && result !== undefined ? undefined : (stoppedBy ?? error)
    if (failure !== undefined) {
      reject(failure)
      return
    }
    invariant(result, 'a run ends with an error or a result')
    resolve(result)
  }

  async function answerHistory(question: Extract<FromWorker, { type: 'history' }>): Promise<void> {
    const { callId } = question
    historyCalls += 1
    try {
      if (historyCalls > HISTORY_CALLS_MAX)
        throw new Error(`the history was asked more than ${HISTORY_CALLS_MAX} times`)
      send({ type: 'history', callId, answer: await askHistory(context, question) })
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
        case 'heartbeat':
          context.heartbeat()
          return
        case 'progress':
          context.progress(message.report)
          return
        case 'history':
          void answerHistory(message)
          return
        case 'done':
          return end(undefined, message.result)
        case 'failed':
          return end(new TaskError(message.code, message.message, message))
      }
    },
    crashed: end,
  }
}

// The workspace is the executor's to say: a task must not ask for another's.
function askHistory({ history, workspaceId }: TaskContext, question: HistoryQuestion) {
  const { from, to } = question
  return question.asks === 'due'
    ? history.due(workspaceId, from, to, question.after)
    : history.summary(workspaceId, from, to)
}
