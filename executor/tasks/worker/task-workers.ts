import type { Clock } from '#platform/clock'
import { abortedError } from '../aborted.ts'
import type { CatalogueOptions } from '../catalogue.ts'
import { asTaskError, withinLimits } from '../limits.ts'
import { limitedLog } from '../log-limits.ts'
import { checkedProgress, type ProgressReport } from '../progress.ts'
import { type JsonObject, type Task, type TaskContext, type TaskEnding, TaskError, type TaskResult } from '../task.ts'
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
  /** What tasks there are beside those that are always there. */
  readonly tasks?: CatalogueOptions
  /** The file that the processes run. */
  readonly entry?: URL
}

/** Runs tasks, each in its place. */
export interface TaskWorkers {
  /** Makes one process ready before it is needed. Call it when start-up is over. */
  warmUp(): void
  /**
   * Runs a task within all limits. Params have passed `checkParams`; the context is a plain object. Once its signal
   * aborts, a process has the grace of `ending`, or the own one of these workers, before it is killed.
   *
   * @throws {TaskError} always a `TaskError`: the task's own; TASK_FAILED for a bug in it; TASK_CRASHED, TASK_OUT_OF_MEMORY,
   *   TASK_TIMED_OUT, TASK_ABORTED, TASK_QUEUE_FULL; TASK_RESULT_… and TASK_ARTEFACT_… for what is too large
   */
  runTask(task: Task, params: JsonObject, context: TaskContext, ending?: TaskEnding): Promise<TaskResult>
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
    tasks = {},
    entry = MAIN,
  } = options
  const queue: Waiting[] = []
  const idle: TaskProcess[] = []
  const processes = new Set<TaskProcess>()
  const closing = new AbortController()

  function openProcess(): TaskProcess {
    const opened = openTaskProcess({ entry, heapMegabytesMax, graceMs, tasks }, () => {
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

  async function runInProcess(
    task: Task,
    params: JsonObject,
    given: TaskContext,
    ending?: TaskEnding,
  ): Promise<TaskResult> {
    if (queue.length >= queueMax) throw new TaskError('TASK_QUEUE_FULL', `${queueMax} tasks wait already`)
    const context = { ...given, signal: AbortSignal.any([given.signal, closing.signal]) }
    const limits = { timeLimitMs: task.timeLimitMs === undefined ? timeLimitMs : task.timeLimitMs }
    const work: Waiting = { task, params, context, ...limits, ending, ...Promise.withResolvers<TaskResult>() }
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
    async runTask(task, params, context, ending) {
      try {
        if (task.place === 'worker') return await runInProcess(task, params, context, ending)
        return await runHere(task, params, context)
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

async function runHere(task: Task, params: JsonObject, context: TaskContext): Promise<TaskResult> {
  const log = limitedLog((level, message) => context.log(level, message), context.clock)
  const progress = (report: ProgressReport): void => context.progress(checkedProgress(report))
  try {
    return withinLimits(await task.run(params, { ...context, progress, log: log.write }))
  } finally {
    log.end()
  }
}

function remove<Item>(items: Item[], item: Item): boolean {
  const index = items.indexOf(item)
  if (index >= 0) items.splice(index, 1)
  return index >= 0
}
