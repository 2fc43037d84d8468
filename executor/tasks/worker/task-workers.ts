import type { Clock } from '#platform/clock'
import { abortedError } from '../aborted.ts'
import { asTaskError, limitedLog, withinLimits } from '../limits.ts'
import { type JsonObject, type Task, type TaskContext, TaskError, type TaskResult } from '../task.ts'
import { openTaskProcess, type TaskProcess, type TaskWork } from './task-process.ts'

/** How tasks are run. */
export interface TaskWorkersOptions {
  readonly clock: Clock
  /** Processes for tasks whose place is `worker`. */
  readonly size?: number
  /** Tasks that may wait for a process. */
  readonly queueMax?: number
  /** How long such a task may run. */
  readonly timeLimitMs?: number
  /** How long it may take to end after its signal aborted, before its process is killed. */
  readonly graceMs?: number
  /** Megabytes of a process's JavaScript heap. */
  readonly heapMegabytesMax?: number
  /** The file that the processes run. */
  readonly entry?: URL
}

/** Runs tasks, each in its place. */
export interface TaskWorkers {
  /** Makes one process ready before it is needed. Call it when start-up is over. */
  warmUp(): void
  /**
   * Runs a task within all limits. Params have passed `checkParams`; the context is a plain object.
   *
   * @throws {TaskError} always a `TaskError`: the task's own; TASK_FAILED for a bug in it; TASK_CRASHED, TASK_OUT_OF_MEMORY,
   *   TASK_TIMED_OUT, TASK_ABORTED, TASK_QUEUE_FULL; TASK_RESULT_…, TASK_ARTEFACT_… and TASK_LOG_TOO_LONG for what is too large
   */
  runTask(task: Task, params: JsonObject, context: TaskContext): Promise<TaskResult>
  /** Tasks in processes and waiting for one. */
  load(): { readonly running: number; readonly queued: number; readonly queueMax: number }
  /** Kills the processes; what they ran or should have run fails with TASK_ABORTED. */
  close(): Promise<void>
}

type Waiting = TaskWork & PromiseWithResolvers<TaskResult>

const MAIN = new URL('./worker-main.ts', import.meta.url)

/** Opens the one entry to running tasks. Processes are forked when the first task needs them. */
export function openTaskWorkers(options: TaskWorkersOptions): TaskWorkers {
  const {
    size = 1,
    queueMax = 1000,
    timeLimitMs = 300_000,
    graceMs = 2000,
    heapMegabytesMax = 192,
    entry = MAIN,
  } = options
  const queue: Waiting[] = []
  const idle: TaskProcess[] = []
  const processes = new Set<TaskProcess>()
  const closing = new AbortController()

  function openProcess(): TaskProcess {
    const opened = openTaskProcess({ entry, heapMegabytesMax, graceMs }, () => {
      processes.delete(opened)
      remove(idle, opened)
      dispatch()
    })
    processes.add(opened)
    return opened
  }

  function dispatch(): void {
    while (queue.length > 0 && !closing.signal.aborted) {
      const free = idle.pop() ?? (processes.size < size ? openProcess() : undefined)
      if (free === undefined) return
      const work = queue.shift()
      if (work !== undefined) void serve(free, work)
    }
  }

  async function serve(free: TaskProcess, work: Waiting): Promise<void> {
    await free.run(work).then(work.resolve, work.reject)
    if (processes.has(free)) idle.push(free)
    dispatch()
  }

  async function runInProcess(task: Task, params: JsonObject, given: TaskContext): Promise<TaskResult> {
    if (queue.length >= queueMax) throw new TaskError('TASK_QUEUE_FULL', `${queueMax} tasks wait already`)
    const context = { ...given, signal: AbortSignal.any([given.signal, closing.signal]) }
    const work: Waiting = { task, params, context, timeLimitMs, ...Promise.withResolvers<TaskResult>() }
    const leave = (): void => {
      if (remove(queue, work)) work.reject(abortedError())
    }
    if (context.signal.aborted) throw abortedError()
    context.signal.addEventListener('abort', leave, { once: true })
    queue.push(work)
    dispatch()
    try {
      return await work.promise
    } finally {
      context.signal.removeEventListener('abort', leave)
    }
  }

  return {
    warmUp() {
      if (processes.size === 0 && !closing.signal.aborted) idle.push(openProcess())
    },
    async runTask(task, params, context) {
      try {
        if (task.place === 'worker') return await runInProcess(task, params, context)
        const log = limitedLog((level, message) => context.log(level, message))
        return withinLimits(await task.run(params, { ...context, log }))
      } catch (error) {
        throw asTaskError(error)
      }
    },
    load: () => ({ running: processes.size - idle.length, queued: queue.length, queueMax }),
    async close() {
      closing.abort()
      await Promise.all([...processes].map((process) => process.end()))
    },
  }
}

function remove<Item>(items: Item[], item: Item): boolean {
  const index = items.indexOf(item)
  if (index >= 0) items.splice(index, 1)
  return index >= 0
}
