import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { TaskError } from '../task.ts'
import type { Reaper } from '../worker/reaper.ts'
import { type WrappedCommand, wrapped } from './command-line.ts'
import { innerProcesses } from './inner-processes.ts'
import type { ShellOutput } from './output.ts'

/** A command, ready to run. */
export interface CommandRun extends WrappedCommand {
  readonly env: Readonly<Record<string, string>>
  /** Asks it to end. */
  readonly signal: AbortSignal
  readonly reaper: Reaper
}

/** How a command ended: by one of the two. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** A command that runs. */
export interface RunningCommand {
  readonly ended: Promise<CommandEnd>
  kill(): void
}

// A shell, and bubblewrap, say in this way that a signal ended what they ran.
const SIGNAL_EXIT_CODE = 128

/**
 * Starts a command in a process group of its own. When it has ended, all that it left behind has, too.
 *
 * @throws {TaskError} SHELL_NOT_STARTED, by `ended`
 */
export function startCommand(run: CommandRun, output: ShellOutput): RunningCommand {
  const { env, folder, signal, reaper } = run
  const [file = '', ...args] = wrapped(run)
  const child = spawn(file, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  if (child.pid !== undefined) reaper.watch(child.pid)
  output.read(child.stdout, 'INFO')
  output.read(child.stderr, 'WARN')
  const terminate = (): void => askToEnd(child, run)
  signal.addEventListener('abort', terminate, { once: true })
  if (signal.aborted) terminate()
  return {
    ended: endOf(child, run).finally(() => signal.removeEventListener('abort', terminate)),
    kill: () => killGroup(child, 'SIGKILL'),
  }
}

async function endOf(child: ChildProcess, { reaper, sandbox }: CommandRun): Promise<CommandEnd> {
  // Those who inherited its output may hold it open after its end, so they are ended first.
  const closed = once(child, 'close')
  closed.catch(() => undefined)
  try {
    await once(child, 'exit')
  } catch (cause) {
    throw new TaskError('SHELL_NOT_STARTED', `the command could not be started: ${(cause as Error).message}`, { cause })
  } finally {
    await reaper.reap()
  }
  await closed
  const { exitCode, signalCode } = child
  const innerSignal = sandbox && exitCode !== null ? signalNumbered(exitCode - SIGNAL_EXIT_CODE) : undefined
  return innerSignal ? { exitCode: null, signal: innerSignal } : { exitCode, signal: signalCode }
}

function signalNumbered(number: number): NodeJS.Signals | undefined {
  const names = Object.entries(constants.signals) as [NodeJS.Signals, number][]
  return names.find(([, each]) => each === number)?.[0]
}

/** bubblewrap would end at once by the signal, and all that is in it: it is for those inside. */
function askToEnd(child: ChildProcess, { sandbox }: CommandRun): void {
  if (child.pid === undefined) return
  if (sandbox) for (const pid of innerProcesses(child.pid)) send(pid, 'SIGTERM')
  else killGroup(child, 'SIGTERM')
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) send(-child.pid, signal)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended already.
  }
}
