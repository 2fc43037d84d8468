import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type WrappedCommand, wrapped } from './command-line.ts'
import { findCommand, SHELL_PATH } from './find-command.ts'
import type { ShellPolicy } from './policy.ts'

/** What contains a command, and why it is not more. */
export type Sandbox =
  | { readonly kind: 'bubblewrap'; readonly program: string }
  | { readonly kind: 'none'; readonly reason: string }

const OUTPUT_CHARACTERS_MAX = 300
const WAIT_MS_MAX = 5_000

/** Tries whether bubblewrap works here, for a command like this one: kernels and containers forbid it in many ways. */
export async function trySandbox(
  { bubblewrap, hasNetwork }: ShellPolicy,
  command: Omit<WrappedCommand, 'argv' | 'sandbox'>,
): Promise<Sandbox> {
  const program = findCommand(bubblewrap)
  if (program === undefined) return { kind: 'none', reason: `there is no ${bubblewrap}` }
  const [file = '', ...args] = wrapped({ ...command, argv: ['/bin/true'], sandbox: { program, hasNetwork } })
  const child = spawn(file, args, {
    env: { PATH: SHELL_PATH },
    cwd: command.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: WAIT_MS_MAX,
    killSignal: 'SIGKILL',
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(0, OUTPUT_CHARACTERS_MAX)
  })
  try {
    const [exitCode] = await once(child, 'close')
    if (exitCode === 0) return { kind: 'bubblewrap', program }
    return { kind: 'none', reason: `bubblewrap does not work here: ${output.trim() || `exit code ${exitCode}`}` }
  } catch (error) {
    return { kind: 'none', reason: `bubblewrap cannot be started: ${error instanceof Error ? error.message : error}` }
  }
}
