import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '#platform/clock'
import { LOCAL_HOST, type StackFolders } from './addresses.ts'
import { StackError } from './config.ts'
import { commandLineOf } from './process-table.ts'
import { tail } from './tools.ts'

/** A server as a process that outlives its starter. */
export interface ServerProcess {
  readonly name: string
  /** A part of its command line by which it is known as ours: a path under STACK_DIR. */
  readonly marker: string
  readonly folders: StackFolders
}

/** How it is started. */
export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
}

const POLL_MS = 100
const STOP_MS_MAX = 20_000
const KILL_MS_MAX = 5_000

/** Where its output goes. */
export function logFileOf({ name, folders }: ServerProcess): string {
  return join(folders.logs, `${name}.log`)
}

/** Its pid while it runs. A pid that now belongs to another program is nobody of ours. */
export function runningPid({ name, marker, folders }: ServerProcess): number | undefined {
  const pid = readPid(join(folders.run, `${name}.pid`))
  return pid !== undefined && commandLineOf(pid)?.includes(marker) ? pid : undefined
}

/** Starts it detached, its output going to its log, which begins anew. */
export function startServer(server: ServerProcess, { command, args }: ServerCommand): number {
  const { name, folders } = server
  for (const folder of [folders.logs, folders.run]) mkdirSync(folder, { recursive: true })
  const log = openSync(logFileOf(server), 'w')
  try {
    // In a session of its own: Ctrl-C in this terminal is not for it.
    const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], cwd: folders.run })
    if (child.pid === undefined) throw new StackError(`${name}: ${command} cannot be started`)
    child.unref()
    writeFileSync(join(folders.run, `${name}.pid`), `${child.pid}\n`)
    return child.pid
  } finally {
    closeSync(log)
  }
}

/**
 * Waits until it answers.
 *
 * @param ask tries once; what it returns is handed on, what it throws means "not yet"
 * @throws {StackError} with the end of its log when it dies or takes too long
 */
export async function whenItAnswers<Answer>(
  server: ServerProcess,
  { clock, limitMs, ask }: { readonly clock: Clock; readonly limitMs: number; ask(): Promise<Answer> },
): Promise<Answer> {
  const endMs = clock.monotonicMs() + limitMs
  for (;;) {
    const isAlive = runningPid(server) !== undefined
    try {
      return await ask()
    } catch (cause) {
      const why = isAlive ? `does not answer within ${limitMs / 1_000} s` : 'ended by itself'
      if (!isAlive || clock.monotonicMs() > endMs)
        throw new StackError(`${server.name} ${why}; ${logFileOf(server)} ends with:\n${logTail(server)}`, { cause })
    }
    await clock.sleep(POLL_MS)
  }
}

/** Asks it to end, insists after 20 s, and returns how that went; undefined when it did not run. */
export async function stopServer(server: ServerProcess, clock: Clock): Promise<'stopped' | 'killed' | undefined> {
  const pid = runningPid(server)
  let outcome: 'stopped' | 'killed' | undefined
  if (pid !== undefined) {
    outcome = 'stopped'
    signalTo(pid, 'SIGTERM')
    if (!(await isGone(pid, server, clock, STOP_MS_MAX))) {
      outcome = 'killed'
      signalTo(pid, 'SIGKILL')
      if (!(await isGone(pid, server, clock, KILL_MS_MAX)))
        throw new StackError(`${server.name} (pid ${pid}) cannot be ended`)
    }
  }
  rmSync(join(server.folders.run, `${server.name}.pid`), { force: true })
  return outcome
}

/** @throws {StackError} when another program listens there */
export async function needFreePort(port: number, variable: string): Promise<void> {
  if (await isListening(port)) throw new StackError(`port ${port} is taken by another program. Set ${variable}.`)
}

/** Whether anybody takes connections there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOCAL_HOST, timeout: 1_000 })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false))
  })
}

/** Looks at the process and not at its pid file: its data may be deleted only after it has let go of it. */
async function isGone(pid: number, { marker }: ServerProcess, clock: Clock, limitMs: number): Promise<boolean> {
  const endMs = clock.monotonicMs() + limitMs
  while (commandLineOf(pid)?.includes(marker)) {
    if (clock.monotonicMs() > endMs) return false
    await clock.sleep(POLL_MS)
  }
  return true
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function logTail(server: ServerProcess): string {
  try {
    return tail(readFileSync(logFileOf(server), 'utf8'))
  } catch {
    return '(no log)'
  }
}
