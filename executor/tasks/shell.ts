import { rmSync } from 'node:fs'
import type { WrappedCommand } from './shell/command-line.ts'
import { findCommand, SHELL_PATH } from './shell/find-command.ts'
import { OUTPUT_FLOOD_BYTES, openShellOutput, type ShellOutput } from './shell/output.ts'
import { isRootOfLinux, openPlace, processesOfUser } from './shell/place.ts'
import { SHELL_LIMITS, type ShellPolicy } from './shell/policy.ts'
import { type CommandEnd, startCommand } from './shell/run-command.ts'
import { type Sandbox, trySandbox } from './shell/sandbox.ts'
import { type ShellParams, shellSchema } from './shell/schema.ts'
import { type Task, type TaskContext, TaskError, type TaskResult } from './task.ts'
import { marked, openReaper } from './worker/reaper.ts'

/** `SHELL`: runs a command, where the operator lets it: without a shell, within limits, and in a sandbox where there is one. */
export function shellTask(policy: ShellPolicy): Task<ShellParams> {
  return {
    name: 'SHELL',
    description:
      'Runs a command without a shell: `argv` is its name and its arguments. It starts in an empty folder, with no ' +
      'environment but `env`, and is killed with all that it started.',
    place: 'worker',
    timeLimitMs: null,
    paramsSchema: shellSchema(policy.commands),
    run: (params, context) => runShell(policy, params, context),
  }
}

const PROGRAMS = { setpriv: findCommand('setpriv'), prlimit: findCommand('prlimit') }
const MESSAGE_CHARACTERS_MAX = 500

async function runShell(policy: ShellPolicy, params: ShellParams, context: TaskContext): Promise<TaskResult> {
  const argv = checkedArgv(policy, params)
  const scene = openScene(params, context)
  try {
    const sandbox = await trySandbox(policy, scene)
    if (sandbox.kind === 'none') withoutSandbox(policy, sandbox.reason, context)
    return await runIn(scene, { policy, params, context, argv, sandbox })
  } finally {
    rmSync(scene.folder, { recursive: true, force: true })
  }
}

/** @throws {TaskError} SHELL_DISABLED, SHELL_NOT_ALLOWED, SHELL_NOT_FOUND */
function checkedArgv({ mode, commands }: ShellPolicy, { argv }: ShellParams): readonly string[] {
  const [name, ...args] = argv
  if (mode === 'off') throw new TaskError('SHELL_DISABLED', 'this executor runs no SHELL jobs', { isFinal: true })
  if (commands.length > 0 && !commands.includes(name))
    throw new TaskError('SHELL_NOT_ALLOWED', `${name} is none of the commands that may run`, { isFinal: true })
  const file = findCommand(name)
  if (file === undefined) throw new TaskError('SHELL_NOT_FOUND', `there is no command ${name} that can be run`)
  return [file, ...args]
}

type Scene = Omit<WrappedCommand, 'argv' | 'sandbox'>

/** @throws {TaskError} SHELL_NOT_STARTED */
function openScene({ limits }: ShellParams, { clock }: TaskContext): Scene {
  const notAsRoot = 'commands do not run as root, and'
  if (isRootOfLinux() && PROGRAMS.setpriv === undefined)
    throw new TaskError('SHELL_NOT_STARTED', `${notAsRoot} there is no setpriv to make them another user`)
  const place = openPlace(clock.random())
  if (place === undefined) throw new TaskError('SHELL_NOT_STARTED', `${notAsRoot} every other user is taken`)
  const wanted = { ...SHELL_LIMITS, ...limits }
  // Where it shares its user, those that run already count as well.
  const processes = wanted.processes + (place.userId === undefined ? processesOfUser() : 0)
  return { ...place, limits: { ...wanted, processes }, programs: PROGRAMS }
}

/** @throws {TaskError} SHELL_NO_SANDBOX */
function withoutSandbox({ mode }: ShellPolicy, reason: string, { log }: TaskContext): void {
  if (mode === 'sandboxed')
    throw new TaskError('SHELL_NO_SANDBOX', `commands run in a sandbox alone, and ${reason}`, { isFinal: true })
  log('WARN', `runs without a sandbox: ${reason}`)
}

interface ShellWork {
  readonly policy: ShellPolicy
  readonly params: ShellParams
  readonly context: TaskContext
  readonly argv: readonly string[]
  readonly sandbox: Sandbox
}

async function runIn(scene: Scene, { policy, params, context, argv, sandbox }: ShellWork): Promise<TaskResult> {
  const { clock, signal, log } = context
  const startedMs = clock.monotonicMs()
  const mark = clock.newId()
  let isFlooded = false
  const output = openShellOutput({
    log,
    onFlood() {
      isFlooded = true
      command.kill()
    },
  })
  const box = sandbox.kind === 'none' ? undefined : { program: sandbox.program, hasNetwork: policy.hasNetwork }
  const command = startCommand(
    {
      ...scene,
      ...{ argv, signal, sandbox: box, env: environment(params, context, scene.folder, mark) },
      reaper: openReaper({ mark, userId: scene.userId, folder: scene.folder }),
    },
    output,
  )
  const end = await command.ended
  output.end()
  if (isFlooded)
    throw new TaskError('SHELL_OUTPUT_TOO_LARGE', `the command wrote more than ${OUTPUT_FLOOD_BYTES} bytes`)
  checkEnd(end, params, output)
  const durationMs = Math.round(clock.monotonicMs() - startedMs)
  const written = { bytes: output.bytes(), lines: output.lines(), isCut: output.isCut() }
  return { result: { ...end, durationMs, output: written, sandbox: sandbox.kind }, artefacts: [] }
}

function environment(
  { env }: ShellParams,
  { executionId, attempt, scheduledFor }: TaskContext,
  folder: string,
  mark: string,
): Readonly<Record<string, string>> {
  return {
    ...env,
    ...{ PATH: SHELL_PATH, HOME: folder, TMPDIR: folder },
    CARILLON_EXECUTION_ID: executionId,
    CARILLON_ATTEMPT: String(attempt),
    CARILLON_SCHEDULED_FOR: scheduledFor.toISOString(),
    ...marked(mark),
  }
}

/** @throws {TaskError} SHELL_SIGNAL, SHELL_EXIT */
function checkEnd({ exitCode, signal }: CommandEnd, params: ShellParams, output: ShellOutput): void {
  const { expectedExitCodes = [0], finalExitCodes = [] } = params
  const said = output.lastWarning().slice(0, MESSAGE_CHARACTERS_MAX)
  const because = said === '' ? '' : `: ${said}`
  if (exitCode === null) throw new TaskError('SHELL_SIGNAL', `the command was ended by ${signal}${because}`)
  if (expectedExitCodes.includes(exitCode)) return
  const isFinal = finalExitCodes.includes(exitCode)
  throw new TaskError('SHELL_EXIT', `the command ended with exit code ${exitCode}${because}`, { isFinal })
}
