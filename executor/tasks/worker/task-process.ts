import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { type CatalogueOptions, optionsForWorkers } from '../catalogue.ts'
import { type JsonObject, type Task, type TaskContext, type TaskEnding, TaskError, type TaskResult } from '../task.ts'
import { type FromWorker, OUT_OF_MEMORY_MARK, type ToWorker } from './messages.ts'
import { marked, openReaper, type Reaper } from './reaper.ts'
import { openTaskRun, type TaskRun } from './task-run.ts'

/** How worker processes are made. */
export interface TaskProcessOptions {
  /** The file that it runs. */
  readonly entry: URL
  /** Megabytes of its JavaScript heap. */
  readonly heapMegabytesMax: number
  /** How long a task may take to end after its signal aborted, before its process is killed. */
  readonly graceMs: number
  /** What tasks there are beside those that are always there. */
  readonly tasks: CatalogueOptions
}

/** A task that waits for, or has, a process. */
export interface TaskWork {
  readonly task: Task
  readonly params: JsonObject
  readonly context: TaskContext
  readonly timeLimitMs: number | null
  readonly ending?: TaskEnding | undefined
}

/** A process that runs one task at a time. */
export interface TaskProcess {
  /** @throws {TaskError} the task's own, or TASK_CRASHED, TASK_OUT_OF_MEMORY, TASK_TIMED_OUT, TASK_ABORTED */
  run(work: TaskWork): Promise<TaskResult>
  /** Kills it and whatever it runs. Ends when it is gone. */
  end(): Promise<void>
}

const MEGABYTE = 1024 * 1024
// Beside the heap: Node itself, code, buffers.
const OTHER_MEGABYTES_MAX = 256
const ERROR_OUTPUT_CHARACTERS_MAX = 16_384
const OUT_OF_MEMORY = new RegExp(
  `${OUT_OF_MEMORY_MARK}|FATAL ERROR:.*(?:heap out of memory|process out of memory|invalid \\w+ (?:size|length))`,
)

let opened = 0

/** Forks a worker. `onEnd` is called once, when it is gone for whatever reason. */
export function openTaskProcess(options: TaskProcessOptions, onEnd: () => void): TaskProcess {
  const mark = `${process.pid}.${opened++}`
  const child = forkWorker(options, mark)
  const gone = Promise.withResolvers<void>()
  let run: TaskRun | undefined
  let runs = 0
  let errorOutput = ''
  let reaper: Reaper | undefined
  let reaped: Promise<void> | undefined

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-ERROR_OUTPUT_CHARACTERS_MAX)
  })
  send({ type: 'open', tasks: optionsForWorkers(options.tasks) })
  child.on('message', receive)
  child.on('error', (error) => ended(new TaskError('TASK_CRASHED', 'the process of the task failed', { cause: error })))
  child.on('exit', () => void reap())
  // Not `exit`: only now the error output is complete, which what a task left behind may hold open.
  child.on('close', (exitCode, signal) => void reap().then(() => ended(crash(exitCode, signal, errorOutput))))

  function receive(message: FromWorker): void {
    try {
      run?.receive(message)
    } catch (cause) {
      run?.crashed(new TaskError('TASK_CRASHED', 'the task sent what no task sends', { cause }))
      kill(child)
    }
  }

  function reap(): Promise<void> {
    reaped ??= reaper?.reap() ?? Promise.resolve()
    return reaped
  }

  function ended(error: TaskError): void {
    kill(child)
    run?.crashed(error)
    gone.resolve()
    onEnd()
    onEnd = () => {}
  }

  function send(message: ToWorker): void {
    // A failure to send is followed by `close`.
    if (child.connected) child.send(message, () => {})
  }

  function end(): Promise<void> {
    kill(child)
    return gone.promise
  }

  function watchForeign(): void {
    reaper = openReaper({ mark })
    if (child.pid !== undefined) reaper.watch(child.pid)
  }

  return {
    async run({ task, params, context, timeLimitMs, ending }) {
      runs += 1
      if (task.isForeign) watchForeign()
      const { executionId, attempt, jobId, workspaceId, scheduledFor, httpPolicy, grant } = context
      const execution = { executionId, attempt, jobId, workspaceId, scheduledFor, httpPolicy, grant }
      const limits = { timeLimitMs, graceMs: options.graceMs }
      keepAlive(child, true)
      run = openTaskRun({ runId: runs, context, limits, ending, send, kill: () => kill(child) })
      send({ type: 'run', runId: runs, taskName: task.name, params, execution })
      try {
        return await run.result
      } finally {
        run = undefined
        if (task.isForeign) await end()
        keepAlive(child, false)
      }
    },
    end,
  }
}

// A process and not a thread: V8 answers one large allocation beyond a thread's limit by aborting the whole process.
function forkWorker({ entry, heapMegabytesMax }: TaskProcessOptions, mark: string): ChildProcess {
  const memoryBytesMax = (heapMegabytesMax + OTHER_MEGABYTES_MAX) * MEGABYTE
  const child = fork(entry, [String(process.pid), String(memoryBytesMax)], {
    execArgv: [`--max-old-space-size=${heapMegabytesMax}`],
    // Nothing of the environment: secrets lie there.
    env: { ...marked(mark) },
    // A process group of its own, so that what it starts ends with it. Windows has none.
    detached: process.platform !== 'win32',
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  keepAlive(child, false)
  return child
}

// A process that runs nothing must not keep the executor from ending.
function keepAlive(child: ChildProcess, isRunning: boolean): void {
  const method = isRunning ? 'ref' : 'unref'
  child[method]()
  child.channel?.[method]()
  ;(child.stderr as Socket | null)?.[method]()
}

function kill(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}

function crash(exitCode: number | null, signal: NodeJS.Signals | null, errorOutput: string): TaskError {
  if (OUT_OF_MEMORY.test(errorOutput))
    return new TaskError('TASK_OUT_OF_MEMORY', 'the task needed more memory than a task may have')
  const how = signal === null ? `with exit code ${exitCode}` : `by ${signal}`
  const reason = /^(?:\w*Error\b.*|FATAL ERROR.*)$/m.exec(errorOutput)?.[0]
  return new TaskError(
    'TASK_CRASHED',
    `the process of the task ended ${how}${reason === undefined ? '' : `: ${reason.slice(0, 500)}`}`,
  )
}
